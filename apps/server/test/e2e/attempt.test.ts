import { unwrap } from '@postrider/client';
import type { MessageAttemptOut } from '@postrider/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';
import { openSession } from '../sessions.js';

let server: TestServer;
let scene: Scene;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '0.01,0.01' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
});
afterEach(() => scene.close());

const UNKNOWN = 'atmpt_1srOrx2ZWZBpBUvZwXKQmoEYga2';
const params = (msg_id: string, attempt_id: string) => ({
  params: { app_id: scene.appId, msg_id, attempt_id },
});
const get = (msg_id: string, attempt_id: string) =>
  scene.client.messageAttempt.get(params(msg_id, attempt_id));
const headersOf = (msg_id: string, attempt_id: string) =>
  unwrap(scene.client.messageAttempt.getHeaders(params(msg_id, attempt_id)));
const firstOf = async (msg_id: string) => (await scene.recorded(msg_id, 1))[0] as MessageAttemptOut;

describe('attempts', () => {
  it('a delivery that succeeds is one attempt with its answer', async () => {
    const receiver = await scene.receiver();
    receiver.reply = { status: 201, body: 'thanks' };
    const endpoint = await scene.endpoint(receiver);
    const { id: msgId } = await scene.send();
    const attempt = await firstOf(msgId);
    expect(attempt).toEqual({
      url: receiver.url,
      response: 'thanks',
      responseStatusCode: 201,
      responseDurationMs: expect.any(Number),
      status: 0,
      statusText: 'success',
      triggerType: 0,
      msgId,
      endpointId: endpoint.id,
      id: expect.stringMatching(/^atmpt_[0-9A-Za-z]{27}$/),
      timestamp: expect.stringMatching(/Z$/),
    });
    expect((await get(msgId, attempt.id)).body).toEqual(attempt);
    expect(await scene.attemptsOf(msgId, { with_content: false })).toEqual([{ ...attempt, response: '{}' }]);
  });

  it.each([403, 500, 301])(
    'a receiver that answers %d is tried to the end of the schedule',
    async (status) => {
      const receiver = await scene.receiver();
      receiver.reply = { status };
      await scene.endpoint(receiver);
      const { id } = await scene.send();
      const attempts = await scene.recorded(id, 3);
      expect(attempts.map((one) => [one.status, one.statusText, one.responseStatusCode])).toEqual(
        Array(3).fill([2, 'fail', status]),
      );
      expect(attempts.map((one) => one.id)).toEqual(
        attempts
          .map((one) => one.id)
          .sort()
          .reverse(),
      );
      expect(attempts[0]?.response).toBe('');
      await scene.settle();
      expect(receiver.requests).toHaveLength(3);
    },
  );

  it('a dead receiver is code 0, and the answer says what went wrong', async () => {
    const receiver = await Receiver.start();
    const { url } = receiver;
    await receiver.stop();
    await scene.endpoint(url);
    const { id } = await scene.send();
    const [attempt] = await scene.recorded(id, 3);
    expect(attempt).toMatchObject({ responseStatusCode: 0, status: 2 });
    expect(attempt?.response).toMatch(/connect/i);
  });

  it('a message fails at one receiver, succeeds at others, and comes again once the first recovers', async () => {
    const receivers = [await scene.receiver(), await scene.receiver(), await scene.receiver()];
    for (const receiver of receivers) await scene.endpoint(receiver);
    const [first, ...others] = receivers as [Receiver, Receiver, Receiver];
    first.reply = () => ({ status: first.requests.length === 0 ? 500 : 200 });
    const { id } = await scene.send({ payload: { a: 1 } });
    const [one, again] = await first.waitFor(2);
    expect([one?.body, again?.body]).toEqual(['{"a":1}', '{"a":1}']);
    for (const receiver of others) expect((await receiver.waitFor(1))[0]?.body).toBe('{"a":1}');
    const attempts = await scene.recorded(id, 4);
    expect(attempts.filter((attempt) => attempt.responseStatusCode === 200)).toHaveLength(3);
  });

  it('an attempt is 404 under another message, in another application, and where it is none', async () => {
    await scene.endpoint(await scene.receiver());
    const { id: msgId } = await scene.send({ eventId: 'mine' });
    const attempt = await firstOf(msgId);
    const another = await scene.send();
    expect((await get('mine', attempt.id)).status).toBe(200);
    expect((await get(another.id, attempt.id)).status).toBe(404);
    expect((await get(msgId, UNKNOWN)).status).toBe(404);
    expect((await get('msg_1srOrx2ZWZBpBUvZwXKQmoEYga2', attempt.id)).status).toBe(404);
    expect((await scene.client.messageAttempt.getHeaders(params(another.id, attempt.id))).status).toBe(404);
    const { id: app_id } = await unwrap(scene.client.application.create({ body: { name: 'Other' } }));
    const foreign = { params: { app_id, msg_id: msgId, attempt_id: attempt.id } };
    expect((await scene.client.messageAttempt.get(foreign)).status).toBe(404);
  });
});

describe('headers of an attempt', () => {
  it('are those that the receiver got and those that it answered', async () => {
    const receiver = await scene.receiver();
    receiver.reply = { headers: { 'x-answer': 'yes', 'set-cookie': 'a=b' } };
    await scene.endpoint(receiver);
    const { id } = await scene.send();
    const attempt = await firstOf(id);
    const { sentHeaders, responseHeaders, sensitive } = await headersOf(id, attempt.id);
    const got = receiver.requests[0]?.headers ?? {};
    expect(sentHeaders).toEqual({
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': got['user-agent'],
      'svix-id': id,
      'svix-timestamp': got['svix-timestamp'],
      'svix-signature': got['svix-signature'],
    });
    expect(sentHeaders['svix-signature']).toMatch(/^v1,/);
    expect(responseHeaders).toContainEqual(['x-answer', 'yes']);
    expect(responseHeaders).toContainEqual(['set-cookie', 'a=b']);
    expect(sensitive).toEqual([]);
  });

  it('of custom ones only the names are told, and of credentials in the address', async () => {
    const receiver = await scene.receiver();
    await scene.endpoint(receiver.url.replace('http://', 'http://me:secret@'), {
      headers: { 'X-Tenant': 'acme' },
    });
    const headers = { 'Content-Type': 'application/xml', 'Svix-Id': 'of-the-message' };
    const { id } = await scene.send({ payload: {}, transformationsParams: { rawPayload: '<x/>', headers } });
    const attempt = await firstOf(id);
    expect(receiver.requests[0]?.headers).toMatchObject({
      'x-tenant': 'acme',
      'content-type': 'application/xml',
      'svix-id': id,
      authorization: expect.stringMatching(/^Basic /),
    });
    const { sentHeaders, sensitive } = await headersOf(id, attempt.id);
    expect(sensitive.sort()).toEqual(['Content-Type', 'X-Tenant', 'authorization']);
    expect(Object.keys(sentHeaders).sort()).toEqual([
      'accept',
      'svix-id',
      'svix-signature',
      'svix-timestamp',
      'user-agent',
    ]);
  });

  it('of an answer that did not come there are none', async () => {
    const receiver = await Receiver.start();
    const { url } = receiver;
    await receiver.stop();
    await scene.endpoint(url);
    const { id } = await scene.send();
    const [attempt] = await scene.recorded(id, 3);
    expect((await headersOf(id, attempt?.id ?? '')).responseHeaders).toBeNull();
  });
});

it('a portal session reads attempts of its application only', async () => {
  await scene.endpoint(await scene.receiver());
  const { id } = await scene.send();
  const attempt = await firstOf(id);
  const session = await openSession(server, scene.environment, scene.appId, { capabilities: ['ViewBase'] });
  expect((await session.messageAttempt.get(params(id, attempt.id))).status).toBe(200);
  expect((await session.messageAttempt.getHeaders(params(id, attempt.id))).status).toBe(200);
  const { id: app_id } = await unwrap(scene.client.application.create({ body: { name: 'Other' } }));
  const { messageAttempt } = session;
  expect((await messageAttempt.listByMsg({ params: { app_id, msg_id: id } })).status).toBe(404);
  const key = { params: { app_id: scene.appId, msg_id: id, endpoint_id: attempt.endpointId } };
  expect((await messageAttempt.resend(key)).status).toBe(403);
});
