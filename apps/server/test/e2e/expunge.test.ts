import { unwrap } from '@postrider/client';
import type { EndpointOut } from '@postrider/contract';
import { Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { postText, standing } from '../messages.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';
import { openSession } from '../sessions.js';
import { tablesWith } from '../tables.js';

const RETRY_SECONDS = 3_600;
const GONE = { status: 404, body: { code: 'not_found', detail: 'Entity not found' } };
const UNKNOWN = 'msg_000000000000000000000000000';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
let endpoint: EndpointOut;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: `${RETRY_SECONDS}` });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  endpoint = await scene.endpoint(receiver);
});
afterEach(() => scene.close());

const paramsOf = (msg_id: string) => ({ params: { app_id: scene.appId, msg_id } });
const expunge = (msg_id: string) => scene.client.message.expungeContent(paramsOf(msg_id));
const read = (msg_id: string) => unwrap(scene.client.message.get(paramsOf(msg_id)));
const bulk = (ids: string[]) =>
  scene.client.message.bulkExpungeContent({ params: { app_id: scene.appId }, body: { ids } });
const expungeAnswer = (msg_id: string, attempt_id: string) =>
  scene.client.messageAttempt.expungeContent({ params: { app_id: scene.appId, msg_id, attempt_id } });
const logged = (event: string) =>
  server.logs.map((line) => JSON.parse(line)).filter((line) => line.event === event);

describe('the payload of a message', () => {
  it('goes, and the message stays; a second time is no error', async () => {
    const message = await scene.send({ payload: { secret: 1 }, eventId: 'mine', tags: ['kept'] });
    await scene.settle();
    expect((await expunge(message.id)).status).toBe(204);
    expect((await expunge('mine')).status).toBe(204);
    expect(await read('mine')).toEqual({ ...message, payload: { expired: true } });
    const raw = await unwrap(scene.client.message.getRawPayload(paramsOf(message.id)));
    expect(raw).toEqual({ payload: '{"expired":true}', expired: true });
    const without = { ...paramsOf(message.id), query: { with_content: false } };
    expect(await unwrap(scene.client.message.get(without))).toMatchObject({ payload: {} });
    expect(await scene.attemptsOf(message.id)).toHaveLength(1);
    expect(logged('message.content_expunged').at(-1)).toMatchObject({
      applicationId: scene.appId,
      messages: 1,
    });
  });

  it('is in no table any more, nor are the answers to it', async () => {
    const marker = `marker-${Math.random().toString(36).slice(2)}`;
    receiver.reply = { body: `you sent ${marker}` };
    const headers = {
      authorization: `Bearer ${scene.environment.key}`,
      'idempotency-key': marker.replace('marker', 'key'),
    };
    const body = {
      eventType: 'a.b',
      payload: { marker },
      transformationsParams: { headers: { 'x-own': marker } },
    };
    const { status, body: made } = await postText(scene, JSON.stringify(body), { headers });
    expect(status).toBe(202);
    const { id } = made as { id: string };
    const [attempt] = await scene.recorded(id, 1);
    expect(await tablesWith(server, marker)).toEqual(['attempt', 'message']);
    await expunge(id);
    await expungeAnswer(id, attempt?.id ?? '');
    expect(await tablesWith(server, marker)).toEqual([]);
    // Repeated, the call gives the message as it is now.
    expect(await postText(scene, JSON.stringify(body), { headers })).toMatchObject({
      status: 202,
      body: { id, payload: { expired: true } },
    });
    expect(await tablesWith(server, marker)).toEqual([]);
  });

  it('is not sent by retries any more: they fail, and say why', async () => {
    receiver.reply = { status: 500 };
    const { id } = await scene.send({ payload: { secret: 1 } });
    await scene.recorded(id, 1);
    await expunge(id);
    server.clock.advance(RETRY_SECONDS * 1.3);
    const [last] = await scene.recorded(id, 2);
    expect(last).toMatchObject({
      status: 2,
      responseStatusCode: 0,
      response: 'the payload of the message is not kept any more',
    });
    expect(receiver.requests).toHaveLength(1);
    await scene.settle();
    expect(await standing(scene, endpoint.id, id)).toMatchObject({ status: 2 });
    expect(logged('delivery.payload_missing').at(-1)).toMatchObject({ messageId: id, attemptId: last?.id });
  });

  it('is not waited for by a dated message', async () => {
    const deliverAt = new Date(server.clock.now().getTime() + 120_000);
    const { id } = await scene.send({ payload: { secret: 1 }, deliverAt: deliverAt as never });
    await expunge(id);
    server.clock.advance(130);
    expect(await scene.recorded(id, 1)).toMatchObject([{ status: 2, responseStatusCode: 0 }]);
    expect(receiver.requests).toEqual([]);
  });

  it('may still arrive by a request that is under way', async () => {
    receiver.reply = { body: 'late', delayMs: 300 };
    const { id } = await scene.send({ payload: { secret: 1 } });
    await expect.poll(() => receiver.requests.length).toBe(1);
    await expunge(id);
    expect(await scene.recorded(id, 1)).toMatchObject([{ status: 0, response: 'late' }]);
    expect(await read(id)).toMatchObject({ payload: { expired: true } });
  });

  it('cannot be resent', async () => {
    const { id } = await scene.send();
    await scene.recorded(id, 1);
    await expunge(id);
    const params = { app_id: scene.appId, msg_id: id, endpoint_id: endpoint.id };
    expect(await scene.client.messageAttempt.resend({ params })).toMatchObject({
      status: 400,
      body: { code: 'missing_payload' },
    });
  });

  it('of an unknown message or of somebody else is 404', async () => {
    const { id } = await scene.send();
    expect(await expunge(UNKNOWN)).toMatchObject(GONE);
    const stranger = await server.createEnvironment();
    expect(await stranger.client.message.expungeContent(paramsOf(id))).toMatchObject(GONE);
    expect(await read(id)).toMatchObject({ payload: { n: 1 } });
  });
});

describe('the payloads of some messages', () => {
  it('go, and each is told of by the name it was asked for with', async () => {
    const [first, second, third] = [
      await scene.send({ eventId: 'one' }),
      await scene.send(),
      await scene.send(),
    ];
    const answer = await bulk(['one', second.id, second.id, UNKNOWN, 'nothing']);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        results: { one: 'expunged', [second.id]: 'expunged', [UNKNOWN]: 'not-found', nothing: 'not-found' },
      },
    });
    expect(await read(first.id)).toMatchObject({ payload: { expired: true } });
    expect(await read(second.id)).toMatchObject({ payload: { expired: true } });
    expect(await read(third.id)).toMatchObject({ payload: { n: 1 } });
  });

  it('of none is none; ids are checked', async () => {
    const params = { app_id: scene.appId };
    expect(await scene.client.message.bulkExpungeContent({ params, body: {} })).toMatchObject({
      status: 200,
      body: { results: {} },
    });
    expect(await bulk(['not an id'])).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'ids', expect.anything()] }] },
    });
    const many = Array.from({ length: 1_001 }, (_, number) => `event-${number}`);
    expect(await bulk(many)).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'ids'] }] } });
  });

  it('are not those of another environment', async () => {
    const { id } = await scene.send();
    const stranger = await Scene.open(server);
    const params = { app_id: stranger.appId };
    expect(await stranger.client.message.bulkExpungeContent({ params, body: { ids: [id] } })).toMatchObject({
      body: { results: { [id]: 'not-found' } },
    });
    const foreign = { params: { app_id: scene.appId }, body: { ids: [id] } };
    expect(await stranger.client.message.bulkExpungeContent(foreign)).toMatchObject(GONE);
    expect(await read(id)).toMatchObject({ payload: { n: 1 } });
  });
});

describe('the answer to an attempt', () => {
  it('goes, and the attempt stays', async () => {
    receiver.reply = { body: 'a secret of ours' };
    const { id } = await scene.send();
    const [attempt] = await scene.recorded(id, 1);
    const attemptId = attempt?.id ?? '';
    expect(attempt).toMatchObject({ response: 'a secret of ours' });
    expect((await expungeAnswer(id, attemptId)).status).toBe(204);
    expect((await expungeAnswer(id, attemptId)).status).toBe(204);
    expect(await scene.attemptsOf(id)).toEqual([{ ...attempt, response: 'EXPUNGED' }]);
    expect(logged('attempt.content_expunged').at(-1)).toMatchObject({ messageId: id, attemptId });
  });

  it('is 404 for what is not there, and says what', async () => {
    const [first, second] = [await scene.send(), await scene.send()];
    const [attempt] = await scene.recorded(first.id, 1);
    const attemptId = attempt?.id ?? '';
    const missing = (detail: string) => ({ status: 404, body: { code: 'not_found', detail } });
    expect(await expungeAnswer(UNKNOWN, attemptId)).toMatchObject(missing('Message not found'));
    expect(await expungeAnswer(second.id, attemptId)).toMatchObject(missing('Message attempt not found'));
    const stranger = await server.createEnvironment();
    const params = { app_id: scene.appId, msg_id: first.id, attempt_id: attemptId };
    expect(await stranger.client.messageAttempt.expungeContent({ params })).toMatchObject(GONE);
    expect(await scene.attemptsOf(first.id)).toEqual([attempt]);
  });
});

it('nothing of it is for portal sessions', async () => {
  const { id } = await scene.send();
  const [attempt] = await scene.recorded(id, 1);
  const session = await openSession(server, scene.environment, scene.appId);
  const params = { app_id: scene.appId, msg_id: id, attempt_id: attempt?.id ?? '' };
  const forbidden = { status: 403, body: { code: 'insufficient access' } };
  expect(await session.message.expungeContent({ params })).toMatchObject(forbidden);
  expect(await session.message.bulkExpungeContent({ params, body: { ids: [id] } })).toMatchObject(forbidden);
  expect(await session.messageAttempt.expungeContent({ params })).toMatchObject(forbidden);
  expect(await read(id)).toMatchObject({ payload: { n: 1 } });
});

describe.each([
  ['svix 1.99', SvixV1],
  ['svix 2', SvixV2],
] as const)('%s', (_name, Svix) => {
  it('erases payloads and answers', async () => {
    const svix = new Svix(scene.environment.key, { serverUrl: server.url }) as SvixV2;
    const { id } = await scene.send();
    const [attempt] = await scene.recorded(id, 1);
    await svix.message.expungeContent(scene.appId, id);
    await svix.messageAttempt.expungeContent(scene.appId, id, attempt?.id ?? '');
    expect(await read(id)).toMatchObject({ payload: { expired: true } });
    expect(await scene.attemptsOf(id)).toMatchObject([{ response: 'EXPUNGED' }]);
    await expect(svix.message.expungeContent(scene.appId, UNKNOWN)).rejects.toMatchObject({ code: 404 });
  });
});
