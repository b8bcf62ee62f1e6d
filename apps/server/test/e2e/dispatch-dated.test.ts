import { unwrap } from '@postrider/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { postText, standing } from '../messages.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
let endpointId: string;
beforeAll(async () => {
  server = await startServer(REACH_RECEIVERS);
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  ({ id: endpointId } = await scene.endpoint(receiver));
});
afterEach(() => scene.close());

const ahead = (seconds: number) => new Date(server.clock.now().getTime() + seconds * 1000).toISOString();
const create = (deliverAt: string) =>
  scene.client.message.create({
    params: { app_id: scene.appId },
    body: { eventType: 'a', payload: { n: 1 }, deliverAt },
  });
/** From 1 minute to 24 hours, and 5 seconds more on both sides for clocks that differ. */
const BOUNDS: readonly (readonly [seconds: number, status: number])[] = [
  [54.999, 422],
  [55, 202],
  [60, 202],
  [86_400, 202],
  [86_405, 202],
  [86_405.001, 422],
];
const pendingOf = async () => {
  const params = { app_id: scene.appId, endpoint_id: endpointId };
  return (await unwrap(scene.client.messageAttempt.listAttemptedMessages({ params, query: { status: 1 } })))
    .data;
};

describe('a message that is dated ahead', () => {
  it.each([61, 3_600, 86_399])('by %d s is delivered then and not before', async (seconds) => {
    const deliverAt = ahead(seconds);
    const { id } = await unwrap(create(deliverAt));
    expect(await pendingOf()).toMatchObject([{ id, nextAttempt: deliverAt }]);
    server.clock.advance(seconds - 5);
    // A message without a date goes past it.
    const { id: other } = await scene.send({ payload: { n: 2 } });
    await scene.recorded(other, 1);
    expect(receiver.requests.map((one) => one.body)).toEqual(['{"n":2}']);
    server.clock.advance(5);
    const [, request] = await receiver.waitFor(2);
    expect(request?.headers['svix-id']).toBe(id);
    expect(Number(request?.headers['svix-timestamp'])).toBeGreaterThanOrEqual(
      Math.floor(Date.parse(deliverAt) / 1000),
    );
    await scene.recorded(id, 1);
    await scene.settle();
    expect(await standing(scene, endpointId, id)).toMatchObject({ status: 0 });
    expect(receiver.requests).toHaveLength(2);
  });

  it.each([-10, 0, 30, 86_500, 1_000_000])('by %d s is refused with 422 and not stored', async (seconds) => {
    const { status, body } = await create(ahead(seconds));
    expect(status).toBe(422);
    expect(body).toMatchObject({ detail: [{ loc: ['body', 'deliver_at'] }] });
    expect((await unwrap(scene.client.message.list({ params: { app_id: scene.appId } }))).data).toEqual([]);
  });

  it('is the same message when the call is repeated, also when its date is near or past by then', async () => {
    const text = `{"eventType":"a","payload":{"n":1},"deliverAt":"${ahead(61)}"}`;
    const headers = { 'idempotency-key': 'k' };
    const first = await postText(scene, text, { headers });
    expect(first.status).toBe(202);
    for (const seconds of [30, 40]) {
      server.clock.advance(seconds);
      expect(await postText(scene, text, { headers })).toEqual(first);
    }
    expect((await postText(scene, text, { headers: { 'idempotency-key': 'other' } })).status).toBe(422);
    await receiver.waitFor(1);
    await scene.settle();
    expect(receiver.requests).toHaveLength(1);
  });

  it('is taken from the SDK', async () => {
    const [, svix] = scene.sdks;
    const made = await svix.message.create(scene.appId, {
      eventType: 'a',
      payload: { n: 1 },
      deliverAt: new Date(ahead(120)),
    });
    expect(await pendingOf()).toMatchObject([{ id: made.id }]);
    server.clock.advance(121);
    await receiver.waitFor(1);
  });

  it('goes to the endpoints that there were when it was created, as they are when it is due', async () => {
    const late = await scene.receiver();
    const { id } = await unwrap(create(ahead(120)));
    await scene.endpoint(late);
    const moved = await scene.receiver();
    const params = { app_id: scene.appId, endpoint_id: endpointId };
    await unwrap(scene.client.endpoint.patch({ params, body: { url: moved.url } }));
    server.clock.advance(121);
    expect((await moved.waitFor(1))[0]?.headers['svix-id']).toBe(id);
    await scene.settle();
    expect([receiver.requests.length, late.requests.length]).toEqual([0, 0]);
  });
});

it.each(BOUNDS)(
  'dated %s seconds ahead a message is answered %d, for every client',
  async (seconds, status) => {
    const still = await startServer();
    still.clock.stop();
    try {
      const other = await Scene.open(still);
      const deliverAt = new Date(still.clock.now().getTime() + seconds * 1000);
      const input = { eventType: 'a', payload: {} };
      const { body, ...answer } = await other.client.message.create({
        params: { app_id: other.appId },
        body: { ...input, deliverAt: deliverAt.toISOString() },
      });
      expect(answer.status).toBe(status);
      if (status === 422) expect(body).toMatchObject({ detail: [{ loc: ['body', 'deliver_at'] }] });
      for (const sdk of other.sdks) {
        const sent = sdk.message.create(other.appId, { ...input, deliverAt });
        if (status === 202) expect((await sent).deliverAt).toEqual(deliverAt);
        else await expect(sent).rejects.toMatchObject({ code: 422 });
      }
      const rows = await still.context.database.kysely.selectFrom('message').select('id').execute();
      expect(rows).toHaveLength(status === 202 ? 3 : 0);
    } finally {
      await still.stop();
    }
  },
);
