import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createClient } from '@postrider/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCommand, type ServerProcess } from '../process.js';
import { API_KEY, createCustomer, ended, Stage, startLoad } from './stage.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const stage = new Stage();
afterEach(() => stage.clear());

/** How long calls take while `work` goes on, one after the other: the longest, in ms. */
async function longestCall(server: ServerProcess, work: Promise<unknown>): Promise<number> {
  const client = createClient({ serverUrl: server.url, token: API_KEY });
  let going = true;
  const done = work.finally(() => {
    going = false;
  });
  let longest = 0;
  while (going) {
    const start = performance.now();
    await client.application.list({ query: {} });
    longest = Math.max(longest, performance.now() - start);
  }
  await done;
  return Math.round(longest);
}

describe('under load', () => {
  it('a backup has everything that was acknowledged before it, and nobody waits for it', async () => {
    const [directory, target] = [await stage.directory(), await stage.directory()];
    const settings = { POSTRIDER_DATA_DIR: directory };
    const sink = await stage.downReceiver();
    const server = await stage.start(settings);
    const load = startLoad(await createCustomer(server, sink.url), () => server.url);
    await load.more(500);
    const before = new Set(load.acknowledged);
    const file = join(target, 'backup.tar.gz');
    const backup = runCommand(['backup', '--json', file], settings);
    const longest = await longestCall(server, backup);
    const { code, stdout, stderr } = await backup;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const report = JSON.parse(stdout) as { beganMs: number; totalMs: number; bytes: number };
    const during = load.acknowledged.size - before.size;
    await load.stop();
    await server.end('SIGKILL');

    const restored = { POSTRIDER_DATA_DIR: join(target, 'data') };
    const restore = await runCommand(['restore', file], restored);
    expect(restore).toMatchObject({ code: 0, stderr: '' });
    await sink.start();
    await stage.start(restored);
    await sink.waitForAll(before, 60_000);
    const tally = sink.tally(before);
    process.stdout.write(
      `backup under load: ${tally.acknowledged} acknowledged before it, ${during} during it, ${tally.lost} lost; ` +
        `${report.bytes} bytes in ${report.totalMs} ms, of which the database was busy ${report.beganMs} ms; longest call ${longest} ms\n`,
    );
    expect(tally.lost).toBe(0);
    expect(during).toBeGreaterThan(0);
    expect(longest).toBeLessThan(3_000);
  });

  it('ended in the middle, by either side, it harms nothing', async () => {
    const [directory, target] = [await stage.directory(), await stage.directory()];
    const settings = { POSTRIDER_DATA_DIR: directory };
    const sink = await stage.downReceiver();
    let server = await stage.start(settings);
    const load = startLoad(await createCustomer(server, sink.url), () => server.url);
    await load.more(200);
    for (let turn = 0; turn < 3; turn++) {
      const child = stage.spawn(['backup', join(target, `killed-${turn}.tar.gz`)], settings);
      await expect
        .poll(async () => (await readdir(target)).some((name) => name.startsWith(`killed-${turn}`)), {
          timeout: 30_000,
          interval: 5,
        })
        .toBe(true);
      child.kill('SIGKILL');
      await ended(child);
    }
    expect((await readdir(target)).filter((name) => name.endsWith('.gz'))).toEqual([]);
    // The service has noticed that the caller is gone.
    const file = join(target, 'whole.tar.gz');
    await expect
      .poll(async () => (await runCommand(['backup', file], settings)).code, { timeout: 30_000 })
      .toBe(0);

    const cut = runCommand(['backup', join(target, 'cut.tar.gz')], settings);
    await expect
      .poll(async () => (await readdir(target)).some((name) => name.startsWith('cut')), {
        timeout: 30_000,
        interval: 5,
      })
      .toBe(true);
    await server.end('SIGKILL');
    expect(await cut).toMatchObject({ code: 1, stderr: expect.stringMatching(/ended|before it answered/) });
    expect((await readdir(target)).filter((name) => name.startsWith('cut'))).toEqual([]);
    server = await stage.start(settings);
    await load.more(100);
    await load.stop();
    await sink.start();
    await sink.waitForAll(load.acknowledged, 60_000);
    const tally = sink.tally(load.acknowledged);
    process.stdout.write(
      `backups ended in the middle: ${tally.acknowledged} acknowledged, ${tally.lost} lost\n`,
    );
    expect(tally.lost).toBe(0);
  });
});

describe('a restore', () => {
  /** What all of these begin with, made once: a directory, and a backup of it when it had less. */
  const origin = new Stage();
  let whole: string;
  let backup: string;
  beforeAll(async () => {
    const settings = { POSTRIDER_DATA_DIR: await origin.directory() };
    const server = await origin.start(settings);
    const client = createClient({ serverUrl: server.url, token: API_KEY });
    await client.application.create({ body: { name: 'Kept', uid: 'kept' } });
    backup = join(await origin.directory(), 'backup.tar.gz');
    expect(await runCommand(['backup', backup], settings)).toMatchObject({ code: 0 });
    await client.application.create({ body: { name: 'Later', uid: 'later' } });
    await server.end('SIGTERM');
    whole = settings.POSTRIDER_DATA_DIR;
  });
  afterAll(() => origin.clear());

  /** A copy of it for one test, and an empty directory for whatever comes of the backup. */
  async function prepare() {
    const [directory, target] = [await stage.directory(), await stage.directory()];
    await cp(whole, directory, { recursive: true });
    return { settings: { POSTRIDER_DATA_DIR: directory }, directory, file: backup, target };
  }

  async function uidsIn(settings: Record<string, string>): Promise<(string | null | undefined)[]> {
    const server = await stage.start(settings);
    const client = createClient({ serverUrl: server.url, token: API_KEY });
    const { body } = await client.application.list({ query: {} });
    await server.end('SIGTERM');
    return (body as { data: { uid?: string | null }[] }).data
      .map(({ uid }) => uid ?? '')
      .sort((one, other) => one.localeCompare(other));
  }

  it('replaces only what it was asked to, and keeps it', async () => {
    const { settings, directory, file } = await prepare();
    const refused = await runCommand(['restore', file], settings);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('--replace') });
    expect(await uidsIn(settings)).toEqual(['kept', 'later']);
    expect(await runCommand(['restore', '--replace', file], settings)).toMatchObject({ code: 0 });
    expect(await uidsIn(settings)).toEqual(['kept']);
    const kept = (await readdir(directory)).find((name) => name.startsWith('replaced-'));
    expect(await uidsIn({ POSTRIDER_DATA_DIR: join(directory, kept ?? '') })).toEqual(['kept', 'later']);
  });

  it('of a damaged or cut file changes nothing, and says what is wrong', async () => {
    const { settings, file, target } = await prepare();
    const bytes = await readFile(file);
    const empty = { POSTRIDER_DATA_DIR: join(target, 'empty') };
    for (const at of [0, 0.1, 0.5, 0.9, 0.999].map((part) => Math.floor(bytes.length * part))) {
      const bad = join(target, 'bad.tar.gz');
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      await writeFile(bad, changed);
      expect(await runCommand(['restore', bad], empty)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^postrider: \S+ is not a whole backup \([^\n]*\n$/),
      });
      await writeFile(bad, bytes.subarray(0, at));
      expect(await runCommand(['restore', '--replace', bad], settings)).toMatchObject({ code: 1 });
    }
    expect(existsSync(empty.POSTRIDER_DATA_DIR)).toBe(false);
    expect(await uidsIn(settings)).toEqual(['kept', 'later']);
  });

  it('killed at any moment leaves the old state or the new one', async () => {
    const { settings, file } = await prepare();
    const states = [];
    for (const ms of [300, 700, 1_000, 1_300, 1_600, 2_000]) {
      const child = stage.spawn(['restore', '--replace', file], settings);
      await Promise.race([delay(ms), ended(child)]);
      child.kill('SIGKILL');
      await ended(child);
      const uids = await uidsIn(settings);
      states.push(uids.length);
      expect([['kept', 'later'], ['kept']]).toContainEqual(uids);
    }
    process.stdout.write(`restore killed: applications afterwards ${states.join(', ')}\n`);
    expect(await runCommand(['restore', '--replace', file], settings)).toMatchObject({ code: 0 });
    expect(await uidsIn(settings)).toEqual(['kept']);
  });

  it('without its key asks for it; with another one it refuses', async () => {
    const { settings, directory, target } = await prepare();
    const server = await stage.start(settings);
    const id = await createCustomer(server, 'http://127.0.0.1:9/');
    expect(id).toMatch(/^app_/);
    const file = join(target, 'no-key.tar.gz');
    expect(await runCommand(['backup', '--without-key', file], settings)).toMatchObject({ code: 0 });
    await server.end('SIGTERM');
    const at = (POSTRIDER_DATA_DIR: string, key?: string) => ({
      POSTRIDER_DATA_DIR: join(target, POSTRIDER_DATA_DIR),
      ...(key === undefined ? {} : { POSTRIDER_ENCRYPTION_KEY: key }),
    });
    const none = await runCommand(['restore', file], at('a'));
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('without its encryption key') });
    const other = await runCommand(['restore', file], at('b', Buffer.alloc(32, 7).toString('base64')));
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('does not open 1 of the secrets'),
    });
    const key = (await readFile(join(directory, 'encryption.key'), 'utf8')).trim();
    expect(await runCommand(['restore', file], at('c', key))).toMatchObject({ code: 0 });
  });

  it('and a backup tell when the disk is full, and leave nothing half done', async () => {
    const { settings, directory, file, target } = await prepare();
    const limited = (parameters: string) =>
      promisify(execFile)(
        'bash',
        ['--norc', '-c', `ulimit -f 2000; exec "$0" "$1" ${parameters}`, process.execPath, MAIN],
        {
          env: { PATH: process.env['PATH'], ...settings },
        },
      ).then(
        () => 'succeeded',
        (error: { stderr: string }) => error.stderr,
      );
    // The limit is the command's alone: the service has the database open.
    const server = await stage.start(settings);
    expect(await limited(`backup ${join(target, 'large.tar.gz')}`)).toMatch(
      /^postrider: .*(EFBIG|file too large)/m,
    );
    await server.end('SIGTERM');
    expect((await readdir(target)).filter((name) => name.startsWith('large'))).toEqual([]);
    expect(await limited(`restore --replace ${file}`)).toMatch(/^postrider: .*(EFBIG|file too large)/m);
    expect((await readdir(directory)).sort()).toEqual(['database', 'encryption.key']);
    expect(await uidsIn(settings)).toEqual(['kept', 'later']);
  });
});
