import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { PLACES, type Place, type ServerProcess, startProcess } from '../process.js';
import { Receiver } from '../receiver.js';

const RECIPES = fileURLToPath(new URL('../../../../docs/recipes/', import.meta.url));
/** Below the server's package, so that recipes find the client and the SDK; ignored by git. */
const WORK = fileURLToPath(new URL('../../.test/', import.meta.url));
const API_KEY = 'sk_recipesrecipesrecipes';
const LIMIT_MS = 60_000;

const names = (await readdir(RECIPES)).filter((name) => name.endsWith('.md'));

interface Block {
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a page that are to be run: `sh` and `js`. */
const blocksOf = (page: string): Block[] =>
  [...page.matchAll(/^```(sh|js)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));

/**
 * A page as one script of bash, as a reader would paste it from top to bottom: what one block sets the next ones have.
 * It ends at the first command that fails.
 */
const toScript = (blocks: readonly Block[]): string =>
  [
    'set -euo pipefail',
    ...blocks.map(({ language, text }, index) =>
      language === 'sh'
        ? text
        : `node --input-type=module - <<'END_OF_BLOCK_${index}'\n${text}END_OF_BLOCK_${index}`,
    ),
  ].join('\n');

let place: Place;
let server: ServerProcess;
let receiver: Receiver;
let directory: string;
beforeEach(async () => {
  const make = PLACES.find(([name]) => name === inject('database'))?.[1];
  if (!make) throw new Error('no such database');
  place = await make();
  server = await startProcess({
    ...place.settings,
    POSTRIDER_API_KEY: API_KEY,
    POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/8',
    POSTRIDER_RETRY_SCHEDULE: '',
  });
  receiver = await Receiver.start();
  await mkdir(WORK, { recursive: true });
  directory = await mkdtemp(`${WORK}recipe-`);
});
afterEach(async () => {
  await server.end('SIGKILL');
  await receiver.stop();
  await place.remove();
  await rm(directory, { recursive: true, force: true });
});

/** Runs a page; gives what it printed. What a recipe is told beforehand is in the environment. */
async function follow(name: string): Promise<string> {
  const blocks = blocksOf(await readFile(`${RECIPES}${name}`, 'utf8'));
  expect(blocks.length).toBeGreaterThan(0);
  const { stdout } = await promisify(execFile)('bash', ['-c', toScript(blocks)], {
    cwd: directory,
    timeout: LIMIT_MS,
    env: {
      PATH: process.env['PATH'],
      POSTRIDER_URL: server.url,
      POSTRIDER_TOKEN: API_KEY,
      POSTRIDER_KEY: API_KEY,
      RECEIVER_URL: receiver.url,
    },
  });
  return stdout;
}

it.each(names)('%s: every block does what the page says', { timeout: LIMIT_MS + 10_000 }, async (name) => {
  await follow(name);
});

it('a customer who was down gets what failed, once for each time that it is asked for', async () => {
  const printed = await follow('a-customer-was-down-for-a-day.md');
  expect(printed).toMatch(/^success$/m);
  expect(printed).toMatch(/^finished$/m);
  const came = receiver.requests.map(({ body }) => body);
  expect(came[0]).toBe('{"order": 0}');
  expect(new Set(came)).toEqual(new Set(['{"order": 0}', '{"order": 1}', '{"order": 2}']));
});
