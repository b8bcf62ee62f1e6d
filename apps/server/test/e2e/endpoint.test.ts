import { paginate } from '@postrider/client';
import type { EndpointOut } from '@postrider/contract';
import { describe, expect, it } from 'vitest';
import { BARE_ENDPOINT, endpointsOf } from '../endpoints.js';
import { Owner } from '../owner.js';

const own = Owner.use(async ({ client }) => {
  for (const uid of ['a', 'b']) await client.application.create({ body: { name: uid, uid } });
});
const { url, call, create, made, at, get, put, patch, remove, list, defineTypes } = endpointsOf(own);

describe('create', () => {
  it('gives the endpoint with its defaults, found by id and by uid', async () => {
    const { status, body } = await create({ url: 'http://Bad.Url', uid: 'mine' });
    expect(status).toBe(201);
    expect(body).toEqual({
      ...BARE_ENDPOINT,
      uid: 'mine',
      url: 'http://bad.url/',
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
      id: expect.stringMatching(/^ep_[0-9A-Za-z]{27}$/),
    });
    expect((await get((body as EndpointOut).id)).body).toEqual({
      ...(body as EndpointOut),
      failingSince: null,
    });
    expect((await get('mine')).body).toEqual({ ...(body as EndpointOut), failingSince: null });
  });

  it('keeps everything that is given', async () => {
    await defineTypes('x', 'y');
    const given = {
      url: 'https://user:pass@example.com:8443/a?b=c#d',
      description: 'Ä 😀',
      throttleRate: 7,
      uid: 'mine',
      version: 3,
      disabled: true,
      eventTypes: ['x', 'y'],
      channels: ['one', 'two:3'],
      metadata: { plan: 'gold' },
    };
    expect(await made({ ...given, unknown: 1 })).toMatchObject({
      ...given,
      rateLimit: 7,
      filterTypes: ['x', 'y'],
    });
  });

  it('reads the names of old clients', async () => {
    await defineTypes('x');
    expect(await made({ rateLimit: 5, filterTypes: ['x'] })).toMatchObject({
      throttleRate: 5,
      eventTypes: ['x'],
    });
    expect(await made({ filterTypes: [], version: 1, rateLimit: null })).toMatchObject({ eventTypes: null });
  });

  it('takes explicit nulls for what may be absent', async () => {
    const nulls = {
      channels: null,
      metadata: null,
      secret: null,
      uid: null,
      eventTypes: null,
      headers: null,
    };
    expect(await made(nulls)).toMatchObject({ channels: null, metadata: {}, uid: null, eventTypes: null });
  });

  it.each([
    ['no URL', { url: undefined }, ['body', 'url']],
    ['no scheme', { url: 'example.com' }, ['body', 'url']],
    ['another scheme', { url: 'ftp://example.com' }, ['body', 'url']],
    ['a uid that looks like an id', { uid: 'ep_1' }, ['body', 'uid', '__all__']],
    ['a uid with a blank', { uid: 'a b' }, ['body', 'uid', '__all__']],
    ['a uid of 257 characters', { uid: 'a'.repeat(257) }, ['body', 'uid', '__all__']],
    ['a throttle of 0', { throttleRate: 0 }, ['body', 'throttle_rate']],
    ['a throttle of 65536', { throttleRate: 65_536 }, ['body', 'throttle_rate']],
    ['a version of 0', { version: 0 }, ['body', 'version']],
    ['no channels', { channels: [] }, ['body', 'channels']],
    ['eleven channels', { channels: Array.from({ length: 11 }, (_, n) => `c${n}`) }, ['body', 'channels']],
    ['an unknown event type', { eventTypes: ['none'] }, ['body', 'eventTypes']],
    ['a control character', { description: 'a\u0001' }, ['body', 'description']],
    ['half of a surrogate pair', { metadata: { a: '\ud800' } }, ['body', 'metadata', 'a']],
    ['too much metadata', { metadata: { a: 'x'.repeat(4096) } }, ['body', 'metadata']],
    ['a forbidden header', { headers: { 'svix-id': 'a' } }, ['body', 'headers']],
    ['null for disabled', { disabled: null }, ['body', 'disabled']],
  ])('refuses %s with 422 that names the field', async (_name, body, loc) => {
    const { status, body: answer } = await create(body);
    expect(status).toBe(422);
    expect((answer as { detail: { loc: string[] }[] }).detail[0]?.loc).toEqual(loc);
    expect((await list()).body).toMatchObject({ data: [] });
  });

  it('is 404 in an application that is not there', async () => {
    expect((await create({}, 'unknown')).status).toBe(404);
  });
});

describe('uid', () => {
  it('is 409 when taken in the application, on create, PUT and PATCH; not when sent again', async () => {
    await made({ uid: 'x' });
    await made({ uid: 'y' });
    const conflict = { status: 409, body: { code: 'conflict', detail: 'A conflict has occurred' } };
    expect(await create({ uid: 'x' })).toMatchObject(conflict);
    expect(await put('y', { uid: 'x' })).toMatchObject(conflict);
    expect(await put('unknown', { uid: 'x' })).toMatchObject(conflict);
    expect(await patch('y', { uid: 'x' })).toMatchObject(conflict);
    expect((await patch('y', { uid: 'y' })).status).toBe(200);
    expect((await put('y', { uid: 'y' })).status).toBe(200);
  });

  it('is free in another application, and after a change or deletion', async () => {
    await made({ uid: 'x' });
    expect((await create({ uid: 'x' }, 'b')).status).toBe(201);
    await patch('x', { uid: null });
    expect((await get('x')).status).toBe(404);
    const again = await made({ uid: 'x' });
    expect((await remove('x')).status).toBe(204);
    expect((await create({ uid: 'x' })).status).toBe(201);
    expect((await get(again.id)).status).toBe(404);
  });

  it('makes one endpoint of two calls at once', async () => {
    const answers = await Promise.all([create({ uid: 'x' }), create({ uid: 'x' })]);
    expect(answers.map((one) => one.status).sort((a, b) => a - b)).toEqual([201, 409]);
    expect((await list()).body).toMatchObject({ data: [{ uid: 'x' }] });
  });

  it('is settled when changes, secrets and deletions meet', async () => {
    await Promise.all(['1', '2', '3', '4'].map((uid) => made({ uid })));
    const answers = await Promise.all([
      ...['1', '2', '3', '4'].map((id) => patch(id, { uid: 'same' })),
      ...['1', '2', '3', '4'].map((id) => call().rotateSecret({ ...at(id), body: {} })),
      ...['1', '2'].map((id) => remove(id)),
      own.environment.client.application.patch({ params: { app_id: 'a' }, body: { name: 'renamed' } }),
    ]);
    for (const { status } of answers) expect([200, 204, 404, 409]).toContain(status);
    const { data } = (await list()).body as { data: EndpointOut[] };
    expect(data.filter((one) => one.uid === 'same').length).toBeLessThanOrEqual(1);
  });
});

describe('list', () => {
  const idsIn = (page: { body: unknown }) => (page.body as { data: EndpointOut[] }).data.map((one) => one.id);

  it('walks newest first unless asked otherwise, forwards and backwards', async () => {
    for (let n = 0; n < 10; n++) await made({});
    await made({}, 'b');
    const ids = idsIn(await list({ order: 'ascending' }));
    expect(ids).toEqual([...ids].sort());
    const newest = [...ids].reverse();
    expect(idsIn(await list())).toEqual(newest);
    expect(await list()).toMatchObject({
      body: { done: true, iterator: newest[9], prevIterator: `-${newest[0]}` },
    });
    const first = await list({ limit: 6 });
    expect(idsIn(first)).toEqual(newest.slice(0, 6));
    expect(first).toMatchObject({ body: { done: false } });
    const second = await list({ limit: 6, iterator: newest[5] });
    expect(idsIn(second)).toEqual(newest.slice(6));
    expect(second).toMatchObject({ body: { done: true } });
    const back = await list({ limit: 3, iterator: `-${newest[6]}` });
    expect(idsIn(back)).toEqual(newest.slice(3, 6));
    const ascending = await list({ limit: 4, order: 'ascending', iterator: ids[2] });
    expect(idsIn(ascending)).toEqual(ids.slice(3, 7));
    expect(idsIn(await list({ limit: 4, order: 'ascending', iterator: `-${ids[7]}` }))).toEqual(
      ids.slice(3, 7),
    );
    const seen: string[] = [];
    for await (const one of paginate(call().list, { params: { app_id: 'a' }, query: { limit: 3 } })) {
      seen.push(one.id);
    }
    expect(seen).toEqual(newest);
  });

  it.each([
    'limit=251',
    'limit=300',
    'iterator=app_1srOrx2ZWZBpBUvZwXKQmoEYga2',
    'iterator=ep_1',
    'order=up',
  ])('refuses ?%s with 422', async (query) => {
    const answer = await fetch(`${own.server.url}/api/v1/app/a/endpoint/?${query}`, {
      headers: { authorization: `Bearer ${own.environment.key}` },
    });
    expect(answer.status).toBe(422);
  });
});

describe('idempotency', () => {
  it('a repeated create gives the first endpoint and makes no second one', async () => {
    const body = { url };
    const headers = { 'idempotency-key': 'once' };
    const call1 = await call().create({ params: { app_id: 'a' }, body, headers });
    const call2 = await call().create({ params: { app_id: 'a' }, body: { url: 'https://b.c' }, headers });
    expect(call2.body).toEqual(call1.body);
    expect((await list()).body).toMatchObject({ data: [call1.body], done: true });
  });
});
