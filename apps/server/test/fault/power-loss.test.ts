import { copyFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@postrider/client';
import { afterEach, expect, it } from 'vitest';
import { type ServerProcess, startProcess } from '../process.js';
import { CountingReceiver, Load } from './load.js';

const API_KEY = 'sk_powerpowerpowerpower';
const DISK = fileURLToPath(new URL('disk.mjs', import.meta.url));
const FAILURES = 4;

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'postrider-power-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A server whose disk is watched: `image` is what would be left of `directory` after a power failure right now. */
async function start(directory: string, image: string, durability: string): Promise<ServerProcess> {
  const server = await startProcess({
    POSTRIDER_DATA_DIR: directory,
    POSTRIDER_DURABILITY: durability,
    POSTRIDER_API_KEY: API_KEY,
    POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/8',
    POSTRIDER_RETRY_SCHEDULE: Array(60).fill('1').join(),
    NODE_OPTIONS: `--import=${DISK}`,
    POSTRIDER_TEST_DISK_OF: join(directory, 'database'),
    POSTRIDER_TEST_DISK: join(image, 'database'),
  });
  cleanups.push(() => server.end('SIGKILL'));
  return server;
}

/**
 * Load on a receiver that is down, so that every message is only in the database; then the power fails. Gives the
 * directory that is left, and what was acknowledged.
 */
async function loseEverything(durability: string, url: string) {
  const directory = await makeDirectory();
  const left = await makeDirectory();
  // The files that it begins with are on the disk in any case.
  await (await start(directory, left, 'power')).end('SIGTERM');
  const server = await start(directory, left, durability);
  const client = createClient({ serverUrl: server.url, token: API_KEY });
  const { body } = await client.application.create({ body: { name: 'Load' } });
  const { id } = body as { id: string };
  const made = await client.endpoint.create({ params: { app_id: id }, body: { url } });
  expect(made.status).toBe(201);
  const load = new Load(id, API_KEY);
  load.start(() => server.url, 16);
  await load.more(400);
  await server.end('SIGKILL');
  const acknowledged = new Set(load.acknowledged);
  await load.stop();
  await copyFile(join(directory, 'encryption.key'), join(left, 'encryption.key'));
  return { left, acknowledged, id };
}

async function downReceiver(): Promise<CountingReceiver> {
  const sink = new CountingReceiver();
  await sink.start();
  await sink.stop();
  cleanups.push(() => sink.stop());
  return sink;
}

it('power: when the machine stops under load, again and again, what was acknowledged arrives', async () => {
  const sink = await downReceiver();
  let { left, acknowledged, id } = await loseEverything('power', sink.url);
  const all = new Set(acknowledged);
  for (let failure = 1; failure < FAILURES; failure++) {
    // On what is left, the next one: also while it starts from a crash, and while its files are new.
    const next = await makeDirectory();
    // What is on the disk already is on it.
    await cp(left, next, { recursive: true, filter: (path) => !path.endsWith('.sock') });
    const server = await start(left, next, 'power');
    const load = new Load(id, API_KEY, failure * 1_000_000);
    load.start(() => server.url, 16);
    await load.more(300 * failure);
    await server.end('SIGKILL');
    for (const n of load.acknowledged) all.add(n);
    await load.stop();
    left = next;
  }
  await sink.start();
  await start(left, await makeDirectory(), 'power');
  const ms = await sink.waitForAll(all, 60_000);
  const tally = sink.tally(all);
  process.stdout.write(
    `${FAILURES} x power lost: ${tally.acknowledged} acknowledged, ${tally.lost} lost, all there after ${ms} ms\n`,
  );
  expect(tally.acknowledged).toBeGreaterThan(2_000);
  expect(tally.lost).toBe(0);
});

it('process: the same failure takes messages, so the disk of this test is a hard one', async () => {
  const sink = await downReceiver();
  const { left, acknowledged } = await loseEverything('process', sink.url);
  await sink.start();
  const server = await start(left, await makeDirectory(), 'process').catch(() => undefined);
  // Not all of them come: that is what is shown.
  if (server) await sink.waitForAll(acknowledged, 5_000).catch(() => undefined);
  const { lost } = sink.tally(acknowledged);
  process.stdout.write(
    `power lost under process: ${acknowledged.size} acknowledged, ${lost} lost, the database ${server ? 'starts' : 'does not start'}\n`,
  );
  expect(lost).toBeGreaterThan(0);
});
