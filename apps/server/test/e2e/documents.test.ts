import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { OperationalEvent } from '@postrider/contract';
import { load } from 'js-yaml';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { NOT_RUN, ON_POSTGRES, STARTS } from '../document-blocks.js';
import { type Block, blocksOf, type Desk, openDesk, toCommands } from '../pages.js';
import {
  freePort,
  makePlace,
  type Place,
  type ServerProcess,
  type Settings,
  startProcess,
} from '../process.js';
import { Receiver } from '../receiver.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const API_KEY = 'sk_documentsdocumentsdocuments';
const LIMIT_MS = 240_000;
/** Languages of blocks that are run, and of those that are shown only. */
const RUN = ['sh', 'js'];
const SHOWN = ['html', 'text'];
/** No power fails here. */
const QUICK: Settings = { POSTRIDER_DURABILITY: 'process' };
const onPostgres = inject('database') === 'postgres';

/** Every page but the recipes, which are followed from top to bottom by a test of their own. */
const DOCUMENTS = [
  'README.md',
  ...(await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
];

const SECRET = `whsec_${Buffer.alloc(32, 'documents').toString('base64')}`;

/** What scripts of pages find around them, as a module: a page of a browser, a link, a delivery that came in. */
function surroundings(): string {
  const data = { appId: 'app_1', appUid: null, endpointId: 'ep_1', endpointUid: null };
  const body = JSON.stringify({ type: 'endpoint.created', data });
  const headers = {
    'svix-id': 'msg_1',
    'svix-timestamp': String(Math.floor(Date.now() / 1000)),
    'svix-signature': new Webhook(SECRET).sign('msg_1', new Date(), body),
  };
  return `
    globalThis.access = { url: 'https://webhooks.example.com/login#key=code' };
    Object.assign(globalThis, ${JSON.stringify({ secret: SECRET, rawBody: body, request: { headers } })});
    globalThis.iframe = { contentWindow: {}, style: {} };
    globalThis.window = {
      addEventListener(_, listener) {
        const data = { type: 'svix.iframe-resizer-height', payload: { height: 720 } };
        listener({ source: iframe.contentWindow, data });
        if (iframe.style.height !== '720px') throw new Error('the frame has another height than it was told');
      },
    };`;
}

let place: Place;
let server: ServerProcess;
let receiver: Receiver;
beforeAll(async () => {
  place = await makePlace(inject('database'));
  server = await startProcess({
    ...place.settings,
    ...QUICK,
    POSTRIDER_API_KEY: API_KEY,
    POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/8',
  });
  receiver = await Receiver.start();
});
afterAll(async () => {
  await server.end('SIGKILL');
  await receiver.stop();
  await place.remove();
});

let desk: Desk;
/** Ends the service that a block has started, where it did not come to its end. */
let end: () => unknown = () => {};
beforeEach(async () => {
  desk = await openDesk();
  const home = join(desk.folder, '..');
  await writeFile(join(home, '.curlrc'), 'fail-with-body\nsilent\nshow-error\n');
  await writeFile(join(home, 'surroundings.mjs'), surroundings());
});
afterEach(async () => {
  end();
  await desk.remove();
});

/** A block with what its reader has: this server's address, and of what begins with `msg_` the one shown last. */
function fill({ text, ...block }: Block, shown: string): Block {
  const filled = text
    .replaceAll(/http:\/\/127\.0\.0\.1:8071|https:\/\/webhooks\.example\.com/g, server.url)
    .replaceAll(/https:\/\/(ops\.)?example\.com\/webhooks/g, receiver.url)
    .replaceAll(/postgres:\/\/\S+@db\.example\.com\/\S+/g, place.settings['POSTRIDER_DATABASE_URL'] ?? '')
    .replaceAll('node apps/server/dist/main.js', 'postrider')
    .replaceAll(/\b([a-z]+)_…/g, (placeholder, kind: string) => {
      const values = shown.match(new RegExp(`\\b${kind}_\\w+`, 'g'));
      return values?.at(-1) ?? placeholder;
    });
  return { ...block, text: filled };
}

/** Runs a block in a shell that knows what the earlier ones exported; gives what it printed. A call's error is its own. */
async function run(block: Block): Promise<string> {
  const { hostname, port, username } = new URL(place.settings['POSTRIDER_DATABASE_URL'] ?? 'postgres://none');
  const script = [
    'set -euo pipefail',
    'if [ -e ../exported ]; then . ../exported; fi',
    toCommands(block, '--import ../surroundings.mjs'),
    'export -p > ../exported',
  ];
  const { stdout } = await promisify(execFile)('bash', ['-c', script.join('\n')], {
    cwd: desk.folder,
    timeout: LIMIT_MS,
    env: {
      ...place.settings,
      PATH: desk.path,
      POSTRIDER_KEY: API_KEY,
      HOME: join(desk.folder, '..'),
      ...(onPostgres ? { PGHOST: hostname, PGPORT: port, PGUSER: username } : {}),
    },
  });
  return stdout;
}

/** Starts a service as a block does or with what it sets, looks at it, and ends it. */
async function start({ text }: Block, look: (url: string) => Promise<void>): Promise<void> {
  const listen = `127.0.0.1:${await freePort()}`;
  const script = ['set -euo pipefail -o allexport', text, /\bpostrider$/m.test(text) ? '' : 'postrider'];
  const child = spawn('bash', ['-c', script.join('\n')], {
    cwd: desk.folder,
    env: { ...QUICK, ...(onPostgres ? place.settings : {}), PATH: desk.path, POSTRIDER_LISTEN: listen },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: the service is ended together with its shell.
    detached: true,
  });
  end = () => child.exitCode === null && process.kill(-(child.pid ?? 0), 'SIGKILL');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
  const closed = new Promise((resolve) => child.once('close', resolve));
  await expect
    .poll(() => (output.includes('service.started') ? '' : output || 'nothing'), { timeout: LIMIT_MS })
    .toBe('');
  await look(`http://${listen}`);
  process.kill(-(child.pid ?? 0), 'SIGTERM');
  await closed;
  end = () => {};
  expect(output).toContain('service.stopped');
}

/** An answer that a page shows is one that could be given. */
function checkJson(document: string, text: string): void {
  const value: unknown = JSON.parse(text);
  if (document === 'docs/operational-webhooks.md') OperationalEvent.parse(value);
}

const begins =
  ({ text }: Block) =>
  (beginning: string) =>
    text.startsWith(beginning);

/** Does what a block is for, whatever that is in its language; gives what it printed. */
async function follow(document: string, block: Block, shown: string): Promise<string> {
  const look = Object.entries(STARTS[document] ?? {}).find(([beginning]) => begins(block)(beginning))?.[1];
  if (look) await start(fill(block, shown), look);
  else if (RUN.includes(block.language)) return run(fill(block, shown));
  else if (block.language === 'json') checkJson(document, block.text);
  else if (block.language === 'yaml') load(block.text);
  else if (!SHOWN.includes(block.language)) {
    throw new Error(`a block of "${block.language}" is run by nobody: run it, or say in NOT_RUN what does`);
  }
  return '';
}

async function blocksIn(document: string): Promise<Block[]> {
  const page = await readFile(join(ROOT, document), 'utf8');
  const blocks = blocksOf(page);
  // None is overlooked.
  expect(blocks).toHaveLength((page.match(/^ *```/gm)?.length ?? 0) / 2);
  return blocks;
}

/** What has come of a document that was followed. */
const OUTCOMES: Record<string, () => Promise<void>> = {
  'README.md': async () => {
    const requests = await receiver.waitFor(2);
    expect(requests.map(({ body }) => JSON.parse(body))).toEqual(Array(2).fill({ invoice: 'inv_1' }));
  },
  'docs/operating.md': async () => {
    if (onPostgres) await run({ language: 'sh', text: 'dropdb postrider_restored\n', line: 1 });
  },
};

it.each(DOCUMENTS)('%s: every block does what the page says', { timeout: 2 * LIMIT_MS }, async (document) => {
  const left = Object.keys(NOT_RUN[document] ?? {}).concat(onPostgres ? [] : (ON_POSTGRES[document] ?? []));
  const blocks = (await blocksIn(document)).filter((block) => !left.some(begins(block)));
  let shown = API_KEY;
  for (const block of blocks) {
    shown += await follow(document, block, shown).catch((cause: unknown) => {
      throw new Error(`${document}:${block.line}: ${cause}`, { cause });
    });
  }
  await OUTCOMES[document]?.();
});

it('what is said of single blocks is said of blocks that are there, and what is named exists', async () => {
  const said = [NOT_RUN, ON_POSTGRES, STARTS].flatMap((table) =>
    Object.entries(table).flatMap(([document, entries]) =>
      (Array.isArray(entries) ? entries : Object.keys(entries)).map((beginning: string) => ({
        document,
        beginning,
      })),
    ),
  );
  for (const { document, beginning } of said) {
    const blocks = await blocksIn(document);
    expect(
      blocks.filter((block) => begins(block)(beginning)),
      `${document}: ${beginning}`,
    ).not.toEqual([]);
  }
  const named = Object.values(NOT_RUN)
    .flatMap((entries) => Object.values(entries))
    .flatMap((reason) => reason.match(/(apps|scripts)\/\S+\w/g) ?? []);
  expect(named.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});
