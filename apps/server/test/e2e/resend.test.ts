import { unwrap } from '@postrider/client';
import type { EndpointOut } from '@postrider/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';
import { openSession } from '../sessions.js';

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

const key = (msg_id: string, endpoint_id = endpoint.id) => ({
  params: { app_id: scene.appId, msg_id, endpoint_id },
});
const resend = (msgId: string, endpointId?: string) =>
  scene.client.messageAttempt.resend(key(msgId, endpointId));
/** How the message stands at the endpoint. */
const stateOf = async (msgId: string, status?: 1) => {
  const params = { app_id: scene.appId, endpoint_id: endpoint.id };
  const query = { expanded_statuses: true, ...(status === undefined ? {} : { status }) };
  const { data } = await unwrap(scene.client.messageAttempt.listAttemptedMessages({ params, query }));
  return data.find((one) => one.id === msgId);
};
const triggers = async (msgId: string) =>
  (await scene.attemptsOf(msgId)).map((one) => [one.triggerType, one.responseStatusCode]);
const deliveryOf = (msgId: string) =>
  server.context.database.kysely
    .selectFrom('delivery')
    .selectAll()
    .where('application_id', '=', scene.appId)
    .where('message_id', '=', msgId)
    .executeTakeFirst();

describe('resend', () => {
  it('sends the message once more, each time it is called, and keeps what was', async () => {
    const { id } = await scene.send({ payload: { a: 1 } });
    await scene.recorded(id, 1);
    const answer = await resend(id);
    expect(answer).toMatchObject({ status: 202, body: {} });
    await scene.recorded(id, 2);
    const [first, second] = receiver.requests;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['svix-id']).toBe(id);
    expect(await triggers(id)).toEqual([
      [1, 200],
      [0, 200],
    ]);
    await Promise.all([resend(id), resend(id, 'mine'), resend(id)]);
    await scene.recorded(id, 5);
    await scene.settle();
    expect(receiver.requests).toHaveLength(5);
  });

  it('reaches an endpoint whatever it listens to, also with a message from before it was there', async () => {
    const { id } = await scene.send({ eventType: 'a', eventId: 'my-id' });
    await scene.recorded(id, 1);
    const late = await scene.receiver();
    const filtered = await scene.endpoint(late, { channels: ['other'] });
    expect((await resend('my-id', filtered.id)).status).toBe(202);
    expect((await late.waitFor(1))[0]?.headers['svix-id']).toBe(id);
    await scene.recorded(id, 2);
  });

  it('sends a raw payload that is no JSON', async () => {
    const { id } = await scene.send({ payload: {}, transformationsParams: { rawPayload: '<x/>' } });
    await scene.recorded(id, 1);
    expect((await resend(id)).status).toBe(202);
    expect((await receiver.waitFor(2))[1]?.body).toBe('<x/>');
  });

  it.each([undefined, '{}', 'no JSON'])('takes whatever body: %s', async (body) => {
    const { id } = await scene.send();
    await scene.recorded(id, 1);
    const answer = await fetch(
      `${server.url}/api/v1/app/${scene.appId}/msg/${id}/endpoint/${endpoint.id}/resend`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${scene.environment.key}` },
        ...(body === undefined ? {} : { body }),
      },
    );
    expect([answer.status, await answer.json()]).toEqual([202, {}]);
    await scene.recorded(id, 2);
  });

  it('happens once for one idempotency key', async () => {
    const { id } = await scene.send();
    await scene.recorded(id, 1);
    const call = { ...key(id), headers: { 'idempotency-key': 'once' } };
    const { messageAttempt } = scene.client;
    const answers = await Promise.all([messageAttempt.resend(call), messageAttempt.resend(call)]);
    expect(answers.map((one) => one.status)).toEqual([202, 202]);
    await scene.recorded(id, 2);
    await scene.settle();
    expect(receiver.requests).toHaveLength(2);
  });
});

describe('a resend and the schedule', () => {
  it('a failure is not retried and leaves a success a success', async () => {
    const { id } = await scene.send();
    await scene.recorded(id, 1);
    receiver.reply = { status: 500 };
    await resend(id);
    await scene.recorded(id, 2);
    await scene.settle();
    expect(await stateOf(id)).toMatchObject({ status: 0 });
    expect(await triggers(id)).toEqual([
      [1, 500],
      [0, 200],
    ]);
  });

  it('a failure leaves the schedule as it was', async () => {
    receiver.reply = { status: 500 };
    const { id } = await scene.send();
    await scene.recorded(id, 1);
    const before = await stateOf(id);
    expect(before).toMatchObject({ status: 3, nextAttempt: expect.any(String) });
    await resend(id);
    await scene.recorded(id, 2);
    expect(await stateOf(id)).toEqual(before);
    receiver.reply = { status: 200 };
    server.clock.advance(2 * RETRY_SECONDS);
    await scene.recorded(id, 3);
    expect(await triggers(id)).toEqual([
      [0, 200],
      [1, 500],
      [0, 500],
    ]);
  });

  it('a success ends the schedule', async () => {
    receiver.reply = { status: 500 };
    const { id } = await scene.send();
    await scene.recorded(id, 1);
    receiver.reply = { status: 200 };
    await resend(id);
    await scene.recorded(id, 2);
    await scene.settle();
    expect(await stateOf(id)).toMatchObject({ status: 0 });
    expect(await stateOf(id)).not.toHaveProperty('nextAttempt');
    expect(await deliveryOf(id)).toMatchObject({ due_at: null, retry_at: null, manual: 0, owner: null });
  });

  it('a failure before a dated message is due leaves it its date', async () => {
    const deliverAt = new Date(server.clock.now().getTime() + 3_600_000).toISOString();
    const { id } = await scene.send({ deliverAt });
    receiver.reply = { status: 500 };
    await resend(id);
    await scene.recorded(id, 1);
    expect(await stateOf(id)).toMatchObject({ status: 1, nextAttempt: deliverAt });
    receiver.reply = { status: 200 };
    server.clock.advance(3_700);
    await scene.recorded(id, 2);
    expect(await stateOf(id)).toMatchObject({ status: 0 });
  });

  it('what is under way is finished first, then sent again', async () => {
    const release = receiver.hold();
    const { id } = await scene.send();
    await receiver.waitFor(1);
    expect((await resend(id)).status).toBe(202);
    release();
    await scene.recorded(id, 2);
    await scene.settle();
    expect(await triggers(id)).toEqual([
      [1, 200],
      [0, 200],
    ]);
  });
});

describe('refusals', () => {
  const erase = (id: string) =>
    server.context.database.kysely
      .updateTable('message')
      .set({ payload: null })
      .where('id', '=', id)
      .execute();

  it('a message or endpoint that is not there is 404, a payload that is not kept 400', async () => {
    const other = await Scene.open(server);
    const foreign = await other.send();
    const gone = await scene.endpoint(receiver);
    await scene.client.endpoint.delete({ params: { app_id: scene.appId, endpoint_id: gone.id } });
    const { id } = await scene.send();
    for (const msgId of ['unknown', foreign.id]) expect((await resend(msgId)).status).toBe(404);
    for (const endpointId of ['unknown', gone.id]) expect((await resend(id, endpointId)).status).toBe(404);
    await scene.recorded(id, 1);
    await erase(id);
    const missing = {
      status: 400,
      body: {
        code: 'missing_payload',
        detail: 'Unable to resend message. Payload is missing (probably expired).',
      },
    };
    expect(await resend(id)).toMatchObject(missing);
    expect(await resend(id, 'unknown')).toMatchObject(missing);
    await scene.settle();
    expect(receiver.requests).toHaveLength(1);
  });

  it('a disabled endpoint silently gets nothing', async () => {
    const { id } = await scene.send();
    await scene.recorded(id, 1);
    const params = { app_id: scene.appId, endpoint_id: endpoint.id };
    await unwrap(scene.client.endpoint.patch({ params, body: { disabled: true } }));
    expect(await resend(id)).toMatchObject({ status: 202, body: {} });
    expect(await deliveryOf(id)).toMatchObject({ manual: 0, due_at: null, status: 0 });
  });

  it('a portal session needs the capability for it', async () => {
    const { id } = await scene.send();
    await scene.recorded(id, 1);
    const [may, mayNot] = await Promise.all([
      openSession(server, scene.environment, scene.appId, { capabilities: ['ViewBase', 'CreateAttempts'] }),
      openSession(server, scene.environment, scene.appId, { capabilities: ['ViewBase'] }),
    ]);
    expect((await mayNot.messageAttempt.resend(key(id))).status).toBe(403);
    expect((await may.messageAttempt.resend(key(id))).status).toBe(202);
    await scene.recorded(id, 2);
  });
});
