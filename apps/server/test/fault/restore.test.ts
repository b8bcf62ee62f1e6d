import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createClient, unwrap } from '@postrider/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ArchiveWriter } from '../../src/embedded/archive.js';
import { finishRestore, holdsDatabase } from '../../src/embedded/replace.js';
import { runCommand, type Settings } from '../process.js';
import { API_KEY, createCustomer, Stage } from './stage.js';

/* What a restore does when it is ended between two steps, or when something is not as it should be. */

const END_AT = fileURLToPath(new URL('end-at.mjs', import.meta.url));
const REPLACE = new URL('../../dist/embedded/replace.js', import.meta.url).href;
/** Ends the command with a signal before the nth call of a function of node:fs/promises. */
const endAt = (step: string): Settings => ({
  NODE_OPTIONS: `--import=${END_AT}`,
  POSTRIDER_TEST_END: step,
});

const stage = new Stage();
afterEach(() => stage.clear());

describe('the renames that put it in its place', () => {
  const texts = async (directory: string, names: readonly string[]) =>
    Promise.all(names.map((name) => readFile(join(directory, name), 'utf8').catch(() => undefined)));
  const PARTS = ['encryption.key', 'database/PG_VERSION', 'moved.json'];

  async function write(directory: string, text: string, parts: readonly string[]): Promise<void> {
    await mkdir(join(directory, 'database'), { recursive: true });
    for (const name of parts) await writeFile(join(directory, name), text);
  }

  /** A directory with an old database, and a complete new one that has not got its place. */
  async function prepare(): Promise<string> {
    const directory = await stage.directory();
    await write(directory, 'old', PARTS);
    await write(join(directory, 'restored'), 'new', PARTS.slice(0, 2));
    await write(join(directory, 'restoring'), 'half', PARTS.slice(0, 1));
    return directory;
  }

  /** Does the renames in a process of its own, which may be ended. Gives how it ended, and the steps that it began. */
  async function finish(directory: string, step: string) {
    const script = `const { finishRestore } = await import('${REPLACE}'); await finishRestore(process.env.AT);`;
    const env = { ...endAt(step), AT: directory, POSTRIDER_TEST_STEPS: '1' };
    const parameters = ['--input-type=module', '--eval', script];
    const { signal, stderr } = await promisify(execFile)(process.execPath, parameters, { env }).then(
      ({ stderr: text }) => ({ signal: undefined, stderr: text }),
      (error: { signal: string; stderr: string }) => error,
    );
    return { signal, steps: stderr.trim().split('\n') };
  }

  async function expectNew(directory: string): Promise<void> {
    expect(await texts(directory, PARTS)).toEqual(['new', 'new', undefined]);
    const names = (await readdir(directory)).sort();
    expect(names).toEqual(['database', 'encryption.key', expect.stringMatching(/^replaced-2/)]);
    expect(await texts(join(directory, names[2] ?? ''), PARTS)).toEqual(['old', 'old', 'old']);
  }

  it('killed before any of them, the next start finds the new database, and the old one beside it', async () => {
    const whole = await prepare();
    const { signal, steps } = await finish(whole, 'SIGKILL rename 0');
    expect(signal).toBeUndefined();
    await expectNew(whole);
    expect(steps).toHaveLength(7);
    for (const [index] of steps.entries()) {
      const directory = await prepare();
      const killed = await finish(directory, `SIGKILL rename ${index + 1}`);
      expect(killed).toMatchObject({ signal: 'SIGKILL' });
      expect(holdsDatabase(directory)).toBe(true);
      await finishRestore(directory);
      await expectNew(directory);
    }
  });

  it('killed after each of them, again and again, come to an end', async () => {
    const directory = await prepare();
    let rounds = 0;
    while ((await finish(directory, 'SIGKILL rename 2')).signal === 'SIGKILL') {
      rounds += 1;
      expect(holdsDatabase(directory)).toBe(true);
      expect(rounds).toBeLessThan(10);
    }
    expect(rounds).toBe(6);
    await expectNew(directory);
  });

  it('of one into an empty directory keep nothing beside it', async () => {
    const directory = await stage.directory();
    await write(join(directory, 'restored'), 'new', PARTS.slice(0, 2));
    expect(await finish(directory, 'SIGKILL rename 3')).toMatchObject({ signal: 'SIGKILL' });
    expect(holdsDatabase(directory)).toBe(true);
    await finishRestore(directory);
    expect(await texts(directory, PARTS)).toEqual(['new', 'new', undefined]);
    expect((await readdir(directory)).sort()).toEqual(['database', 'encryption.key']);
  });

  it('are none where a restore was killed before it was complete: what it left is removed', async () => {
    const directory = await stage.directory();
    await write(directory, 'old', PARTS.slice(0, 2));
    await write(join(directory, 'restoring'), 'half', PARTS.slice(0, 1));
    expect(await finish(directory, 'SIGKILL rename 1')).toEqual({ signal: undefined, steps: [''] });
    expect((await readdir(directory)).sort()).toEqual(['database', 'encryption.key']);
  });
});

describe('the command', () => {
  let home: string;
  /** A directory of a service that knows `one` and `later`, and a backup of when it knew `one` alone. */
  let source: string;
  let file: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'postrider-restore-'));
    source = join(home, 'source');
    file = join(home, 'backup.tar.gz');
    const settings = { POSTRIDER_DATA_DIR: source };
    const server = await stage.start(settings);
    const client = createClient({ serverUrl: server.url, token: API_KEY });
    await client.application.create({ body: { name: 'One', uid: 'one' } });
    await createCustomer(server, 'http://127.0.0.1:9/');
    expect(await runCommand(['backup', file], settings)).toMatchObject({ code: 0 });
    await client.application.create({ body: { name: 'Later', uid: 'later' } });
    await server.end('SIGTERM');
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  /** A copy of the service's directory that a test may spoil. */
  async function copySource(): Promise<Settings> {
    const directory = join(await stage.directory(), 'data');
    await cp(source, directory, { recursive: true });
    return { POSTRIDER_DATA_DIR: directory };
  }

  const namesIn = async (settings: Settings) =>
    (await readdir(settings['POSTRIDER_DATA_DIR'] ?? '')).filter((name) => name !== 'control.sock').sort();

  /** Starts a service on it and asks whom it knows. */
  async function isRestored(settings: Settings): Promise<boolean> {
    const server = await stage.start(settings);
    const client = createClient({ serverUrl: server.url, token: API_KEY });
    const { data } = await unwrap(client.application.list({ query: {} }));
    await server.end('SIGTERM');
    const uids = data.flatMap(({ uid }) => uid ?? []).sort();
    if (uids.length === 1) expect(uids).toEqual(['one']);
    else expect(uids).toEqual(['later', 'one']);
    return uids.length === 1;
  }

  it('killed before its backup counts leaves everything as it was', async () => {
    const settings = await copySource();
    const killed = await runCommand(['restore', '--replace', file], {
      ...settings,
      ...endAt('SIGKILL rename 1'),
    });
    expect(killed).toEqual({ code: null, stdout: '', stderr: '' });
    expect(await namesIn(settings)).toEqual(['database', 'encryption.key', 'restoring']);
    expect(await isRestored(settings)).toBe(false);
    expect(await namesIn(settings)).toEqual(['database', 'encryption.key']);
  });

  it('killed while the old database gives way: a start goes on, and the old one is kept', async () => {
    const settings = await copySource();
    const killed = await runCommand(['restore', '--replace', file], {
      ...settings,
      ...endAt('SIGKILL rename 3'),
    });
    expect(killed.code).toBe(null);
    expect(await namesIn(settings)).toEqual(['database', 'restored']);
    expect(await isRestored(settings)).toBe(true);
    expect(await namesIn(settings)).toEqual([
      'database',
      'encryption.key',
      expect.stringMatching(/^replaced-2/),
    ]);
  });

  it('killed while no database is in its place: every other command knows of it', async () => {
    const target = join(await stage.directory(), 'data');
    const settings = { POSTRIDER_DATA_DIR: target, POSTRIDER_PUBLIC_URL: 'http://127.0.0.1:1' };
    const killed = await runCommand(['restore', file], { ...settings, ...endAt('SIGKILL rename 4') });
    expect(killed.code).toBe(null);
    expect(await namesIn(settings)).toEqual(['arriving', 'encryption.key']);
    const doctor = await runCommand(['doctor', '--json'], settings);
    expect(JSON.parse(doctor.stdout)).toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ check: 'database', level: 'warning' })]),
    });
    expect(await runCommand(['migrate', '--plan'], settings)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('was not finished'),
    });
    expect(await namesIn(settings)).toEqual(['arriving', 'encryption.key']);
    // A backup finishes it, as a start does; a second restore finds a database then.
    expect(await runCommand(['backup', join(target, 'copy')], settings)).toMatchObject({ code: 0 });
    expect(await namesIn(settings)).toEqual(['copy', 'database', 'encryption.key']);
    expect(await runCommand(['restore', file], settings)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^postrider: .* holds a database already: [^\n]*--replace[^\n]*\n$/),
    });
    expect(await isRestored(settings)).toBe(true);
  });

  it.each(['SIGINT', 'SIGTERM'])(
    'at %s tells that nothing was changed, and leaves nothing half done',
    async (signal) => {
      const settings = await copySource();
      const ended = await runCommand(['restore', '--replace', file], {
        ...settings,
        ...endAt(`${signal} mkdir 40`),
      });
      expect(ended).toEqual({ code: 1, stdout: '', stderr: 'postrider: interrupted: nothing was changed\n' });
      expect(await namesIn(settings)).toEqual(['database', 'encryption.key']);
    },
  );

  it('a backup at SIGINT leaves no file; killed, one that no restore takes for a backup', async () => {
    const settings = await copySource();
    const target = await stage.directory();
    const ended = await runCommand(['backup', target], { ...settings, ...endAt('SIGINT open 40') });
    expect(ended).toEqual({ code: 1, stdout: '', stderr: 'postrider: interrupted: no backup was written\n' });
    expect(await readdir(target)).toEqual([]);

    const killed = await runCommand(['backup', target], { ...settings, ...endAt('SIGKILL open 40') });
    expect(killed.code).toBe(null);
    const [left = '', ...others] = await readdir(target);
    expect(others).toEqual([]);
    expect(left).toMatch(/\.partial$/);
    const empty = { POSTRIDER_DATA_DIR: join(target, 'data') };
    expect(await runCommand(['restore', join(target, left)], empty)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^postrider: \S+\.partial is not a whole backup \([^\n]*\n$/),
    });
    expect(await readdir(target)).toEqual([left]);
  });

  /** A whole backup by its form, of a database that is none. */
  async function makeUp(path: string, info: { postrider: string; migrations: string[] }, key?: string) {
    const archive = new ArchiveWriter(path);
    const given = key === undefined ? 'left out' : 'included';
    await archive.addInfo({ ...info, postgres: '17.5', madeAt: '2030-01-01T00:00:00Z', key: given });
    await archive.addText('database/PG_VERSION', '17\n');
    if (key !== undefined) await archive.addText('encryption.key', key);
    await archive.finish();
  }

  it('refuses the backup of a newer release, naming it', async () => {
    const directory = await stage.directory();
    const newer = join(directory, 'newer.tar.gz');
    await makeUp(newer, { postrider: '9.1.0', migrations: ['0001-foundation', '9999-later'] });
    expect(await runCommand(['restore', newer], { POSTRIDER_DATA_DIR: join(directory, 'data') })).toEqual({
      code: 1,
      stdout: '',
      stderr: `postrider: ${newer} was made by a newer Postrider (9.1.0; its schema has 9999-later): restore it with that version or a newer one\n`,
    });
    expect(await readdir(directory)).toEqual(['newer.tar.gz']);
  });

  it.each([
    [
      'another key',
      async (at: string) => {
        const settings = await copySource();
        const key = Buffer.alloc(32, 7).toString('base64');
        await writeFile(join(settings['POSTRIDER_DATA_DIR'] ?? '', 'encryption.key'), key);
        expect(await runCommand(['backup', at], settings)).toMatchObject({ code: 0 });
      },
      /the encryption key does not open 1 of the secrets/,
    ],
    [
      'a key that is none',
      (at: string) => makeUp(at, { postrider: '0.1.0', migrations: [] }, 'short'),
      /encryption\.key does not hold 32 bytes in base64/,
    ],
    [
      'no database in it',
      (at: string) =>
        makeUp(at, { postrider: '0.1.0', migrations: [] }, Buffer.alloc(32, 7).toString('base64')),
      /the database in \S+ does not start/,
    ],
  ])('refuses a backup with %s', async (_what, make, why) => {
    const target = await stage.directory();
    const wrong = join(target, 'wrong.tar.gz');
    await make(wrong);
    const refused = await runCommand(['restore', wrong], { POSTRIDER_DATA_DIR: join(target, 'data') });
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(why) });
    expect(refused.stderr).toMatch(/^postrider: [^\n]*\n$/);
    expect(await readdir(join(target, 'data'))).toEqual([]);
  });

  it.each([
    ['what is no directory', (at: string) => ['restore', file, join(at, 'file', 'data')]],
    ['a file that is not there', (at: string) => ['restore', join(at, 'gone.tar.gz'), join(at, 'data')]],
  ])('says in one line that it cannot use %s', async (_what, make) => {
    const directory = await stage.directory();
    await writeFile(join(directory, 'file'), '');
    const [command = '', archive = '', target = ''] = make(directory);
    const refused = await runCommand([command, archive], { POSTRIDER_DATA_DIR: target });
    expect(refused).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^postrider: (ENOTDIR|ENOENT)[^\n]*\n$/),
    });
    expect(await readdir(directory)).toEqual(['file']);
  });
});
