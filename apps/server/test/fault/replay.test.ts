import { createClient, unwrap } from '@postrider/client';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, PLACES, type Place, type ServerProcess, type Settings, startProcess } from '../process.js';
import { CountingReceiver, Load } from './load.js';

const API_KEY = 'sk_faultfaultfaultfault';
const MESSAGES = 10_000;
/** How far the replay is when its process is killed. */
const KILLED_AT = [2_000, 5_000];

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
    POSTRIDER_RETRY_SCHEDULE: '',
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

/** How many deliveries of dead processes a server took over: those that were in flight. */
const takenOver = (server: ServerProcess): number =>
  [...server.output().matchAll(/"event":"worker.taken_over".*?"deliveries":(\d+)/g)].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  );

describe.each(PLACES)('on %s', (name, make) => {
  it('SIGKILL in the middle of a bulk replay: it goes on, queues each message once, and loses none', {
    timeout: 300_000,
  }, async () => {
    const place: Place = await make();
    cleanups.push(() => place.remove());
    const settings = { ...place.settings, PORT: String(await freePort()) };
    let server = await start(settings);
    const client = createClient({ serverUrl: server.url, token: API_KEY });
    const { id: app_id } = await unwrap(client.application.create({ body: { name: 'Load' } }));
    const [first, second] = [await receiver(), await receiver()];
    const endpoint = await unwrap(client.endpoint.create({ params: { app_id }, body: { url: first.url } }));
    const params = { app_id, endpoint_id: endpoint.id };
    const load = new Load(app_id, API_KEY);
    load.start(() => server.url, 64);
    await load.more(MESSAGES);
    await load.stop();
    await first.waitForAll(load.acknowledged, 60_000);

    // What comes again comes to another address, so that it is counted by itself.
    await unwrap(client.endpoint.patch({ params, body: { url: second.url } }));
    const since = new Date(Date.now() - 3_600_000).toISOString();
    const { id: task_id } = await unwrap(client.endpoint.bulkReplay({ params, body: { since } }));
    let inFlight = 0;
    for (const count of KILLED_AT) {
      await second.arrived(count);
      await server.end('SIGKILL');
      server = await start(settings);
      inFlight += takenOver(server);
      const task = await unwrap(client.backgroundTask.get({ params: { task_id } }));
      expect(task.status).toBe('running');
    }
    const settledMs = await second.waitForAll(load.acknowledged, 120_000);
    await expect
      .poll(async () => (await unwrap(client.backgroundTask.get({ params: { task_id } }))).status, {
        timeout: 10_000,
      })
      .toBe('finished');
    const { data } = await unwrap(client.backgroundTask.get({ params: { task_id } }));
    const tally = second.tally(load.acknowledged);
    process.stdout.write(
      `${KILLED_AT.length} x SIGKILL in a bulk replay on ${name}: ${tally.acknowledged} acknowledged, ${tally.lost} lost, ${tally.duplicated} duplicated (${inFlight} in flight), settled ${settledMs} ms after the last restart\n`,
    );
    expect(tally.acknowledged).toBeGreaterThanOrEqual(MESSAGES);
    expect(tally.lost).toBe(0);
    expect(tally.duplicated).toBeLessThanOrEqual(inFlight);
    expect(data['messagesSent']).toBe(tally.acknowledged);
  });
});
