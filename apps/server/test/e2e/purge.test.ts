import { unwrap } from '@postrider/client';
import { Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createId } from '../../src/ids.js';
import { startServer, type TestServer } from '../harness.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';
import { openSession } from '../sessions.js';
import { tablesWith } from '../tables.js';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '3600' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
});
afterEach(() => scene.close());

const start = (app_id = scene.appId) => scene.client.message.expungeAllContents({ params: { app_id } });

/** Erases everything; gives how the task stands in the end. */
async function purge(): Promise<unknown> {
  const { id } = await unwrap(start());
  return scene.taskEnded(id);
}

it('no payload and no answer of the customer is in any table afterwards; those of others stay', async () => {
  const [marker, answer] = [`payload-${Math.random()}`, `answer-${Math.random()}`];
  receiver.reply = { body: answer, headers: { 'x-answer': answer } };
  await scene.endpoint(receiver);
  const [first, second] = [
    await scene.send({ payload: { marker } }),
    await scene.send({ payload: { marker } }),
  ];
  await scene.recorded(first.id, 1);
  const [attempt] = await scene.recorded(second.id, 1);
  const other = await Scene.open(server);
  const kept = await other.send({ payload: { kept: true } });
  expect(await tablesWith(server, marker)).toEqual(['message']);
  expect(await tablesWith(server, answer)).toEqual(['attempt']);
  expect(await start()).toMatchObject({
    status: 202,
    body: { status: 'running', task: 'application.purge_content' },
  });
  expect(await purge()).toMatchObject({ status: 'finished', data: { messagesPurged: expect.any(Number) } });
  expect(await tablesWith(server, marker)).toEqual([]);
  expect(await tablesWith(server, answer)).toEqual([]);
  const params = { app_id: scene.appId, msg_id: second.id };
  expect(await unwrap(scene.client.message.get({ params }))).toEqual({
    ...second,
    payload: { expired: true },
  });
  expect(await scene.attemptsOf(second.id)).toEqual([{ ...attempt, response: 'EXPUNGED' }]);
  const headers = { params: { ...params, attempt_id: attempt?.id ?? '' } };
  expect(await unwrap(scene.client.messageAttempt.getHeaders(headers))).toMatchObject({
    responseHeaders: null,
  });
  expect(
    await unwrap(other.client.message.get({ params: { app_id: other.appId, msg_id: kept.id } })),
  ).toEqual(kept);
});

it('takes any number of messages, and leaves those alone that come later', async () => {
  const { kysely } = server.context.database;
  const at = new Date(server.clock.now().getTime() - 1_000);
  const rows = Array.from({ length: 501 }, () => ({
    application_id: scene.appId,
    id: createId('msg_', at),
    event_type: 'a',
    created_at: at,
    payload: '{"old":true}',
  }));
  await kysely
    .insertInto('message')
    .values(rows as never)
    .execute();
  const task = await unwrap(start());
  server.clock.advance(1);
  const late = await scene.send({ payload: { late: true } });
  expect(await scene.taskEnded(task.id)).toMatchObject({
    status: 'finished',
    data: { messagesPurged: 501 },
  });
  const params = { app_id: scene.appId, msg_id: late.id };
  expect(await unwrap(scene.client.message.get({ params }))).toEqual(late);
  expect(await tablesWith(server, '"old":true'.replaceAll('"', '\\"'))).toEqual([]);
  // What is erased already is not counted again.
  expect(await purge()).toMatchObject({ data: { messagesPurged: 1 } });
});

it('retries of an erased message fail and say why', async () => {
  receiver.reply = { status: 500 };
  await scene.endpoint(receiver);
  const { id } = await scene.send();
  await scene.recorded(id, 1);
  await purge();
  server.clock.advance(3_600 * 1.3);
  const [last] = await scene.recorded(id, 2);
  expect(last).toMatchObject({
    responseStatusCode: 0,
    response: 'the payload of the message is not kept any more',
  });
  expect(receiver.requests).toHaveLength(1);
});

describe('who may', () => {
  it('is the owner: not a portal session, not another environment', async () => {
    const session = await openSession(server, scene.environment, scene.appId);
    expect(await session.message.expungeAllContents({ params: { app_id: scene.appId } })).toMatchObject({
      status: 403,
    });
    const stranger = await server.createEnvironment();
    const params = { app_id: scene.appId };
    expect(await stranger.client.message.expungeAllContents({ params })).toMatchObject({ status: 404 });
    expect(await start('unknown')).toMatchObject({ status: 404 });
  });

  it.each([
    ['svix 1.99', SvixV1],
    ['svix 2', SvixV2],
  ] as const)('may with %s', async (_name, Svix) => {
    const svix = new Svix(scene.environment.key, { serverUrl: server.url }) as SvixV2;
    await scene.send();
    const { id, task } = await svix.message.expungeAllContents(scene.appId);
    expect(task).toBe('application.purge_content');
    expect(await scene.taskEnded(id)).toMatchObject({
      status: 'finished',
      data: { messagesPurged: 1 },
    });
  });
});
