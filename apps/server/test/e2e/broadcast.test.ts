import { unwrap } from '@postrider/client';
import type { MessageOut } from '@postrider/contract';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';
import { openSession } from '../sessions.js';
import { tablesWith } from '../tables.js';

let server: TestServer;
let scene: Scene;
beforeAll(async () => {
  server = await startServer(REACH_RECEIVERS);
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
});
afterEach(() => scene.close());

const broadcast = (body: object = {}, headers: object = {}) =>
  scene.client.message.broadcast({
    body: { eventType: 'news', payload: { n: 1 }, ...body },
    headers: headers as never,
  });

async function done(body: object = {}): Promise<Record<string, unknown>> {
  const task = await unwrap(broadcast(body));
  expect(task).toMatchObject({ status: 'running', task: 'message.broadcast' });
  return (await scene.taskEnded(task.id)).data;
}

/** The messages of the applications. */
const messagesOf = async (app_id = scene.appId): Promise<MessageOut[]> =>
  (await unwrap(scene.client.message.list({ params: { app_id } }))).data;
const addApplication = async () =>
  (await unwrap(scene.client.application.create({ body: { name: 'Another' } }))).id;

it('every application of the environment gets the message, letter by letter; its endpoints by their filters', async () => {
  const receiver = await scene.receiver();
  await scene.endpoint(receiver);
  await scene.endpoint(receiver, { channels: ['other'] });
  const others = [await addApplication(), await addApplication()];
  const gone = await addApplication();
  await unwrap(scene.client.application.delete({ params: { app_id: gone } }));
  const stranger = await Scene.open(server);
  const text = '{ "z":1.0,  "a": 12345678901234567890 }';
  const answer = await fetch(`${server.url}/api/v1/msg/broadcast/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${scene.environment.key}` },
    body: `{"eventType":"news","payload":${text},"channels":["red"],"eventId":"once","payloadRetentionHours":5}`,
  });
  expect(answer.status).toBe(202);
  const { id } = (await answer.json()) as { id: string };
  expect((await scene.taskEnded(id)).data).toEqual({ messagesSent: 3, eventIdTaken: 0 });
  for (const app of [scene.appId, ...others]) {
    expect(await messagesOf(app)).toMatchObject([
      { eventType: 'news', eventId: 'once', channels: ['red'], tags: null, payload: { z: 1 } },
    ]);
  }
  await receiver.waitFor(1);
  await scene.settle();
  expect(receiver.requests.map((one) => one.body)).toEqual([text]);
  expect((await unwrap(stranger.client.message.list({ params: { app_id: stranger.appId } }))).data).toEqual(
    [],
  );
  const rows = await server.context.database.kysely
    .selectFrom('message')
    .select('payload_expires_at')
    .where('event_id', '=', 'once')
    .execute();
  expect(rows.map((row) => row.payload_expires_at)).toEqual([
    expect.any(Date),
    expect.any(Date),
    expect.any(Date),
  ]);
});

it('reaches more applications than one step takes; those that have the event id keep theirs', async () => {
  const { kysely } = server.context.database;
  const at = server.clock.now();
  const applications = Array.from({ length: 120 }, (_, number) => ({
    environment_id: scene.environment.id,
    id: `app_0000${scene.environment.id.slice(4, 24)}${String(number).padStart(3, '0')}`,
    name: 'x',
    metadata: '{}',
    created_at: at,
    updated_at: at,
  }));
  await kysely.insertInto('application').values(applications).execute();
  const mine = await scene.send({ eventId: 'taken' });
  expect(await done({ eventId: 'taken' })).toEqual({ messagesSent: 120, eventIdTaken: 1 });
  expect(await messagesOf()).toEqual([mine]);
  const rows = await kysely
    .selectFrom('message')
    .select('application_id')
    .where('event_id', '=', 'taken')
    .where('event_type', '=', 'news')
    .execute();
  expect(rows.map((row) => row.application_id).sort()).toEqual(applications.map(({ id }) => id));
});

it('a repeated call begins nothing anew, also when the first was never answered', async () => {
  const headers = { 'idempotency-key': 'broadcast-1' };
  const answers = await Promise.all([broadcast({}, headers), broadcast({}, headers)]);
  const ids = new Set(answers.map(({ body }) => (body as { id: string }).id));
  expect(ids.size).toBe(1);
  const [id = ''] = ids;
  await scene.taskEnded(id);
  expect(await broadcast({}, headers)).toMatchObject({ status: 202, body: { id, status: 'finished' } });
  expect(await messagesOf()).toHaveLength(1);
  expect(await broadcast({}, { 'idempotency-key': 'broadcast-2' })).not.toMatchObject({ body: { id } });
});

it('a step that is made twice, as after a crash, sends nothing twice', async () => {
  const { id } = await unwrap(broadcast());
  await scene.taskEnded(id);
  await server.context.database.kysely
    .updateTable('background_task')
    .set({
      status: 'running',
      due_at: server.clock.now(),
      state: JSON.stringify({ over: '', messagesSent: 0, eventIdTaken: 0 }),
      input: JSON.stringify({
        eventType: 'news',
        eventId: null,
        channels: null,
        payload: '{}',
        payloadExpiresAt: null,
        under: 'app_z',
      }),
    })
    .where('id', '=', id)
    .execute();
  expect((await scene.taskEnded(id)).data).toEqual({ messagesSent: 1, eventIdTaken: 0 });
  expect(await messagesOf()).toHaveLength(1);
});

it('what was sent is in the messages alone when it is done, so that it can be erased', async () => {
  const marker = `marker-${Math.random()}`;
  await done({ payload: { marker } });
  expect(await tablesWith(server, marker)).toEqual(['message']);
  const { id } = await unwrap(scene.client.message.expungeAllContents({ params: { app_id: scene.appId } }));
  await scene.taskEnded(id);
  expect(await tablesWith(server, marker)).toEqual([]);
});

it('is checked as messages are, and for the owner alone', async () => {
  expect(await broadcast({ payload: [] })).toMatchObject({
    status: 422,
    body: { detail: [{ loc: ['body', 'payload'] }] },
  });
  expect(await broadcast({ eventType: 'a b' })).toMatchObject({
    status: 422,
    body: { detail: [{ loc: ['body', 'event_type', '__all__'] }] },
  });
  expect(await broadcast({ eventId: 'msg_1' })).toMatchObject({ status: 422 });
  expect(await broadcast({ payloadRetentionHours: 0 })).toMatchObject({ status: 422 });
  const session = await openSession(server, scene.environment, scene.appId);
  const body = { eventType: 'news', payload: {} };
  expect(await session.message.broadcast({ body })).toMatchObject({ status: 403 });
  expect(await messagesOf()).toEqual([]);
});
