import { unwrap } from '@postrider/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type Home, openHome, startServer, type TestServer } from '../harness.js';
import { postText } from '../messages.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

const HOURS = 3_600;

let home: Home;
let server: TestServer;
/** Another process on the same database; the embedded one has room for one. */
let beside: TestServer;
let scene: Scene;
let receiver: Receiver;
beforeAll(async () => {
  home = await openHome();
  server = await startServer(REACH_RECEIVERS, home);
  beside = inject('database') === 'postgres' ? await startServer(REACH_RECEIVERS, home) : server;
});
afterAll(async () => {
  await Promise.all([server.stop(), beside.stop()]);
  await home.remove();
});
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  await scene.endpoint(receiver);
});
afterEach(() => scene.close());

interface Options {
  key?: string;
  eventId?: string;
  query?: string;
  at?: TestServer;
  app?: string;
  n?: number;
}
const post = ({ key, eventId, query = '', at = server, app = scene.appId, n = 1 }: Options) =>
  postText(
    scene,
    `{"eventType":"a","payload":{"n":${n}}${eventId === undefined ? '' : `,"eventId":"${eventId}"`}}`,
    { url: at.url, app, query, ...(key === undefined ? {} : { headers: { 'Idempotency-Key': key } }) },
  );
const messages = async () =>
  (await unwrap(scene.client.message.list({ params: { app_id: scene.appId } }))).data;
/** Bodies that the receiver has got when everything is done. */
const received = async () => {
  await scene.settle();
  return receiver.requests.map((one) => one.body);
};
const idOf = (answer: { body: unknown }) => (answer.body as { id: string }).id;

describe('the same key twice', () => {
  it('is one message and the same answer, whatever the second body says', async () => {
    const first = await post({ key: 'k', eventId: 'e', n: 1 });
    expect(first.status).toBe(202);
    expect(await post({ key: 'k', eventId: 'e', n: 1 })).toEqual(first);
    expect(await post({ key: 'k', eventId: 'other', n: 2 })).toEqual(first);
    expect(await post({ key: 'k', n: 3, at: beside })).toEqual(first);
    expect(await messages()).toHaveLength(1);
    expect(await received()).toEqual(['{"n":1}']);
  });

  it('keeps channels, tags, content and dates of the first answer', async () => {
    const deliverAt = new Date(server.clock.now().getTime() + 600_000).toISOString();
    const text = `{"eventType":"a","payload":{"a":1.5,"b":[]},"channels":["x","y:1"],"tags":["a/b\\\\c","#"],"deliverAt":"${deliverAt}"}`;
    const headers = { 'idempotency-key': 'k' };
    const first = await postText(scene, text, { headers });
    expect(first).toMatchObject({ status: 202, body: { deliverAt, tags: ['a/b\\c', '#'] } });
    expect(await postText(scene, text, { headers, url: beside.url })).toEqual(first);
  });

  it('at once is one message and the same answer, in one process and in two', async () => {
    for (let round = 0; round < 10; round++) {
      const calls = Array.from({ length: 8 }, (_, n) =>
        post({ key: `k${round}`, at: n % 2 ? server : beside, n: round }),
      );
      const [first, ...others] = await Promise.all(calls);
      expect(first?.status).toBe(202);
      for (const other of others) expect(other).toEqual(first);
    }
    expect(await messages()).toHaveLength(10);
    expect((await received()).sort()).toEqual(Array.from({ length: 10 }, (_, n) => `{"n":${n}}`).sort());
  });

  it('holds for every client', async () => {
    const headers = { 'idempotency-key': 'client' };
    const body = { eventType: 'a', payload: {} };
    const params = { app_id: scene.appId };
    const ids: string[][] = [[], [], []];
    for (let n = 0; n < 2; n++) {
      ids[0]?.push((await unwrap(scene.client.message.create({ params, body, headers }))).id);
      for (const [index, svix] of scene.sdks.entries()) {
        const made = await svix.message.create(scene.appId, body, { idempotencyKey: `sdk-${index}` });
        ids[index + 1]?.push(made.id);
      }
    }
    expect(ids.map((pair) => new Set(pair).size)).toEqual([1, 1, 1]);
    expect(await messages()).toHaveLength(3);
    expect(await received()).toHaveLength(3);
  });

  it('counts for twelve hours', async () => {
    const first = await post({ key: 'k' });
    server.clock.advance(12 * HOURS - 60);
    expect(idOf(await post({ key: 'k' }))).toBe(idOf(first));
    server.clock.advance(61);
    expect(idOf(await post({ key: 'k' }))).not.toBe(idOf(first));
    expect(await received()).toHaveLength(2);
  });
});

describe('what makes calls the same', () => {
  it('is the query as well', async () => {
    const ids = [];
    for (const query of ['', '?with_content=true', '?with_content=false', '?with_content=false']) {
      ids.push(idOf(await post({ key: 'k', query })));
    }
    expect(new Set(ids).size).toBe(3);
    expect(ids[3]).toBe(ids[2]);
  });

  it('is the path, without the slash at its end', async () => {
    const answer = await fetch(`${server.url}/api/v1/app/${scene.appId}/msg/`, {
      method: 'POST',
      headers: { authorization: `Bearer ${scene.environment.key}`, 'idempotency-key': 'k' },
      body: '{"eventType":"a","payload":{"n":1}}',
    });
    expect(idOf(await post({ key: 'k' }))).toBe(idOf({ body: await answer.json() }));
    const other = await unwrap(scene.client.application.create({ body: { name: 'Other' } }));
    expect((await post({ key: 'k', app: other.id })).status).toBe(202);
    expect(await messages()).toHaveLength(1);
  });

  it('is the token', async () => {
    const other = await Scene.open(server);
    const first = await post({ key: 'k' });
    expect(
      idOf(await postText(other, '{"eventType":"a","payload":{}}', { headers: { 'idempotency-key': 'k' } })),
    ).not.toBe(idOf(first));
  });

  it('is nothing where there is no key', async () => {
    const answers = [await post({}), await post({}), await post({ key: '' }), await post({ key: '' })];
    expect(new Set(answers.map(idOf)).size).toBe(4);
  });
});

describe('an event id', () => {
  const conflict = { status: 409, body: { code: 'conflict', detail: 'A conflict has occurred' } };

  it('is taken once: 202, then 409', async () => {
    const first = await post({ eventId: 'e' });
    expect(first.status).toBe(202);
    expect(await post({ eventId: 'e' })).toEqual(conflict);
    expect(await post({ eventId: 'e', key: 'k', at: beside })).toEqual(conflict);
    expect(await received()).toHaveLength(1);
  });

  it('is 409 for every client', async () => {
    const body = { eventType: 'a', payload: {}, eventId: 'mine' };
    await scene.send(body);
    for (const svix of scene.sdks) {
      await expect(svix.message.create(scene.appId, body)).rejects.toMatchObject({ code: 409 });
    }
    expect((await scene.client.message.create({ params: { app_id: scene.appId }, body })).status).toBe(409);
    expect(await received()).toHaveLength(1);
  });

  it('that is taken does not burn the key that came with it', async () => {
    await post({ eventId: 'e' });
    for (let n = 0; n < 2; n++) expect(await post({ eventId: 'e', key: 'k' })).toEqual(conflict);
    const fresh = await post({ eventId: 'f', key: 'k', n: 2 });
    expect(fresh.status).toBe(202);
    expect(await post({ eventId: 'e', key: 'k' })).toEqual(fresh);
    expect((await received()).sort()).toEqual(['{"n":1}', '{"n":2}']);
  });

  it('is free in another application', async () => {
    const other = await unwrap(scene.client.application.create({ body: { name: 'Other' } }));
    expect((await post({ eventId: 'e' })).status).toBe(202);
    expect((await post({ eventId: 'e', app: other.id })).status).toBe(202);
  });

  it('of many at once is taken once each, in whatever order two processes get them', async () => {
    const names = Array.from({ length: 60 }, (_, n) => `e${n}`);
    const answers = await Promise.all([
      ...names.map((eventId) => post({ eventId, at: server })),
      ...[...names].reverse().map((eventId) => post({ eventId, at: beside })),
    ]);
    const count = (status: number) => answers.filter((one) => one.status === status).length;
    expect([count(202), count(409)]).toEqual([60, 60]);
    expect(await received()).toHaveLength(60);
  });
});

describe('a call that fails', () => {
  it('with 422 does not burn its key', async () => {
    expect((await post({ key: 'k', n: Number.NaN })).status).toBe(422);
    expect((await post({ key: 'k' })).status).toBe(202);
  });

  it('with 404 does not burn its key', async () => {
    expect((await post({ key: 'k', app: 'late' })).status).toBe(404);
    await unwrap(scene.client.application.create({ body: { name: 'Late', uid: 'late' } }));
    expect((await post({ key: 'k', app: 'late' })).status).toBe(202);
  });
});
