import { randomBytes } from 'node:crypto';
import { createClient, unwrap } from '@postrider/client';
import { afterEach, describe, expect, it } from 'vitest';
import {
  freePort,
  makePlace,
  PLACES,
  type Place,
  type ServerProcess,
  type Settings,
  startProcess,
} from '../process.js';
import { createCluster, hasCluster } from './cluster.js';
import { CountingReceiver, Load, type Tally } from './load.js';

const API_KEY = 'sk_faultfaultfaultfault';
/** Everything is there again so many ms after a restart. */
const SETTLED_MS = 5_000;
const KILLS = 10;

const running: ServerProcess[] = [];
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.end('SIGKILL')));
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(settings: Settings): Promise<ServerProcess> {
  const server = await startProcess({
    POSTRIDER_API_KEY: API_KEY,
    POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/8',
    POSTRIDER_RETRY_SCHEDULE: '0.2,0.2,0.5,1,1,1,1,1,1,1,1',
    POSTRIDER_LOG_LEVEL: 'info',
    ...settings,
  });
  running.push(server);
  return server;
}

async function receiver(): Promise<CountingReceiver> {
  const one = new CountingReceiver();
  await one.start();
  cleanups.push(() => one.stop());
  return one;
}

async function prepare(server: ServerProcess, url: string): Promise<string> {
  const client = createClient({ serverUrl: server.url, token: API_KEY });
  const { body } = await client.application.create({ body: { name: 'Load' } });
  const { id } = body as { id: string };
  const made = await client.endpoint.create({ params: { app_id: id }, body: { url } });
  expect(made.status).toBe(201);
  return id;
}

/** Successful attempts of the application: as the figures have them, and counted one by one in the list of its endpoint. */
async function countSuccesses(server: ServerProcess, app_id: string): Promise<[number, number]> {
  const client = createClient({ serverUrl: server.url, token: API_KEY });
  const now = Date.now();
  const query = { since: new Date(now - 3_600_000).toISOString(), until: new Date(now).toISOString() };
  const { total_success } = await unwrap(client.application.statsAttempts({ params: { app_id }, query }));
  const endpoints = await unwrap(client.endpoint.list({ params: { app_id }, query: {} }));
  const params = { app_id, endpoint_id: endpoints.data[0]?.id ?? '' };
  let count = 0;
  let iterator: string | undefined;
  for (;;) {
    const page = await unwrap(
      client.messageAttempt.listByEndpoint({
        params,
        query: { limit: 250, with_content: false, status: 0, ...(iterator ? { iterator } : {}) },
      }),
    );
    count += page.data.length;
    if (page.done || !page.iterator) return [total_success, count];
    iterator = page.iterator;
  }
}

/** How many deliveries of dead processes a server took over: those that were in flight. */
const takenOver = (server: ServerProcess): number =>
  [...server.output().matchAll(/"event":"worker.taken_over".*?"deliveries":(\d+)/g)].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  );

function report(what: string, tally: Tally, inFlight: number, settledMs: readonly number[]): void {
  process.stdout.write(
    `${what}: ${tally.acknowledged} acknowledged, ${tally.lost} lost, ${tally.duplicated} duplicated (${inFlight} in flight), settled after ${Math.max(...settledMs)} ms at most\n`,
  );
}

describe.each(PLACES)('on %s', (name, make) => {
  it('ten times SIGKILL under load: nothing is lost, and only what was in flight comes twice', async () => {
    const place: Place = await make();
    cleanups.push(() => place.remove());
    const port = String(await freePort());
    const sink = await receiver();
    let server = await start({ ...place.settings, PORT: port });
    const appId = await prepare(server, sink.url);
    const load = new Load(appId, API_KEY);
    load.start(() => server.url, 32);
    const settled: number[] = [];
    let inFlight = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      await load.more(300);
      await server.end('SIGKILL');
      const before = new Set(load.acknowledged);
      server = await start({ ...place.settings, PORT: port });
      settled.push(await sink.waitForAll(before, 30_000));
      inFlight += takenOver(server);
    }
    await load.stop();
    settled.push(await sink.waitForAll(load.acknowledged, 30_000));
    const tally = sink.tally(load.acknowledged);
    report(`10 x SIGKILL on ${name}`, tally, inFlight, settled);
    expect(tally.acknowledged).toBeGreaterThan(KILLS * 300);
    expect(tally.lost).toBe(0);
    expect(tally.duplicated).toBeLessThanOrEqual(inFlight);
    expect(Math.max(...settled)).toBeLessThanOrEqual(SETTLED_MS);
    await expect
      .poll(async () => {
        const [inFigures, inList] = await countSuccesses(server, appId);
        return inList >= tally.acknowledged ? inFigures - inList : 'not all recorded';
      })
      .toBe(0);
  });

  it('a receiver that is down and comes back gets everything', async () => {
    const place: Place = await make();
    cleanups.push(() => place.remove());
    const sink = await receiver();
    const server = await start(place.settings);
    const load = new Load(await prepare(server, sink.url), API_KEY);
    load.start(() => server.url, 16);
    await load.more(200);
    await sink.stop();
    await load.more(200);
    await sink.start();
    await load.more(200);
    await load.stop();
    const settled = await sink.waitForAll(load.acknowledged, 20_000);
    const tally = sink.tally(load.acknowledged);
    report(`receiver down and up on ${name}`, tally, 0, [settled]);
    expect(tally.lost).toBe(0);
  });
});

describe.runIf(hasCluster)('on PostgreSQL', () => {
  it('stopped and started under load: what was answered 202 arrives', async () => {
    const cluster = await createCluster();
    cleanups.push(() => cluster.remove());
    await cluster.start();
    const sink = await receiver();
    const server = await start({
      POSTRIDER_DATABASE_URL: cluster.url,
      POSTRIDER_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    });
    const load = new Load(await prepare(server, sink.url), API_KEY);
    load.start(() => server.url, 32);
    const settled: number[] = [];
    for (let stop = 0; stop < 3; stop++) {
      await load.more(300);
      await cluster.stop();
      const before = new Set(load.acknowledged);
      await cluster.start();
      settled.push(await sink.waitForAll(before, 30_000));
    }
    await load.more(300);
    await load.stop();
    settled.push(await sink.waitForAll(load.acknowledged, 30_000));
    const tally = sink.tally(load.acknowledged);
    report('3 x PostgreSQL stopped', tally, 0, settled);
    expect(tally.lost).toBe(0);
    expect(Math.max(...settled)).toBeLessThanOrEqual(SETTLED_MS);
    expect(await server.end('SIGTERM')).toBe(0);
  });

  it('of two processes one is killed: the other takes its work over within 5 s', async () => {
    const place = await makePlace('postgres');
    cleanups.push(() => place.remove());
    const sink = await receiver();
    sink.delayMs = 50;
    const [one, two] = [await start(place.settings), await start(place.settings)];
    const load = new Load(await prepare(one, sink.url), API_KEY);
    load.start(() => one.url, 32);
    await load.more(500);
    await one.end('SIGKILL');
    const settled = await sink.waitForAll(load.acknowledged, 30_000);
    await load.stop();
    const tally = sink.tally(load.acknowledged);
    const inFlight = takenOver(two);
    report('one of two processes killed', tally, inFlight, [settled]);
    expect(inFlight).toBeGreaterThan(0);
    expect(tally.lost).toBe(0);
    expect(tally.duplicated).toBeLessThanOrEqual(inFlight);
    expect(settled).toBeLessThanOrEqual(SETTLED_MS);
  });
});
