import { unwrap } from '@postrider/client';
import type { OperationalEvent } from '@postrider/contract';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openHome, startServer, type TestServer } from '../harness.js';
import { eventOf, listen, told, typesOf } from '../operational.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

/** Six tries; the longest wait of the schedule with its share of chance, in seconds. */
const SETTINGS = { ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '10,10,10,10,10' };
const WAIT = 12.5;
const PATIENCE = 1_000;

let server: TestServer;
let scene: Scene;
/** Where the environment's operational endpoint is, and where the application's. */
let ops: Receiver;
let receiver: Receiver;
let endpointId: string;
beforeAll(async () => {
  server = await startServer({
    ...SETTINGS,
    POSTRIDER_ENDPOINT_FAILURE_DISABLE_AFTER: `${PATIENCE}`,
  });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  ops = await scene.receiver();
  receiver = await scene.receiver();
  receiver.reply = { status: 500 };
  ({ id: endpointId } = await scene.endpoint(receiver, { uid: 'main' }));
  await listen(scene.environment, ops);
});
afterEach(() => scene.close());

const path = () => ({ params: { app_id: scene.appId, endpoint_id: endpointId } });
/** Lets the message be tried until it was so often, and gives its attempts, newest first. */
async function tryUntil(msgId: string, attempts: number) {
  let made = await scene.recorded(msgId, (await scene.attemptsOf(msgId)).length || 1);
  while (made.length < attempts) {
    server.clock.advance(WAIT);
    made = await scene.recorded(msgId, made.length + 1);
  }
  return made;
}
/** Waits for what was stored for the operational endpoint, by one more event that is the last. */
async function settleOps(): Promise<void> {
  const { id } = await scene.endpoint('https://example.com/hook');
  await expect.poll(() => ops.requests.map((one) => one.body).join()).toContain(id);
}
const toldOf = (type: OperationalEvent['type']) =>
  ops.requests.map(eventOf).filter((event) => event.type === type);

describe('a message that fails', () => {
  it('is told at its fourth failure and at the last, with the attempt that it was', async () => {
    await unwrap(
      scene.client.application.patch({ params: { app_id: scene.appId }, body: { uid: 'acme-f' } }),
    );
    const { id } = await scene.send({ eventId: 'event-1' });
    await tryUntil(id, 3);
    await settleOps();
    expect(typesOf(ops)).toEqual(['endpoint.created']);
    const [fourth] = await tryUntil(id, 4);
    const data = (attempt: typeof fourth) => ({
      appId: scene.appId,
      appUid: 'acme-f',
      msgId: id,
      msgEventId: 'event-1',
      endpointId,
      lastAttempt: { id: attempt?.id, responseStatusCode: 500, timestamp: attempt?.timestamp },
    });
    expect((await told(ops, 2))[1]).toEqual({ type: 'message.attempt.failing', data: data(fourth) });
    await tryUntil(id, 5);
    const [sixth] = await tryUntil(id, 6);
    const [, last] = await told(ops, 3);
    expect(last).toEqual({ type: 'message.attempt.exhausted', data: data(sixth) });
    server.clock.advance(100);
    await scene.settle();
    await settleOps();
    expect(ops.requests).toHaveLength(4);
  });

  it('without an event id and an answer says null and 0', async () => {
    const { id } = await scene.send();
    await tryUntil(id, 3);
    receiver.reply = { write: (response) => response.destroy() };
    await tryUntil(id, 4);
    expect(await told(ops, 1)).toMatchObject([
      { type: 'message.attempt.failing', data: { msgEventId: null, lastAttempt: { responseStatusCode: 0 } } },
    ]);
  });

  it.each([
    ['410', { status: 410 }],
    ['abort-message', { status: 500, headers: { 'webhook-delivery': 'abort-message' } }],
  ])('at once, by %s, is exhausted', async (_name, reply) => {
    receiver.reply = reply;
    const { id } = await scene.send();
    await scene.recorded(id, 1);
    await expect.poll(() => toldOf('message.attempt.exhausted')).toMatchObject([{ data: { msgId: id } }]);
  });

  it('because its payload is not kept any more is exhausted, although nothing was sent', async () => {
    const { id } = await scene.send();
    await scene.recorded(id, 1);
    await server.context.database.kysely
      .updateTable('message')
      .set({ payload: null })
      .where('id', '=', id)
      .execute();
    await tryUntil(id, 2);
    await expect
      .poll(() => toldOf('message.attempt.exhausted'))
      .toMatchObject([{ data: { msgId: id, lastAttempt: { responseStatusCode: 0 } } }]);
    expect(receiver.requests).toHaveLength(1);
  });

  it('is told of each endpoint that fails, by itself', async () => {
    const good = await scene.receiver();
    await scene.endpoint(good);
    const other = await scene.receiver();
    other.reply = { status: 410 };
    const { id: otherId } = await scene.endpoint(other);
    const { id } = await scene.send();
    await expect
      .poll(() => toldOf('message.attempt.exhausted'))
      .toMatchObject([{ data: { msgId: id, endpointId: otherId } }]);
    await settleOps();
    expect(JSON.stringify(ops.requests)).not.toContain(`"endpointId":"${endpointId}"`);
  });
});

describe('a message that succeeds', () => {
  it.each([5, 6])('at its try number %i is told as recovered', async (number) => {
    const { id } = await scene.send();
    await tryUntil(id, number - 1);
    receiver.reply = { status: 204 };
    const [last] = await tryUntil(id, number);
    const [failing, recovered] = await told(ops, 2);
    expect(failing?.type).toBe('message.attempt.failing');
    expect(recovered).toMatchObject({
      type: 'message.attempt.recovered',
      data: { msgId: id, lastAttempt: { id: last?.id, responseStatusCode: 204 } },
    });
  });

  it('before that is nothing to tell', async () => {
    const { id } = await scene.send();
    await tryUntil(id, 3);
    receiver.reply = {};
    await tryUntil(id, 4);
    await settleOps();
    expect(typesOf(ops)).toEqual(['endpoint.created']);
  });

  it('or fails by a resend is nothing to tell', async () => {
    const { id } = await scene.send();
    await tryUntil(id, 4);
    await told(ops, 1);
    const resend = () =>
      unwrap(scene.client.messageAttempt.resend({ params: { ...path().params, msg_id: id } }));
    await resend();
    await scene.recorded(id, 5);
    receiver.reply = {};
    await resend();
    await scene.recorded(id, 6);
    await scene.settle();
    await settleOps();
    expect(typesOf(ops)).toEqual(['endpoint.created', 'message.attempt.failing']);
  });
});

describe('an endpoint that the service disables', () => {
  it.each([
    ['410', { status: 410 }],
    ['webhook-delivery: disable', { status: 200, headers: { 'webhook-delivery': 'disable' } }],
  ])('by %s is told as disabled, not as updated', async (_name, reply) => {
    receiver.reply = reply;
    await scene.send();
    await expect
      .poll(() => toldOf('endpoint.disabled'))
      .toEqual([
        {
          type: 'endpoint.disabled',
          data: {
            appId: scene.appId,
            appUid: null,
            endpointId,
            endpointUid: 'main',
            trigger: 'automatic',
            failSince: null,
          },
        },
      ]);
    await settleOps();
    expect(typesOf(ops)).not.toContain('endpoint.updated');
  });

  it('because it only fails is told with the time since when it does', async () => {
    const row = () =>
      server.context.database.kysely
        .selectFrom('endpoint')
        .select('first_failure_at')
        .where('id', '=', endpointId)
        .executeTakeFirstOrThrow();
    const first = await scene.send();
    await tryUntil(first.id, 6);
    await expect.poll(async () => (await row()).first_failure_at).not.toBeNull();
    const since = (await row()).first_failure_at?.toISOString();
    server.clock.advance(PATIENCE);
    const second = await scene.send();
    await tryUntil(second.id, 6);
    await expect
      .poll(() => toldOf('endpoint.disabled'))
      .toMatchObject([{ data: { endpointId, trigger: 'automatic', failSince: since } }]);
  });
});

describe('an operational endpoint', () => {
  it('that fails to the end, and is disabled, is told to nobody', async () => {
    const second = await scene.receiver();
    second.reply = { status: 410 };
    const { id } = await listen(scene.environment, second, { eventTypes: ['endpoint.created'] });
    await settleOps();
    const isDisabled = async () =>
      (await unwrap(scene.client.operationalWebhookEndpoint.get({ params: { endpoint_id: id } }))).disabled;
    await expect.poll(isDisabled).toBe(true);
    await settleOps();
    expect(typesOf(ops)).toEqual(['endpoint.created', 'endpoint.created']);
    expect(second.requests).toHaveLength(1);
  });

  it('is tried by the same schedule, without a word about it', async () => {
    const second = await scene.receiver();
    second.reply = { status: 500 };
    await listen(scene.environment, second, { eventTypes: ['endpoint.created'] });
    await settleOps();
    const attempts = async () =>
      (
        await server.context.database.kysely
          .selectFrom('attempt')
          .select('id')
          .where('url', '=', second.url)
          .execute()
      ).length;
    for (let made = 1; made <= 6; made++) {
      await expect.poll(attempts).toBe(made);
      server.clock.advance(WAIT);
    }
    await settleOps();
    expect(typesOf(ops)).toEqual(['endpoint.created', 'endpoint.created']);
  });
});

describe('an attempt and what is told about it', () => {
  const refuseEvents = () =>
    sql`alter table message add constraint no_events check (application_id not like 'opapp_%') not valid`.execute(
      server.context.database.kysely,
    );
  const takeEvents = () =>
    sql`alter table message drop constraint no_events`.execute(server.context.database.kysely);

  it('are stored together or not at all', async () => {
    const { id } = await scene.send();
    await tryUntil(id, 3);
    await refuseEvents();
    server.clock.advance(WAIT);
    await receiver.waitFor(4);
    await expect.poll(() => server.logs.join('')).toContain('could not record attempts');
    expect(await scene.attemptsOf(id)).toHaveLength(3);
    expect(ops.requests).toEqual([]);
    await takeEvents();
    await scene.recorded(id, 4);
    expect((await told(ops, 1)).map((one) => one.type)).toEqual(['message.attempt.failing']);
    expect(receiver.requests).toHaveLength(4);
  });

  it('are an attempt alone when the delivery is somebody else’s by now', async () => {
    const { id } = await scene.send();
    await tryUntil(id, 3);
    const release = receiver.hold();
    server.clock.advance(WAIT);
    await receiver.waitFor(4);
    await server.context.database.kysely
      .updateTable('delivery')
      .set({ lease: sql<number>`lease + 1` })
      .where('message_id', '=', id)
      .execute();
    release();
    await scene.recorded(id, 4);
    await settleOps();
    expect(typesOf(ops)).toEqual(['endpoint.created']);
  });

  it('are an attempt alone when the endpoint was closed meanwhile: nothing is failing any more', async () => {
    const { id } = await scene.send();
    await tryUntil(id, 3);
    const release = receiver.hold();
    server.clock.advance(WAIT);
    await receiver.waitFor(4);
    await unwrap(scene.client.endpoint.patch({ ...path(), body: { disabled: true } }));
    const status = async () =>
      (
        await server.context.database.kysely
          .selectFrom('delivery')
          .select('status')
          .where('message_id', '=', id)
          .executeTakeFirstOrThrow()
      ).status;
    await expect.poll(status).toBe(4);
    release();
    await scene.recorded(id, 4);
    await settleOps();
    expect(typesOf(ops)).toEqual(['endpoint.created', 'endpoint.disabled', 'endpoint.updated']);
  });

  it('are stored once when it is not known whether they were, and they are recorded again', async () => {
    const home = await openHome();
    let doubts = 0;
    const run: typeof home.database.run = async (statement, parameters) => {
      const rows = await home.database.run(statement, parameters);
      if (statement.name !== 'record_and_tell' || doubts > 0) return rows as never;
      doubts += 1;
      throw new Error('the answer was lost');
    };
    const unsure = await startServer(SETTINGS, { ...home, database: { ...home.database, run } });
    const place = await Scene.open(unsure);
    receiver.reply = { status: 410 };
    await place.endpoint(receiver);
    await listen(place.environment, ops, { eventTypes: ['message.attempt.exhausted'] });
    const { id } = await place.send();
    await expect.poll(() => toldOf('message.attempt.exhausted')).toMatchObject([{ data: { msgId: id } }]);
    await place.recorded(id, 1);
    await place.settle();
    const stored = await home.database.kysely
      .selectFrom('message')
      .select('event_type')
      .where('application_id', 'like', 'opapp_%')
      .execute();
    expect({ stored, doubts }).toEqual({
      stored: [{ event_type: 'message.attempt.exhausted' }],
      doubts: 1,
    });
    await unsure.stop();
    await home.remove();
  });
});
