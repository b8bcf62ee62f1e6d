import { unwrap } from '@postrider/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { openHome, startServer, type TestServer } from '../harness.js';
import { idsOf } from '../messages.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '' });
  // Each second is one that a test lets pass.
  server.clock.stop();
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
});
afterEach(() => scene.close());

const sendMany = (count: number) => Promise.all(Array.from({ length: count }, () => scene.send()));
const throttleApplication = (throttleRate: number | null) =>
  unwrap(scene.client.application.patch({ params: { app_id: scene.appId }, body: { throttleRate } }));
const underWay = async () => {
  const rows = await server.context.database.kysely
    .selectFrom('delivery')
    .select('message_id')
    .where('application_id', '=', scene.appId)
    .where('owner', 'is not', null)
    .execute();
  return rows.length;
};
const idle = () => expect.poll(underWay, { timeout: 30_000, interval: 5 }).toBe(0);
/**
 * Lets second after second pass until the receivers, who had `from` messages, have `to`: in each of them, from the
 * present one on, come just as many as the rate allows. Not while anything is under way: that would look as if it had
 * been sent a second later.
 */
const pass = async (from: number, to: number, rate: number, ...receivers: Receiver[]) => {
  const got = () => receivers.reduce((sum, one) => sum + one.requests.length, 0);
  for (let due = Math.min(from + rate, to); ; due = Math.min(due + rate, to)) {
    await expect.poll(got, { timeout: 30_000, interval: 5 }).toBe(due);
    await idle();
    expect(got()).toBe(due);
    if (due === to) return scene.settle();
    server.clock.advance(1);
  }
};

describe('the rate of an endpoint', () => {
  it.each([1, 3])('of %d a second delays messages and drops none', async (throttleRate) => {
    await scene.endpoint(receiver, { throttleRate });
    const sent = await sendMany(12);
    await pass(0, 12, throttleRate, receiver);
    expect(idsOf(receiver.requests).sort()).toEqual(sent.map((one) => one.id).sort());
  });

  it('after a pause lets through what one second brings, and no more', async () => {
    await scene.endpoint(receiver, { throttleRate: 2 });
    await sendMany(3);
    await pass(0, 3, 2, receiver);
    server.clock.advance(1_000);
    await sendMany(10);
    await pass(3, 13, 2, receiver);
  });

  it('does not hold up its neighbours', async () => {
    await scene.endpoint(receiver, { throttleRate: 1 });
    const other = await scene.receiver();
    await scene.endpoint(other);
    await sendMany(50);
    await other.waitFor(50);
    await idle();
    expect(receiver.requests).toHaveLength(1);
  });

  it('counts for resends as well', async () => {
    const { id: endpoint_id } = await scene.endpoint(receiver, { throttleRate: 1 });
    const { id: msg_id } = await scene.send();
    await pass(0, 1, 1, receiver);
    server.clock.advance(1);
    const params = { app_id: scene.appId, msg_id, endpoint_id };
    await Promise.all(
      Array.from({ length: 5 }, () => unwrap(scene.client.messageAttempt.resend({ params }))),
    );
    await pass(1, 6, 1, receiver);
  });

  it('that is lifted lets go of what waits', async () => {
    const { id } = await scene.endpoint(receiver, { throttleRate: 1 });
    await sendMany(30);
    await receiver.waitFor(1);
    const params = { app_id: scene.appId, endpoint_id: id };
    await unwrap(scene.client.endpoint.patch({ params, body: { throttleRate: null } }));
    server.clock.advance(1);
    await receiver.waitFor(30);
  });

  it('that is set while messages come holds for the next one', async () => {
    const { id } = await scene.endpoint(receiver);
    await sendMany(5);
    await receiver.waitFor(5);
    await scene.settle();
    const params = { app_id: scene.appId, endpoint_id: id };
    await unwrap(scene.client.endpoint.patch({ params, body: { throttleRate: 1 } }));
    await sendMany(6);
    await pass(5, 11, 1, receiver);
  });
});

describe('the rate of an application', () => {
  it('is shared by its endpoints', async () => {
    await throttleApplication(4);
    const other = await scene.receiver();
    await scene.endpoint(receiver);
    await scene.endpoint(other);
    await sendMany(12);
    await pass(0, 24, 4, receiver, other);
    expect([receiver.requests.length, other.requests.length]).toEqual([12, 12]);
  });

  it.each([
    ['the endpoint', 3, 1, 2],
    ['the application', 1, 3, 1],
  ])(
    'goes with that of the endpoint: the lower one counts, here that of %s',
    async (_name, ofIt, own, rate) => {
      await throttleApplication(ofIt);
      const other = await scene.receiver();
      await scene.endpoint(receiver, { throttleRate: own });
      await scene.endpoint(other, { throttleRate: own });
      await sendMany(4);
      await pass(0, 8, rate, receiver, other);
    },
  );

  it('holds for what the SDKs send, and does not touch another application', async () => {
    await throttleApplication(1);
    await scene.endpoint(receiver);
    for (const svix of scene.sdks) await svix.message.create(scene.appId, { eventType: 'a', payload: {} });
    await sendMany(20);
    const free = await Scene.open(server);
    const other = await free.receiver();
    await free.endpoint(other);
    await Promise.all(Array.from({ length: 20 }, () => free.send()));
    await other.waitFor(20);
    await idle();
    expect(receiver.requests).toHaveLength(1);
    await free.close();
  });

  it('that is lifted lets go of what waits', async () => {
    await throttleApplication(1);
    await scene.endpoint(receiver);
    await sendMany(30);
    await receiver.waitFor(1);
    await throttleApplication(null);
    server.clock.advance(1);
    await receiver.waitFor(30);
  });
});

describe('by the clock on the wall', () => {
  /** No stretch of time has more attempts than the rate allows, and a second's worth that had been saved up. */
  const expectRate = (times: readonly number[], rate: number, blurSeconds: number) => {
    for (let from = 0; from < times.length; from++) {
      for (let to = from; to < times.length; to++) {
        const seconds = ((times[to] ?? 0) - (times[from] ?? 0)) / 1000;
        expect(to - from + 1).toBeLessThanOrEqual(rate * (seconds + 1 + blurSeconds));
      }
    }
  };
  const RATE = 20;
  const processes = inject('database') === 'postgres' ? [1, 2] : [1];
  const cases = processes.flatMap((count) => [
    [count, 'an endpoint'],
    [count, 'an application'],
  ]) as [number, string][];

  it.each(cases)('%d process(es) together send at the rate of %s', async (count, whose) => {
    const home = await openHome();
    const servers = await Promise.all(
      Array.from({ length: count }, () => startServer(REACH_RECEIVERS, home)),
    );
    try {
      scene = await Scene.open(servers[0] as TestServer);
      await scene.endpoint(receiver, whose === 'an endpoint' ? { throttleRate: RATE } : {});
      if (whose === 'an application') await throttleApplication(RATE);
      const body = { eventType: 'a', payload: {} };
      const calls = Array.from({ length: 60 / count }, () =>
        servers.map((one) =>
          unwrap(one.as(scene.environment.key).message.create({ params: { app_id: scene.appId }, body })),
        ),
      );
      await Promise.all(calls.flat());
      await receiver.waitFor(60);
      await scene.settle();
      const rows = await home.database.kysely.selectFrom('attempt').select('created_at').execute();
      expect(rows).toHaveLength(60);
      const times = rows.map((row) => row.created_at.getTime()).sort((a, b) => a - b);
      // From a claim to its attempt is a moment, longer or shorter.
      expectRate(times, RATE, 0.3);
      expect(((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000).toBeGreaterThan(60 / RATE - 1.3);
      expect(((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000).toBeLessThan(10);
    } finally {
      await Promise.all(servers.map((each) => each.stop()));
      await home.remove();
    }
  });
});
