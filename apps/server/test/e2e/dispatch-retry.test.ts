import { unwrap } from '@postrider/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { standing } from '../messages.js';
import type { Receiver, Reply } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

const SCHEDULE = [10, 100, 1_000];

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
let endpointId: string;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: SCHEDULE.join(',') });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  receiver.reply = { status: 500 };
  ({ id: endpointId } = await scene.endpoint(receiver));
});
afterEach(() => scene.close());

/** Seconds from the message's last attempt to its next one; undefined when there will be none. */
async function pauseOf(msgId: string, attempts: number): Promise<number | undefined> {
  const [last] = await scene.recorded(msgId, attempts);
  const { nextAttempt } = (await standing(scene, endpointId, msgId)) ?? {};
  if (!nextAttempt) return undefined;
  return (Date.parse(nextAttempt) - Date.parse(last?.timestamp ?? '')) / 1000;
}
/** A schedule's entry give or take a fifth, and the time of the request itself. */
const expectAbout = (seconds: number | undefined, least: number, most = least) => {
  expect(seconds).toBeGreaterThanOrEqual(0.8 * least);
  expect(seconds).toBeLessThanOrEqual(1.2 * most + 2);
};

describe('the schedule', () => {
  it('is gone through step by step, each at the time that was told, and then the message has failed', async () => {
    const { id } = await scene.send();
    for (const [index, entry] of SCHEDULE.entries()) {
      const pause = await pauseOf(id, index + 1);
      expectAbout(pause, entry);
      expect(await standing(scene, endpointId, id)).toMatchObject({ status: 3, statusText: 'sending' });
      const { nextAttempt = '' } = (await standing(scene, endpointId, id)) ?? {};
      const left = (Date.parse(nextAttempt ?? '') - server.clock.now().getTime()) / 1000;
      server.clock.advance(left - 1);
      expect(await scene.attemptsOf(id)).toHaveLength(index + 1);
      server.clock.advance(1);
      const requests = await receiver.waitFor(index + 2);
      const at = Number(requests.at(-1)?.headers['svix-timestamp']);
      expect(at).toBeGreaterThanOrEqual(Math.floor(Date.parse(nextAttempt ?? '') / 1000));
    }
    expect(await pauseOf(id, SCHEDULE.length + 1)).toBeUndefined();
    expect(await standing(scene, endpointId, id)).toMatchObject({ status: 2, statusText: 'fail' });
    server.clock.advance(100_000);
    await scene.settle();
    expect(receiver.requests).toHaveLength(SCHEDULE.length + 1);
    expect(new Set(receiver.requests.map((request) => request.body))).toEqual(new Set(['{"n":1}']));
  });

  it.each(['svix 1.99', 'svix 2'])('ends with a success; %s sees what came of it', async (name) => {
    const svix = scene.sdks[name === 'svix 2' ? 1 : 0];
    const { id } = await svix.message.create(scene.appId, { eventType: 'a', payload: {} });
    await pauseOf(id, 1);
    receiver.reply = { status: 204 };
    server.clock.advance(12.5);
    expect(await pauseOf(id, 2)).toBeUndefined();
    expect(await standing(scene, endpointId, id)).toMatchObject({ status: 0 });
    server.clock.advance(100_000);
    await scene.settle();
    expect(receiver.requests).toHaveLength(2);
    const { data } = await svix.messageAttempt.listByMsg(scene.appId, id);
    expect(data.map((one) => [one.status, one.responseStatusCode, one.triggerType])).toEqual([
      [0, 204, 0],
      [2, 500, 0],
    ]);
  });

  it('of one endpoint does not touch another', async () => {
    const other = await scene.receiver();
    await scene.endpoint(other);
    const { id } = await scene.send();
    await other.waitFor(1);
    await scene.recorded(id, 2);
    server.clock.advance(12.5);
    await scene.recorded(id, 3);
    expect(other.requests).toHaveLength(1);
  });

  it('that is empty means one attempt', async () => {
    const once = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '' });
    try {
      const there = await Scene.open(once);
      const { id: endpoint } = await there.endpoint(receiver);
      const { id } = await there.send();
      await there.recorded(id, 1);
      await there.settle();
      expect(await standing(there, endpoint, id)).toMatchObject({ status: 2 });
      once.clock.advance(100_000);
      await there.settle();
      expect(receiver.requests).toHaveLength(1);
    } finally {
      await once.stop();
    }
  });
});

describe('the receiver asks for another time with Retry-After', () => {
  const inSeconds = (seconds: number) =>
    new Date(server.clock.now().getTime() + seconds * 1000).toUTCString();

  it.each([
    ['seconds between the entry and its double', 503, () => '15', 15, 15],
    ['a fraction, rounded up', 503, () => '14.2', 15, 15],
    ['less than the entry', 503, () => '1', 10, 10],
    ['none at all', 503, () => '0', 10, 10],
    ['more than its double', 503, () => '3600', 20, 20],
    ['a date', 503, () => inSeconds(15), 13, 15],
    ['a date that is past', 503, () => inSeconds(-60), 10, 10],
    ['a date far ahead', 503, () => inSeconds(100_000), 20, 20],
    ['a text that is neither', 503, () => 'soon', 10, 10],
    ['with another failure', 400, () => '15', 15, 15],
    ['with a redirect', 302, () => '15', 15, 15],
  ])('%s', async (_name, status, header, least, most) => {
    receiver.reply = { status, headers: { 'Retry-After': header() } };
    const { id } = await scene.send();
    expectAbout(await pauseOf(id, 1), least, most);
  });

  it('it means nothing with a success', async () => {
    receiver.reply = { status: 200, headers: { 'retry-after': '15' } };
    const { id } = await scene.send();
    expect(await pauseOf(id, 1)).toBeUndefined();
  });
});

describe('429', () => {
  it.each([
    ['alone waits for a minute at least', {}, 60],
    ['with a short Retry-After too', { 'retry-after': '1' }, 60],
    ['with a longer one waits for that', { 'retry-after': '90' }, 90],
    ['with a very long one for two minutes', { 'retry-after': '9000' }, 120],
  ])('%s', async (_name, headers, seconds) => {
    receiver.reply = { status: 429, headers: headers as Record<string, string> };
    const { id } = await scene.send();
    expectAbout(await pauseOf(id, 1), seconds);
  });

  it('is no shorter than the schedule', async () => {
    receiver.reply = { status: 429 };
    const { id } = await scene.send();
    await pauseOf(id, 1);
    server.clock.advance(75);
    expectAbout(await pauseOf(id, 2), 100);
  });
});

describe('the receiver says what is to become of it', () => {
  const endpointOf = async () =>
    unwrap(scene.client.endpoint.get({ params: { app_id: scene.appId, endpoint_id: endpointId } }));
  const reasonOf = async () =>
    (
      await server.context.database.kysely
        .selectFrom('endpoint')
        .select('disabled_reason')
        .where('id', '=', endpointId)
        .executeTakeFirst()
    )?.disabled_reason;

  it.each<[string, Reply, number, string]>([
    ['410', { status: 410 }, 2, 'gone'],
    [
      'webhook-delivery: disable with a failure',
      { status: 500, headers: { 'webhook-delivery': 'disable' } },
      2,
      'asked',
    ],
    [
      'webhook-delivery: disable with a success',
      { headers: { 'Webhook-Delivery': ' Disable ' } },
      0,
      'asked',
    ],
  ])('%s disables the endpoint and is not tried again', async (_name, reply, status, reason) => {
    receiver.reply = reply;
    const { id } = await scene.send();
    await expect.poll(async () => (await endpointOf()).disabled).toBe(true);
    expect(await reasonOf()).toBe(reason);
    expect(await pauseOf(id, 1)).toBeUndefined();
    expect(await standing(scene, endpointId, id)).toMatchObject({ status });
    await scene.send();
    server.clock.advance(100_000);
    await scene.settle();
    expect(receiver.requests).toHaveLength(1);
    expect(server.logs.join('')).toContain(`"endpointId":"${endpointId}","reason":"${reason}"`);
  });

  it('410 closes what waited for the endpoint', async () => {
    const { id } = await scene.send();
    await pauseOf(id, 1);
    receiver.reply = { status: 410 };
    await scene.send();
    await receiver.waitFor(2);
    await scene.settle();
    const state = await standing(scene, endpointId, id);
    expect(state).toMatchObject({ status: 4, statusText: 'canceled' });
    expect(state).not.toHaveProperty('nextAttempt');
  });

  it('webhook-delivery: abort-message ends the retries of this message only', async () => {
    receiver.reply = { status: 500, headers: { 'webhook-delivery': 'abort-message' } };
    const { id } = await scene.send();
    expect(await pauseOf(id, 1)).toBeUndefined();
    expect(await standing(scene, endpointId, id)).toMatchObject({ status: 2 });
    expect((await endpointOf()).disabled).toBe(false);
    receiver.reply = { status: 500 };
    const { id: next } = await scene.send();
    expectAbout(await pauseOf(next, 1), 10);
  });

  it.each(['abort-message', 'unknown', ''])(
    'webhook-delivery: "%s" changes nothing of a success',
    async (value) => {
      receiver.reply = { status: 200, headers: { 'webhook-delivery': value } };
      const { id } = await scene.send();
      await pauseOf(id, 1);
      expect(await standing(scene, endpointId, id)).toMatchObject({ status: 0 });
      expect((await endpointOf()).disabled).toBe(false);
    },
  );
});
