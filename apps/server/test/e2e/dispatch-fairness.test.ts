import { unwrap } from '@postrider/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

let server: TestServer;
let scene: Scene;
let dead: Receiver;
let release: () => void;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  dead = await scene.receiver();
  release = dead.hold();
});
afterEach(async () => {
  release();
  await scene.close();
});

/** An application of its own with one endpoint. */
const customer = async (url: string) => {
  const { id } = await unwrap(scene.client.application.create({ body: { name: 'Customer' } }));
  await unwrap(scene.client.endpoint.create({ params: { app_id: id }, body: { url } }));
  return id;
};
const sendTo = (app_id: string, n: number) =>
  unwrap(scene.client.message.create({ params: { app_id }, body: { eventType: 'a', payload: { n } } }));
const sendMany = async (app_id: string, count: number) => {
  for (let n = 0; n < count; n += 50) {
    await Promise.all(Array.from({ length: Math.min(50, count - n) }, (_, i) => sendTo(app_id, n + i)));
  }
};
const waitingFor = async (appId: string) => {
  const rows = await scene.server.context.database.kysely
    .selectFrom('delivery')
    .select('message_id')
    .where('application_id', '=', appId)
    .where('due_at', 'is not', null)
    .where('owner', 'is', null)
    .execute();
  return rows.length;
};
/** Sends messages one by one; milliseconds until each has come, the shortest first. */
const pace = async (app_id: string, receiver: Receiver, count: number) => {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const start = performance.now();
    await sendTo(app_id, n);
    await receiver.waitFor(n + 1);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
};
/** Generous: a machine that does other things too must pass, and a message that waits for a dead neighbour must not. */
const expectQuick = (times: readonly number[]) => {
  expect(times[times.length >> 1]).toBeLessThan(250);
  expect(times.at(-1)).toBeLessThan(5_000);
};

describe('an endpoint that never answers, with 1 000 messages waiting', () => {
  let stuck: string;
  beforeEach(async () => {
    stuck = await customer(dead.url);
    await sendMany(stuck, 1_000);
    expect(await waitingFor(stuck)).toBeGreaterThan(900);
  });

  it('does not delay another endpoint', async () => {
    const healthy = await scene.receiver();
    const times = await pace(await customer(healthy.url), healthy, 30);
    expectQuick(times);
    expect(await waitingFor(stuck)).toBeGreaterThan(900);
  });

  it('does not delay another endpoint of the same origin, nor of the same application', async () => {
    const other = await scene.receiver();
    other.reply = ({ path }) => (path === '/hook' ? { write: () => {} } : {});
    const [slow, quick] = [await customer(other.url), await customer(other.url.replace('/hook', '/quick'))];
    const beside = other.url.replace('/hook', '/beside');
    for (const url of [dead.url, beside]) {
      await unwrap(scene.client.endpoint.create({ params: { app_id: slow }, body: { url } }));
    }
    await sendMany(slow, 200);
    const cameTo = (path: string) => other.requests.filter((one) => one.path === path).length;
    await expect.poll(() => cameTo('/beside'), { timeout: 5_000 }).toBe(200);
    await sendTo(quick, 1);
    await expect.poll(() => cameTo('/quick'), { timeout: 5_000 }).toBe(1);
    expect(cameTo('/hook')).toBeLessThanOrEqual(64);
    expect(await waitingFor(slow)).toBeGreaterThan(250);
  });

  it('holds few places itself, and gets everything once it answers', async () => {
    expect(dead.requests.length).toBeLessThanOrEqual(64);
    release();
    await dead.waitFor(1_000);
    await expect.poll(() => waitingFor(stuck), { timeout: 10_000 }).toBe(0);
    expect(new Set(dead.requests.map((one) => one.body)).size).toBe(1_000);
  });

  it('does not delay what was waiting for others: whoever is due gets a share', async () => {
    const healthy = await scene.receiver();
    const app = await customer(healthy.url);
    await unwrap(scene.client.application.patch({ params: { app_id: app }, body: { throttleRate: 1_000 } }));
    // Throttled, they all go through the queue, behind what has waited there for longer.
    await sendMany(app, 100);
    const start = performance.now();
    await healthy.waitFor(100);
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(dead.requests.length).toBeLessThanOrEqual(64);
  });
});

describe('a hundred endpoints that never answer', () => {
  let busy: TestServer;
  beforeEach(async () => {
    busy = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '' });
    await scene.close();
    scene = await Scene.open(busy);
    dead = await scene.receiver();
    release = dead.hold();
    const app_id = scene.appId;
    for (let n = 0; n < 100; n++) await scene.endpoint(`${dead.url}/${n}`);
    await sendMany(app_id, 30);
    await dead.waitFor(300);
  });
  afterEach(async () => {
    release();
    await busy.stop();
  });

  it('leave places to the others', async () => {
    const healthy = await scene.receiver();
    const times = await pace(await customer(healthy.url), healthy, 20);
    expectQuick(times);
  });

  it('do not keep the service from its rest: it looks when there is room, and now and then', async () => {
    busy.clock.stop();
    // Whoever looks without end never waits.
    await busy.clock.nextWait(500);
    await busy.clock.nextWait(500);
  });

  it('get everything once they answer', async () => {
    release();
    await dead.waitFor(3_000);
    await scene.settle();
    expect(new Set(dead.requests.map((one) => `${one.path} ${one.body}`)).size).toBe(3_000);
  });
});
