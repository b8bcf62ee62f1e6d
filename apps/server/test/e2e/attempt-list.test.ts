import { unwrap } from '@postrider/client';
import type { EndpointOut, MessageOut } from '@postrider/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
let endpoint: EndpointOut;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  endpoint = await scene.endpoint(receiver, { uid: 'mine' });
});
afterEach(() => scene.close());

type ByEndpoint = NonNullable<Parameters<Scene['client']['messageAttempt']['listByEndpoint']>[0]['query']>;
const byEndpoint = async (query: ByEndpoint = {}, endpoint_id = endpoint.id) =>
  (
    await unwrap(
      scene.client.messageAttempt.listByEndpoint({ params: { app_id: scene.appId, endpoint_id }, query }),
    )
  ).data;
const messagesOf = async (query: ByEndpoint, endpointId?: string) =>
  (await byEndpoint(query, endpointId)).map((one) => one.msgId);

/** The status of answers to queries that the client's types do not let through. */
const raw = (path: string) =>
  fetch(`${server.url}/api/v1/app/${scene.appId}${path}`, {
    headers: { authorization: `Bearer ${scene.environment.key}` },
  });
const rawMessages = async (query: string) => {
  const { data } = (await (await raw(`/attempt/endpoint/${endpoint.id}?${query}`)).json()) as {
    data: { msgId: string }[];
  };
  return data.map((one) => one.msgId);
};

describe('attempts by endpoint', () => {
  it('are those of that endpoint, found by its id and its uid', async () => {
    const other = await scene.endpoint(await scene.receiver());
    const { id } = await scene.send();
    await scene.recorded(id, 2);
    expect(await byEndpoint()).toMatchObject([{ msgId: id, endpointId: endpoint.id }]);
    expect(await byEndpoint({}, 'mine')).toEqual(await byEndpoint());
    expect(await byEndpoint({}, other.id)).toMatchObject([{ msgId: id, endpointId: other.id }]);
  });

  it('are filtered by status and by class of status code', async () => {
    const byStatus = new Map<number, MessageOut>();
    for (const status of [200, 204, 302, 404, 500]) {
      receiver.reply = { status };
      const message = await scene.send();
      byStatus.set(status, message);
      await scene.recorded(message.id, 1);
    }
    const ids = (...statuses: number[]) => statuses.map((status) => byStatus.get(status)?.id);
    expect(await messagesOf({})).toEqual(ids(500, 404, 302, 204, 200));
    expect(await messagesOf({ status: 0 })).toEqual(ids(204, 200));
    expect(await messagesOf({ status: 2 })).toEqual(ids(500, 404, 302));
    for (const status of [1, 3, 4] as const) expect(await byEndpoint({ status })).toEqual([]);
    expect(await messagesOf({ status_code_class: 200 })).toEqual(ids(204, 200));
    expect(await messagesOf({ status_code_class: 300 })).toEqual(ids(302));
    expect(await messagesOf({ status_code_class: 400, status: 2 })).toEqual(ids(404));
    expect(await messagesOf({ status_code_class: 500, status: 0 })).toEqual([]);
    expect(await messagesOf({ status_code_class: 0 })).toEqual([]);
    await receiver.stop();
    const dead = await scene.send();
    await scene.recorded(dead.id, 1);
    expect(await messagesOf({ status_code_class: 0 })).toEqual([dead.id]);
  });

  it('are filtered by channel, tag and event types, in all four spellings of lists', async () => {
    const a = await scene.send({ eventType: 'a.b', channels: ['red'] });
    const c = await scene.send({ eventType: 'c', tags: ['t'] });
    const d = await scene.send({ eventType: 'd' });
    for (const { id } of [a, c, d]) await scene.recorded(id, 1);
    expect(await messagesOf({ channel: 'red' })).toEqual([a.id]);
    expect(await messagesOf({ channel: 'blue' })).toEqual([]);
    expect(await messagesOf({ tag: 't' })).toEqual([c.id]);
    expect(await messagesOf({ event_types: ['a.b', 'd'] })).toEqual([d.id, a.id]);
    expect(await messagesOf({ event_types: 'a.b', tag: 't' })).toEqual([]);
    for (const query of [
      'event_types=a.b,c',
      'event_types=a.b&event_types=c',
      'event_types[]=a.b&event_types[]=c',
      'event_types[0]=a.b&event_types[1]=c',
    ]) {
      expect(await rawMessages(query), query).toEqual([c.id, a.id]);
    }
  });

  it('of a deleted endpoint are 404; through their message they stay', async () => {
    const { id } = await scene.send();
    await scene.recorded(id, 1);
    await scene.client.endpoint.delete({ params: { app_id: scene.appId, endpoint_id: endpoint.id } });
    for (const path of [`/attempt/endpoint/${endpoint.id}`, '/attempt/endpoint/mine', '/endpoint/mine/msg']) {
      expect((await raw(path)).status, path).toBe(404);
    }
    expect(await scene.attemptsOf(id)).toMatchObject([{ endpointId: endpoint.id }]);
  });

  it('bring their messages, without payloads, when these are asked for', async () => {
    const { id } = await scene.send({ eventId: 'mine', payload: { secret: 1 } });
    await scene.recorded(id, 1);
    const [attempt] = await byEndpoint({ with_msg: true });
    expect(attempt?.msg).toMatchObject({ id, eventId: 'mine', payload: {} });
    expect((await byEndpoint())[0]).not.toHaveProperty('msg');
  });
});

describe('attempts by message', () => {
  it('are filtered by endpoint, and 404 for one that is not there any more', async () => {
    const other = await scene.endpoint(await scene.receiver());
    const { id } = await scene.send({ channels: ['red'] });
    await scene.recorded(id, 2);
    expect(await scene.attemptsOf(id, { endpoint_id: 'mine' })).toMatchObject([{ endpointId: endpoint.id }]);
    expect(await scene.attemptsOf(id, { endpoint_id: other.id })).toHaveLength(1);
    expect(await scene.attemptsOf(id, { channel: 'red' })).toHaveLength(2);
    expect(await scene.attemptsOf(id, { channel: 'blue' })).toEqual([]);
    expect(await scene.attemptsOf(id, { event_types: 'invoice.paid', status: 0 })).toHaveLength(2);
    await scene.client.endpoint.delete({ params: { app_id: scene.appId, endpoint_id: other.id } });
    for (const endpoint_id of [other.id, 'unknown']) {
      const params = { app_id: scene.appId, msg_id: id };
      const answer = await scene.client.messageAttempt.listByMsg({ params, query: { endpoint_id } });
      expect(answer.status).toBe(404);
    }
    expect(await scene.attemptsOf(id)).toHaveLength(2);
  });

  it('are the same under their former paths', async () => {
    await scene.endpoint(await scene.receiver());
    const { id } = await scene.send({ channels: ['red'] });
    const attempts = await scene.recorded(id, 2);
    const params = { app_id: scene.appId, msg_id: id };
    const { messageAttempt } = scene.client;
    const query = { channel: 'red', event_types: ['invoice.paid'] };
    expect((await unwrap(messageAttempt.listOfMsg({ params, query }))).data).toEqual(attempts);
    const atOne = { params: { ...params, endpoint_id: 'mine' }, query };
    expect((await unwrap(messageAttempt.listOfMsgAndEndpoint(atOne))).data).toEqual(
      attempts.filter((one) => one.endpointId === endpoint.id),
    );
  });
});

it.each([
  '/attempt/endpoint/unknown',
  '/attempt/msg/unknown',
  '/endpoint/unknown/msg',
  '/msg/unknown/endpoint',
  '/msg/unknown/attempt',
])('%s is 404', async (path) => {
  expect((await raw(path)).status).toBe(404);
});

it.each([
  ['status=5', 'status'],
  ['status=fail', 'status'],
  ['status_code_class=201', 'status_code_class'],
  ['iterator=msg_1srOrx2ZWZBpBUvZwXKQmoEYga2', 'iterator'],
  [`iterator=-atmpt_${'z'.repeat(27)}`, 'iterator'],
  ['after=soon', 'after'],
  ['with_msg=1', 'with_msg'],
])('?%s is refused with 422', async (query, field) => {
  const answer = await raw(`/attempt/endpoint/${endpoint.id}?${query}`);
  expect(answer.status).toBe(422);
  const { detail } = (await answer.json()) as { detail: { loc: string[] }[] };
  expect(detail[0]?.loc.slice(0, 2)).toEqual(['query', field]);
});
