import { unwrap } from '@postrider/client';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { idsOf, standing } from '../messages.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

const RETRY_SECONDS = 3_600;

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
let endpointId: string;
beforeAll(async () => {
  server = await startServer({
    ...REACH_RECEIVERS,
    POSTRIDER_RETRY_SCHEDULE: `${RETRY_SECONDS},${RETRY_SECONDS}`,
  });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  receiver.reply = { status: 500 };
  ({ id: endpointId } = await scene.endpoint(receiver));
});
afterEach(() => scene.close());

const path = () => ({ params: { app_id: scene.appId, endpoint_id: endpointId } });
const disable = (disabled = true) => unwrap(scene.client.endpoint.patch({ ...path(), body: { disabled } }));
const remove = () => unwrap(scene.client.endpoint.delete(path()));
const removeApplication = () => scene.client.application.delete({ params: { app_id: scene.appId } });
/** A message that failed once and waits for its next attempt. */
const waiting = async () => {
  const { id } = await scene.send();
  await scene.recorded(id, 1);
  expect(await standing(scene, endpointId, id)).toMatchObject({ status: 3, nextAttempt: expect.any(String) });
  return id;
};
const rowOf = (msgId: string) =>
  server.context.database.kysely
    .selectFrom('delivery')
    .selectAll()
    .where('application_id', '=', scene.appId)
    .where('endpoint_id', '=', endpointId)
    .where('message_id', '=', msgId)
    .executeTakeFirst();
const CLOSED = { status: 4, due_at: null, retry_at: null, manual: 0, owner: null };
/** Waits until the service has seen that the endpoint is closed, and found nothing to cancel. */
const seen = () =>
  expect
    .poll(async () => {
      const { rows } = await sql`
        select 1 from endpoint_work
        where application_id = ${scene.appId} and next_due_at < 'infinity'`.execute(
        server.context.database.kysely,
      );
      return rows.length;
    })
    .toBe(0);
/** Makes due whatever could be due, and waits until nothing is. */
const passTime = async () => {
  server.clock.advance(2 * RETRY_SECONDS);
  await scene.settle();
};

describe('to disable an endpoint', () => {
  it('cancels what waits for it, for everybody to see', async () => {
    const id = await waiting();
    const dated = await scene.send({
      deliverAt: new Date(server.clock.now().getTime() + RETRY_SECONDS * 1000).toISOString(),
    });
    await disable();
    await scene.settle();
    const state = await standing(scene, endpointId, id);
    expect(state).toMatchObject({ status: 4, statusText: 'canceled' });
    expect(state).not.toHaveProperty('nextAttempt');
    expect(await standing(scene, endpointId, dated.id)).toMatchObject({ status: 4 });
    expect(await scene.attemptsOf(id)).toHaveLength(1);
    for (const svix of scene.sdks) {
      const destinations = await svix.messageAttempt.listAttemptedDestinations(scene.appId, id);
      expect(destinations.data).toMatchObject([{ id: endpointId, nextAttempt: null }]);
    }
    await passTime();
    expect(receiver.requests).toHaveLength(1);
  });

  it('cancels what waits for its turn behind a receiver that does not answer, at once', async () => {
    const release = receiver.hold();
    const sent = await Promise.all(Array.from({ length: 40 }, () => scene.send()));
    const held = receiver.requests.length;
    await disable();
    const count = (status: number) => async () => {
      const params = { app_id: scene.appId, endpoint_id: endpointId };
      const query = { status: status as 4, expanded_statuses: true, limit: 250 };
      return (await unwrap(scene.client.messageAttempt.listAttemptedMessages({ params, query }))).data.length;
    };
    await expect.poll(count(4), { timeout: 10_000 }).toBe(40 - held);
    receiver.reply = { status: 200 };
    release();
    await scene.settle();
    expect(receiver.requests).toHaveLength(held);
    expect(sent).toHaveLength(40);
  });

  it('cancels more than one round can, whenever they are due', async () => {
    const { kysely } = server.context.database;
    const id = await waiting();
    const { listed_status: _, ...row } = (await rowOf(id)) ?? {};
    const copies = Array.from({ length: 1_200 }, (_, n) => `${id.slice(0, -4)}${String(n).padStart(4, '0')}`);
    for (let from = 0; from < copies.length; from += 400) {
      const rows = copies.slice(from, from + 400).map((message_id) => ({ ...row, message_id }));
      await kysely
        .insertInto('delivery')
        .values(rows as never)
        .execute();
    }
    await disable();
    await scene.settle();
    const canceled = await kysely
      .selectFrom('delivery')
      .select('message_id')
      .where('endpoint_id', '=', endpointId)
      .where('status', '=', 4)
      .execute();
    expect(canceled).toHaveLength(1_201);
  });

  it('leaves what is done as it was: a resend that waits is all that is dropped', async () => {
    receiver.reply = { status: 200 };
    const { id: good } = await scene.send();
    await scene.recorded(good, 1);
    receiver.reply = { status: 500, headers: { 'webhook-delivery': 'abort-message' } };
    const { id: bad } = await scene.send();
    await scene.recorded(bad, 1);
    const release = receiver.hold();
    const others = await Promise.all(Array.from({ length: 80 }, () => scene.send()));
    for (const msg_id of [good, bad]) {
      await unwrap(scene.client.messageAttempt.resend({ params: { ...path().params, msg_id } }));
    }
    expect(await rowOf(good)).toMatchObject({ manual: 1 });
    await disable();
    await expect.poll(() => rowOf(good)).toMatchObject({ status: 0, manual: 0, due_at: null });
    expect(await rowOf(bad)).toMatchObject({ status: 2, manual: 0, due_at: null });
    release();
    await scene.settle();
    const sent = new Set(idsOf(receiver.requests));
    expect(others.filter(({ id }) => sent.has(id)).length).toBeLessThan(80);
    expect(receiver.requests.filter(({ headers }) => headers['svix-id'] === good)).toHaveLength(1);
  });

  it('enabling does not bring back what was canceled; new messages are delivered', async () => {
    const id = await waiting();
    await disable();
    await scene.settle();
    receiver.reply = { status: 200 };
    await disable(false);
    const { id: next } = await scene.send();
    await receiver.waitFor(2);
    await passTime();
    expect(idsOf(receiver.requests)).toEqual([id, next]);
    expect(await standing(scene, endpointId, id)).toMatchObject({ status: 4 });
    expect(await standing(scene, endpointId, next)).toMatchObject({ status: 0 });
  });

  it('a canceled message can be resent once it is enabled', async () => {
    const id = await waiting();
    await disable();
    await scene.settle();
    await disable(false);
    const resend = () => scene.client.messageAttempt.resend({ params: { ...path().params, msg_id: id } });
    await unwrap(resend());
    await scene.recorded(id, 2);
    await scene.settle();
    expect(await rowOf(id)).toMatchObject({ status: 2, retry_at: null });
    receiver.reply = { status: 200 };
    await unwrap(resend());
    await scene.recorded(id, 3);
    await scene.settle();
    expect(await rowOf(id)).toMatchObject({ status: 0, retry_at: null });
  });
});

describe('what is under way when its endpoint is closed', () => {
  it.each([
    ['disabled', disable],
    ['deleted', remove],
    ['of a deleted application', removeApplication],
  ])('%s: a success counts', async (_name, close) => {
    const release = receiver.hold();
    receiver.reply = { status: 200 };
    const { id } = await scene.send();
    await receiver.waitFor(1);
    await close();
    release();
    await scene.settle();
    expect(await rowOf(id)).toMatchObject({ status: 0, attempts: 1, due_at: null });
  });

  it.each([
    ['disabled', disable],
    ['deleted', remove],
    ['of a deleted application', removeApplication],
  ])('%s: a failure is not tried again', async (_name, close) => {
    const release = receiver.hold();
    const { id } = await scene.send();
    await receiver.waitFor(1);
    await close();
    await seen();
    release();
    await scene.settle();
    expect(await rowOf(id)).toMatchObject({ ...CLOSED, attempts: 1 });
  });

  it.each([
    [200, 0],
    [500, 4],
  ])('at a later attempt, also when it is enabled again: %d leaves it at %d', async (status, left) => {
    const id = await waiting();
    const release = receiver.hold();
    receiver.reply = { status };
    server.clock.advance(1.25 * RETRY_SECONDS);
    await receiver.waitFor(2);
    await disable();
    await expect.poll(() => rowOf(id)).toMatchObject({ status: 4, due_at: null });
    await disable(false);
    release();
    await scene.recorded(id, 2);
    await scene.settle();
    expect(await rowOf(id)).toMatchObject({ ...CLOSED, status: left, attempts: 2 });
    await passTime();
    expect(receiver.requests).toHaveLength(2);
  });
});

describe('to delete', () => {
  it('an endpoint cancels what waits for it', async () => {
    const id = await waiting();
    await remove();
    await scene.settle();
    expect(await rowOf(id)).toMatchObject(CLOSED);
    expect(await scene.attemptsOf(id)).toHaveLength(1);
    await passTime();
    expect(receiver.requests).toHaveLength(1);
  });

  it('an application cancels what waits for its endpoints', async () => {
    const other = await scene.receiver();
    other.reply = { status: 503 };
    await scene.endpoint(other);
    const { id } = await scene.send();
    await scene.recorded(id, 2);
    await removeApplication();
    await scene.settle();
    expect(await rowOf(id)).toMatchObject(CLOSED);
    await passTime();
    expect([receiver.requests.length, other.requests.length]).toEqual([1, 1]);
  });
});

it('other changes of an endpoint leave what waits for it; it goes where the endpoint is by then', async () => {
  const id = await waiting();
  const other = await scene.receiver();
  await unwrap(scene.client.endpoint.patch({ ...path(), body: { url: other.url, channels: ['x'] } }));
  server.clock.advance(1.25 * RETRY_SECONDS);
  expect(idsOf(await other.waitFor(1))).toEqual([id]);
  await scene.recorded(id, 2);
  expect(await standing(scene, endpointId, id)).toMatchObject({ status: 0 });
});
