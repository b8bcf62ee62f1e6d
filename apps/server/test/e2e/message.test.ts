import { unwrap } from '@postrider/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';
import { openSession } from '../sessions.js';

let server: TestServer;
let scene: Scene;
beforeAll(async () => {
  server = await startServer(REACH_RECEIVERS);
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
});

type Query = NonNullable<Parameters<Scene['client']['message']['list']>[0]['query']>;
const params = (msg_id: string) => ({ params: { app_id: scene.appId, msg_id } });
const get = (id: string, query = {}) => scene.client.message.get({ ...params(id), query });
const raw = (id: string) => scene.client.message.getRawPayload(params(id));
const list = (query: Query = {}) =>
  unwrap(scene.client.message.list({ params: { app_id: scene.appId }, query }));
const idsOf = async (query: Query) => (await list(query)).data.map((one) => one.id);

/** Text of an answer, to see what JSON.parse would hide. */
const textOf = async (path: string) => {
  const headers = { authorization: `Bearer ${scene.environment.key}` };
  return (await fetch(`${server.url}/api/v1/app/${scene.appId}${path}`, { headers })).text();
};
const eraseContent = (id: string) =>
  server.context.database.kysely.updateTable('message').set({ payload: null }).where('id', '=', id).execute();

describe('read', () => {
  it('gives a message by its id and by its event id just as it was created', async () => {
    const sent = await scene.send({
      eventId: 'my-id',
      channels: ['red', 'blue'],
      tags: ['import'],
      payload: { nested: { list: [1, 'two', null] } },
    });
    expect(sent).toEqual({
      eventId: 'my-id',
      eventType: 'invoice.paid',
      payload: { nested: { list: [1, 'two', null] } },
      channels: ['red', 'blue'],
      id: expect.stringMatching(/^msg_[0-9A-Za-z]{27}$/),
      timestamp: expect.stringMatching(/Z$/),
      tags: ['import'],
      deliverAt: null,
    });
    expect(await get(sent.id)).toMatchObject({ status: 200, body: sent });
    expect((await get('my-id')).body).toEqual(sent);
    expect((await list()).data).toEqual([sent]);
  });

  it('says when a message that is dated ahead will be sent', async () => {
    const deliverAt = new Date(server.clock.now().getTime() + 3_600_000).toISOString();
    const { id } = await scene.send({ deliverAt });
    expect((await get(id)).body).toMatchObject({ deliverAt });
  });

  it('leaves the payload out with with_content=false, in every operation, and keeps it', async () => {
    const created = await scene.client.message.create({
      params: { app_id: scene.appId },
      query: { with_content: false },
      body: { eventType: 'a', payload: { secret: 1 } },
    });
    expect(created.body).toMatchObject({ payload: {} });
    const { id } = created.body as { id: string };
    expect((await get(id, { with_content: false })).body).toMatchObject({ payload: {} });
    expect((await list({ with_content: false })).data).toMatchObject([{ payload: {} }]);
    expect((await get(id)).body).toMatchObject({ payload: { secret: 1 } });
    expect(await textOf(`/msg/${id}?with_content=true`)).toContain('"payload":{"secret":1}');
  });

  it('gives the payload letter by letter as raw', async () => {
    const text = '{ "b":1.0,\n  "a" : 12345678901234567890 }';
    const answer = await fetch(`${server.url}/api/v1/app/${scene.appId}/msg`, {
      method: 'POST',
      headers: { authorization: `Bearer ${scene.environment.key}` },
      body: `{"eventType":"a","payload":${text}}`,
    });
    const { id } = (await answer.json()) as { id: string };
    expect((await raw(id)).body).toEqual({ payload: text });
  });

  it('shows a raw payload that is JSON as its object, and another one only as raw', async () => {
    const json = await scene.send({ payload: {}, transformationsParams: { rawPayload: ' {"x": 1}' } });
    expect((await get(json.id)).body).toMatchObject({ payload: { x: 1 } });
    const xml = await scene.send({ payload: {}, transformationsParams: { rawPayload: '<x/>' } });
    expect((await get(xml.id)).body).toMatchObject({ payload: { expired: true } });
    expect((await raw(xml.id)).body).toEqual({ payload: '<x/>' });
  });

  it('says that a payload is not kept any more', async () => {
    const { id } = await scene.send();
    await eraseContent(id);
    expect((await get(id)).body).toMatchObject({ payload: { expired: true } });
    expect((await get(id, { with_content: false })).body).toMatchObject({ payload: {} });
    expect((await list()).data).toMatchObject([{ payload: { expired: true } }]);
    expect((await raw(id)).body).toEqual({ payload: '{"expired":true}', expired: true });
  });

  it('is 404 for what is not there, in this application', async () => {
    const other = await Scene.open(server);
    const foreign = await other.send({ eventId: 'theirs' });
    for (const id of [
      'msg_1srOrx2ZWZBpBUvZwXKQmoEYga2',
      'unknown',
      'msg_',
      foreign.id,
      'theirs',
      'a\u0000',
    ]) {
      expect(await get(id), id).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect((await raw(id)).status, id).toBe(404);
    }
  });
});

describe('list', () => {
  it('is newest first, and filtered by channel, tag and event types', async () => {
    const red = await scene.send({ channels: ['red'], eventType: 'a' });
    const both = await scene.send({ channels: ['red', 'blue'], tags: ['t1', 't2'], eventType: 'b' });
    const none = await scene.send({ tags: ['t1'], eventType: 'c' });
    expect(await idsOf({})).toEqual([none.id, both.id, red.id]);
    expect(await idsOf({ channel: 'red' })).toEqual([both.id, red.id]);
    expect(await idsOf({ channel: 'green' })).toEqual([]);
    expect(await idsOf({ tag: 't1' })).toEqual([none.id, both.id]);
    expect(await idsOf({ tag: 't1', channel: 'blue' })).toEqual([both.id]);
    expect(await idsOf({ event_types: ['a', 'c'] })).toEqual([none.id, red.id]);
    expect(await idsOf({ event_types: 'b' })).toEqual([both.id]);
  });

  it('walks forwards and backwards, also past a filter that is dropped', async () => {
    const sent: string[] = [];
    for (let n = 0; n < 7; n++) sent.unshift((await scene.send({ eventType: n % 2 ? 'odd' : 'even' })).id);
    const first = await list({ limit: 3 });
    expect(first.data.map((one) => one.id)).toEqual(sent.slice(0, 3));
    expect(first).toMatchObject({ iterator: sent[2], prevIterator: `-${sent[0]}`, done: false });
    const second = await list({ limit: 4, iterator: sent[2] ?? '' });
    expect(second.data.map((one) => one.id)).toEqual(sent.slice(3));
    expect(second).toMatchObject({ iterator: sent[6], prevIterator: `-${sent[3]}`, done: true });
    const back = await list({ limit: 2, iterator: second.prevIterator ?? '' });
    expect(back.data.map((one) => one.id)).toEqual(sent.slice(1, 3));
    expect(back.done).toBe(false);
    expect(await list({ iterator: first.prevIterator ?? '' })).toEqual({
      data: [],
      iterator: null,
      done: true,
    });
    const even = await list({ event_types: 'even', limit: 2 });
    expect(await idsOf({ iterator: even.iterator ?? '' })).toEqual(sent.slice(3));
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=251', 'limit'],
    ['iterator=ep_1srOrx2ZWZBpBUvZwXKQmoEYga2', 'iterator'],
    [`iterator=msg_${'z'.repeat(27)}`, 'iterator'],
    ['before=yesterday', 'before'],
    ['channel=a%20b', 'channel'],
    ['event_types=a%20b', 'event_types'],
    ['with_content=maybe', 'with_content'],
  ])('refuses ?%s with 422', async (query, field) => {
    const { detail } = JSON.parse(await textOf(`/msg?${query}`)) as { detail: { loc: string[] }[] };
    expect(detail[0]?.loc.slice(0, 2)).toEqual(['query', field]);
  });
});

it('a portal session reads the messages of its application only, and creates none', async () => {
  const { id } = await scene.send();
  const session = await openSession(server, scene.environment, scene.appId, { capabilities: ['ViewBase'] });
  expect((await session.message.get(params(id))).status).toBe(200);
  expect((await session.message.getRawPayload(params(id))).status).toBe(200);
  expect((await session.message.list({ params: { app_id: scene.appId } })).status).toBe(200);
  const body = { eventType: 'a', payload: {} };
  expect((await session.message.create({ params: { app_id: scene.appId }, body })).status).toBe(403);
  const { id: other } = await unwrap(scene.client.application.create({ body: { name: 'Other' } }));
  expect((await session.message.list({ params: { app_id: other } })).status).toBe(404);
  expect((await session.message.get({ params: { app_id: other, msg_id: id } })).status).toBe(404);
});

it('an event id stays taken when the payload is gone', async () => {
  const { id } = await scene.send({ eventId: 'once' });
  await unwrap(scene.client.message.expungeContent(params(id)));
  const body = { eventType: 'a', payload: {}, eventId: 'once' };
  expect(await scene.client.message.create({ params: { app_id: scene.appId }, body })).toMatchObject({
    status: 409,
    body: { code: 'conflict', detail: 'A conflict has occurred' },
  });
});

describe('an application that comes with a message', () => {
  const create = (app_id: string, application: object) => {
    const body = { eventType: 'a', payload: {}, application: application as never };
    return scene.client.message.create({ params: { app_id }, body });
  };
  const refusal = (loc: string[], type: string, msg: string) => ({
    status: 422,
    body: { detail: [{ loc: ['body', 'application', ...loc], type, msg }] },
  });

  it('needs the uid of the path where it is to be made', async () => {
    expect(await create('new', { name: 'x' })).toMatchObject(
      refusal(['uid'], 'application_uid_missing', 'Application UID not set in body'),
    );
    expect(await create('new', { name: 'x', uid: 'other' })).toMatchObject(
      refusal(['uid'], 'application_uid_mismatch', 'Application UID in the path and body must match'),
    );
    for (const app_id of ['new', 'other']) {
      expect((await scene.client.application.get({ params: { app_id } })).status).toBe(404);
    }
  });

  it('is not looked at where there is one, but for what no application could be', async () => {
    expect((await create(scene.appId, { name: 'x', uid: 'other' })).status).toBe(202);
    expect((await create(scene.appId, { name: 'x' })).status).toBe(202);
    expect(await create(scene.appId, { name: '' })).toMatchObject(
      refusal(['name'], 'value_error', 'Application names must be at least one character'),
    );
    const { body } = await scene.client.application.get({ params: { app_id: scene.appId } });
    expect(body).toMatchObject({ name: 'Acme' });
    expect(body).not.toHaveProperty('uid');
  });
});

it.each([
  ['a blank', 'a b', 'String must match the following pattern: [a-zA-Z0-9\\-_.].'],
  ['the prefix of ids', 'msg_1', 'Uids are not allowed to have the same prefix as the ID. Prefix with _?'],
])('an eventId with %s is told under the name that clients know', async (_name, eventId, msg) => {
  const { appId, client } = scene;
  const body = { eventType: 'a', payload: {}, eventId };
  expect(await client.message.create({ params: { app_id: appId }, body })).toMatchObject({
    status: 422,
    body: { detail: [{ loc: ['body', 'uid', '__all__'], msg, type: 'value_error' }] },
  });
});
