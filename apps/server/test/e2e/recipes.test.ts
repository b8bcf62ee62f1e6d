import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createClient, unwrap } from '@postrider/client';
import { afterEach, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { type Block, blocksOf, type Desk, openDesk, toCommands } from '../pages.js';
import { freePort, makePlace, type Place, runCommand, type ServerProcess, startProcess } from '../process.js';
import { Receiver } from '../receiver.js';

const RECIPES = fileURLToPath(new URL('../../../../docs/recipes/', import.meta.url));
const API_KEY = 'sk_recipesrecipesrecipes';
const LIMIT_MS = 240_000;

/** Recipes that are for one of the databases. */
const ONLY_ON: Record<string, string> = {
  'restore-a-backup.md': 'embedded',
  'move-to-postgresql.md': 'postgres',
  'upgrade.md': 'postgres',
  'scale-out.md': 'postgres',
  'rotate-the-encryption-key.md': 'postgres',
};
const names = (await readdir(RECIPES)).filter(
  (name) => name.endsWith('.md') && (ONLY_ON[name] ?? inject('database')) === inject('database'),
);

/**
 * A page as one script of bash, as a reader would paste it from top to bottom: what one block sets the next ones have.
 * It ends at the first command that fails.
 */
const toScript = (blocks: readonly Block[]): string =>
  [
    'set -euo pipefail',
    // Services that a recipe starts end with it.
    `trap 'kill $(jobs -p) 2> /dev/null || true; wait' EXIT`,
    ...blocks.map((block) => toCommands(block)),
  ].join('\n');

let place: Place;
let server: ServerProcess;
let receiver: Receiver;
let desk: Desk;
beforeEach(async () => {
  place = await makePlace(inject('database'));
  server = await startProcess({
    ...place.settings,
    POSTRIDER_API_KEY: API_KEY,
    POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/8',
    POSTRIDER_RETRY_SCHEDULE: '',
  });
  receiver = await Receiver.start();
  desk = await openDesk();
});
afterEach(async () => {
  await server.end('SIGKILL');
  await receiver.stop();
  await place.remove();
  await desk.remove();
});

/** Runs a page; gives what it printed. What a recipe is told beforehand is in the environment. */
async function follow(name: string, more: Record<string, string> = {}): Promise<string> {
  const page = await readFile(`${RECIPES}${name}`, 'utf8');
  const blocks = blocksOf(page).filter(({ language }) => ['sh', 'js'].includes(language));
  expect(blocks.length).toBeGreaterThan(0);
  const { stdout } = await promisify(execFile)('bash', ['-c', toScript(blocks)], {
    cwd: desk.folder,
    timeout: LIMIT_MS,
    env: {
      ...place.settings,
      ...more,
      PATH: desk.path,
      POSTRIDER_URL: server.url,
      POSTRIDER_TOKEN: API_KEY,
      POSTRIDER_KEY: API_KEY,
      RECEIVER_URL: receiver.url,
    },
  });
  return stdout;
}

/** What stands when a reader begins with these pages. */
const PREPARATIONS: Record<string, () => Promise<Record<string, string>>> = {
  'move-to-postgresql.md': () => prepareMove(),
  'upgrade.md': () => prepareProcesses(),
};
/** Pages that are followed below, by tests that look at what came of it. */
const FOLLOWED = ['scale-out.md', 'rotate-the-encryption-key.md'];

it.each(names.filter((name) => !FOLLOWED.includes(name)))(
  '%s: every block does what the page says',
  { timeout: LIMIT_MS + 10_000 },
  async (name) => {
    await follow(name, await PREPARATIONS[name]?.());
  },
);

/** An embedded database with something in it, whose service was stopped, and an empty one on PostgreSQL. */
async function prepareMove(): Promise<Record<string, string>> {
  const source = `${desk.folder}/source`;
  const old = await startProcess({ POSTRIDER_DATA_DIR: source, POSTRIDER_API_KEY: API_KEY });
  await old.end('SIGTERM');
  await server.end('SIGTERM');
  const target = await makePlace('postgres');
  onTestFinished(() => target.remove());
  return {
    POSTRIDER_DATA_DIR: source,
    POSTRIDER_DATABASE_URL: '',
    POSTRIDER_ENCRYPTION_KEY: '',
    POSTRIDER_MOVE_TO: target.settings['POSTRIDER_DATABASE_URL'] ?? '',
  };
}

/** Two processes that run, as the recipe finds them, and an address for a third. */
async function prepareProcesses(): Promise<Record<string, string>> {
  const second = await startProcess({ ...place.settings, POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/8' });
  onTestFinished(async () => {
    await second.end('SIGKILL');
  });
  return {
    FIRST: new URL(server.url).host,
    FIRST_PID: String(server.child.pid),
    SECOND: new URL(second.url).host,
    SECOND_PID: String(second.child.pid),
  };
}

/** One process that runs, and addresses for two more. */
const prepareAddresses = async (): Promise<Record<string, string>> => ({
  POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/8',
  FIRST: new URL(server.url).host,
  SECOND: `127.0.0.1:${await freePort()}`,
  THIRD: `127.0.0.1:${await freePort()}`,
});

describe.runIf(inject('database') === 'postgres')('of several processes', () => {
  it('each message arrives once, whichever took it', async () => {
    await follow('scale-out.md', await prepareAddresses());
    const requests = await receiver.waitFor(3);
    expect(requests.map(({ body }) => body).sort()).toEqual([
      '{"from": "first"}',
      '{"from": "first, later"}',
      '{"from": "second"}',
    ]);
  });

  it('what was sealed under the old key is sealed under the new one alone', async () => {
    const client = createClient({ serverUrl: server.url, token: API_KEY });
    const { id: app_id } = await unwrap(client.application.create({ body: { name: 'Sealed' } }));
    await unwrap(client.endpoint.create({ params: { app_id }, body: { url: receiver.url } }));
    const levelWithOldKey = async () => {
      const { stdout } = await runCommand(['doctor', '--json'], place.settings);
      const { findings } = JSON.parse(stdout) as { findings: { check: string; level: string }[] };
      return findings.find(({ check }) => check === 'encryption-key')?.level;
    };
    expect(await levelWithOldKey()).toBe('ok');
    await follow('rotate-the-encryption-key.md', await prepareProcesses());
    expect(await levelWithOldKey()).toBe('problem');
  });
});

it('a customer who was down gets what failed, once for each time that it is asked for', async () => {
  const printed = await follow('a-customer-was-down-for-a-day.md');
  expect(printed).toMatch(/^success$/m);
  expect(printed).toMatch(/^finished$/m);
  const came = receiver.requests.map(({ body }) => body);
  expect(came[0]).toBe('{"order": 0}');
  expect(new Set(came)).toEqual(new Set(['{"order": 0}', '{"order": 1}', '{"order": 2}']));
});
