import { unwrap } from '@postrider/client';
import type { EndpointMessageOut, EndpointOut } from '@postrider/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
let endpoint: EndpointOut;
const RETRY_SECONDS = 3_600;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: `${RETRY_SECONDS}` });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  endpoint = await scene.endpoint(receiver, { uid: 'mine' });
});
afterEach(() => scene.close());

type Query = NonNullable<Parameters<Scene['client']['messageAttempt']['listAttemptedMessages']>[0]['query']>;
const list = (query: Query = {}, endpoint_id = endpoint.id) => {
  const params = { app_id: scene.appId, endpoint_id };
  return unwrap(scene.client.messageAttempt.listAttemptedMessages({ params, query }));
};
const messages = async (query?: Query): Promise<EndpointMessageOut[]> => (await list(query)).data;
const idsOf = async (query?: Query, endpointId?: string) =>
  (await list(query, endpointId)).data.map((one) => one.id);
const patch = (body: object) =>
  unwrap(scene.client.endpoint.patch({ params: { app_id: scene.appId, endpoint_id: endpoint.id }, body }));

/** Sends a message that is answered with this status, and waits until that is recorded. */
async function sendTo(status: number, input?: Parameters<Scene['send']>[0]): Promise<string> {
  receiver.reply = { status };
  const { id } = await scene.send(input);
  await scene.recorded(id, 1);
  return id;
}

/** Lets the clock pass the next retry, and waits until that is recorded. */
async function passRetry(...ids: string[]): Promise<void> {
  server.clock.advance(2 * RETRY_SECONDS);
  for (const id of ids) await scene.recorded(id, 2);
}

describe('attempted messages', () => {
  it('are listed by endpoint, found by id and uid, with how they stand', async () => {
    const other = await scene.endpoint(await scene.receiver(), { eventTypes: null, channels: ['red'] });
    const red = await scene.send({ channels: ['red'], payload: { x: 1 } });
    const plain = await scene.send({ eventId: 'my-id', tags: ['t'] });
    await scene.recorded(red.id, 2);
    await scene.recorded(plain.id, 1);
    const states = { status: 0, statusText: 'success' };
    expect(await messages()).toEqual([
      { ...plain, ...states },
      { ...red, ...states },
    ]);
    expect(await list({}, 'mine')).toEqual(await list());
    expect(await idsOf({}, other.id)).toEqual([red.id]);
    expect(await messages({ with_content: false, channel: 'red' })).toMatchObject([{ payload: {} }]);
  });

  it('are filtered by channel, tag and event types', async () => {
    const a = await sendTo(200, { eventType: 'a', channels: ['red'] });
    const b = await sendTo(200, { eventType: 'b', tags: ['t'] });
    const c = await sendTo(200, { eventType: 'c' });
    expect(await idsOf({ channel: 'red' })).toEqual([a]);
    expect(await idsOf({ channel: 'none' })).toEqual([]);
    expect(await idsOf({ tag: 't' })).toEqual([b]);
    expect(await idsOf({ event_types: 'a' })).toEqual([a]);
    expect(await idsOf({ event_types: ['a', 'c'] })).toEqual([c, a]);
    expect(await idsOf({ event_types: 'a,c' })).toEqual([c, a]);
    expect(await idsOf({ event_types: 'none' })).toEqual([]);
    for (const svix of scene.sdks) {
      const query = { eventTypes: ['a', 'b'] };
      const { data } = await svix.messageAttempt.listAttemptedMessages(scene.appId, 'mine', query);
      expect(data.map((one) => one.id)).toEqual([b, a]);
    }
  });

  it('are walked in pages, forwards and backwards, and within instants', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.unshift(await sendTo(200));
    const first = await list({ limit: 2 });
    expect(first).toMatchObject({ iterator: ids[1], prevIterator: `-${ids[0]}`, done: false });
    expect(await idsOf({ iterator: ids[1] ?? '' })).toEqual(ids.slice(2));
    expect(await idsOf({ iterator: `-${ids[3]}`, limit: 2 })).toEqual(ids.slice(1, 3));
    const { timestamp } = (await messages())[2] as EndpointMessageOut;
    expect(await idsOf({ after: timestamp })).toEqual(ids.slice(0, 3));
    expect(await idsOf({ before: timestamp })).toEqual(ids.slice(3));
  });
});

describe('status of attempted messages', () => {
  it('is success where one attempt succeeded, also after failures', async () => {
    const id = await sendTo(500);
    receiver.reply = { status: 200 };
    await passRetry(id);
    expect(await messages({ status: 0 })).toMatchObject([{ id, status: 0, statusText: 'success' }]);
    for (const status of [1, 2, 3, 4] as const) expect(await messages({ status })).toEqual([]);
  });

  it('is sending while it will be tried again, and fail when it will not', async () => {
    const good = await sendTo(200);
    const bad = [await sendTo(500), await sendTo(500)];
    const [second, first] = await messages({ status: 3 });
    expect([first?.id, second?.id]).toEqual(bad);
    expect(first).toMatchObject({ status: 3, statusText: 'sending' });
    const waitMs = new Date(first?.nextAttempt ?? 0).getTime() - server.clock.now().getTime();
    expect(waitMs / 1000).toBeGreaterThan(RETRY_SECONDS * 0.7);
    expect(waitMs / 1000).toBeLessThan(RETRY_SECONDS * 1.3);
    expect(await idsOf({ status: 2 })).toEqual([]);
    expect(await idsOf({ status: 0 })).toEqual([good]);
    expect(await idsOf()).toEqual([...bad, good].sort().reverse());
    await passRetry(...bad);
    expect(await idsOf({ status: 3 })).toEqual([]);
    const failed = await messages({ status: 2 });
    expect(failed).toMatchObject([
      { id: bad[1], status: 2, statusText: 'fail' },
      { id: bad[0], status: 2 },
    ]);
    expect(failed[0]).not.toHaveProperty('nextAttempt');
    expect(await idsOf({ status: 2, limit: 1 })).toEqual([bad[1]]);
    expect(await list({ status: 2, iterator: bad[1] ?? '' })).toMatchObject({
      data: [{ id: bad[0] }],
      done: true,
    });
    expect(await idsOf({ status: 2, iterator: `-${bad[0]}` })).toEqual([bad[1]]);
    expect(await idsOf({ status: 2, event_types: 'other' })).toEqual([]);
  });

  it('is pending before the first attempt, and then listed only when asked for', async () => {
    const release = receiver.hold();
    const underWay = await scene.send();
    await receiver.waitFor(1);
    const deliverAt = new Date(server.clock.now().getTime() + 3_600_000).toISOString();
    const dated = await scene.send({ deliverAt });
    expect(await idsOf()).toEqual([]);
    expect(await messages({ status: 1 })).toMatchObject([
      { id: dated.id, status: 1, statusText: 'pending', nextAttempt: deliverAt },
      { id: underWay.id, status: 1 },
    ]);
    release();
    await scene.recorded(underWay.id, 1);
    expect(await idsOf({ status: 1 })).toEqual([dated.id]);
    server.clock.advance(3_700);
    await scene.recorded(dated.id, 1);
    expect(await idsOf({ status: 1 })).toEqual([]);
  });

  it('is canceled when the endpoint is closed; callers who do not know that status read success', async () => {
    const failing = await sendTo(500);
    const deliverAt = new Date(server.clock.now().getTime() + 3_600_000).toISOString();
    const untried = await scene.send({ deliverAt });
    await patch({ disabled: true });
    const canceled = { status: 4, expanded_statuses: true } as const;
    await vi.waitFor(async () => expect(await idsOf(canceled)).toEqual([untried.id, failing]));
    expect(await messages(canceled)).toMatchObject([{ status: 4, statusText: 'canceled' }, { status: 4 }]);
    expect(await idsOf({ expanded_statuses: true })).toEqual([untried.id, failing]);
    // What was never tried would look delivered.
    expect(await messages()).toMatchObject([{ id: failing, status: 0, statusText: 'success' }]);
    for (const status of [0, 1, 2, 3] as const) expect(await idsOf({ status })).toEqual([]);
  });
});
