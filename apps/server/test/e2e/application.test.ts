import { paginate, unwrap } from '@postrider/client';
import { Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';

let server: TestServer;
let environment: TestEnvironment;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  environment = await server.createEnvironment();
});

const create = (body: { name: string; uid?: string | null }, query: { get_if_exists?: boolean } = {}) =>
  environment.client.application.create({ body, query });
const get = (app_id: string) => environment.client.application.get({ params: { app_id } });

describe('create', () => {
  it('gives the application with its defaults, found by id and by uid', async () => {
    const { status, body } = await create({ name: 'Acme', uid: 'acme' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: 'Acme', uid: 'acme', metadata: {}, throttleRate: null });
    const { id } = body as { id: string };
    expect(id).toMatch(/^app_[0-9A-Za-z]{27}$/);
    expect((await get(id)).body).toEqual(body);
    expect((await get('acme')).body).toEqual(body);
  });

  it('is 409 for a taken uid; with get_if_exists 200 and the first one unchanged', async () => {
    const first = await create({ name: 'First', uid: 'same' });
    expect(await create({ name: 'Second', uid: 'same' })).toMatchObject({
      status: 409,
      body: { code: 'conflict', detail: 'An application with that id or uid already exists' },
    });
    expect(await create({ name: 'Second', uid: 'same' }, { get_if_exists: true })).toMatchObject({
      status: 200,
      body: first.body,
    });
    expect((await create({ name: 'No uid' }, { get_if_exists: true })).status).toBe(201);
  });

  it('makes one application of two calls at once', async () => {
    const made = await Promise.all(
      [1, 2, 3].map(() => create({ name: 'X', uid: 'x' }, { get_if_exists: true })),
    );
    expect(new Set(made.map((one) => (one.body as { id: string }).id)).size).toBe(1);
    expect(made.map((one) => one.status).sort((a, b) => a - b)).toEqual([200, 200, 201]);
  });

  it.each([
    ['no name', {}, ['body', 'name']],
    ['an empty name', { name: '' }, ['body', 'name']],
    ['a number for a name', { name: 7 }, ['body', 'name']],
    ['a control character', { name: 'a\u0001b' }, ['body', 'name']],
    ['half of a surrogate pair', { name: '\ud800' }, ['body', 'name']],
    ['a uid with a blank', { name: 'x', uid: 'a b' }, ['body', 'uid', '__all__']],
    ['a uid of 257 characters', { name: 'x', uid: 'a'.repeat(257) }, ['body', 'uid', '__all__']],
    ['a uid that looks like an id', { name: 'x', uid: 'app_1' }, ['body', 'uid', '__all__']],
    ['a throttle of 0', { name: 'x', throttleRate: 0 }, ['body', 'throttle_rate']],
    ['a throttle of 65536', { name: 'x', throttleRate: 65_536 }, ['body', 'throttle_rate']],
    ['a fraction', { name: 'x', throttleRate: 1.5 }, ['body', 'throttleRate']],
    ['metadata that is no text', { name: 'x', metadata: { a: 1 } }, ['body', 'metadata', 'a']],
    ['metadata over 4096 bytes', { name: 'x', metadata: { a: 'ü'.repeat(2048) } }, ['body', 'metadata']],
  ])('refuses %s with 422 that names the field', async (_what, body, loc) => {
    const answer = await raw('POST', '/app/', body);
    expect(answer.status).toBe(422);
    expect(((await answer.json()) as { detail: unknown[] }).detail).toContainEqual({
      loc,
      msg: expect.any(String),
      type: expect.stringMatching(/^value_error/),
    });
    expect((await environment.client.application.list({ query: {} })).body).toMatchObject({ data: [] });
  });

  it('ignores unknown fields and takes the former name of the throttle', async () => {
    const answer = await raw('POST', '/app/', { name: 'x', colour: 'red', rateLimit: 9 });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ rateLimit: 9, throttleRate: 9 });
  });
});

describe('change', () => {
  it('PATCH changes what is given, null clears, absent leaves', async () => {
    await raw('POST', '/app/', { name: 'A', uid: 'a', throttleRate: 5, metadata: { k: 'v' } });
    const patch = (body: object) =>
      environment.client.application.patch({ params: { app_id: 'a' }, body: body as never });
    expect((await patch({ name: 'B' })).body).toMatchObject({
      name: 'B',
      uid: 'a',
      throttleRate: 5,
      metadata: { k: 'v' },
    });
    expect((await patch({ throttleRate: null })).body).toMatchObject({ throttleRate: null });
    expect((await patch({ metadata: null })).body).toMatchObject({ metadata: {} });
    expect((await patch({ name: null })).status).toBe(422);
    const cleared = await patch({ uid: null });
    expect(cleared.status).toBe(200);
    expect(cleared.body).not.toHaveProperty('uid');
    expect((await get('a')).status).toBe(404);
  });

  it('PUT replaces what is there and makes what is not', async () => {
    await raw('POST', '/app/', { name: 'A', uid: 'a', throttleRate: 5, metadata: { k: 'v' } });
    const put = (app_id: string, body: { name: string; uid?: string }) =>
      environment.client.application.upsert({ params: { app_id }, body });
    expect(await put('a', { name: 'B', uid: 'a' })).toMatchObject({
      status: 200,
      body: { name: 'B', throttleRate: null, metadata: {} },
    });
    expect((await put('unknown', { name: 'C', uid: 'c' })).status).toBe(201);
    expect((await get('c')).status).toBe(200);
    expect(await put('a', { name: 'B', uid: 'c' })).toMatchObject({ status: 409 });
  });

  it('a taken uid is 409 on PATCH too, and the same uid again is not', async () => {
    await create({ name: 'A', uid: 'a' });
    await create({ name: 'B', uid: 'b' });
    const patch = (uid: string) =>
      environment.client.application.patch({ params: { app_id: 'b' }, body: { uid } });
    expect((await patch('a')).status).toBe(409);
    expect((await patch('b')).status).toBe(200);
  });

  it('DELETE frees the uid, ends the portal sessions and is 404 the second time', async () => {
    await create({ name: 'A', uid: 'a' });
    const access = (await environment.client.authentication.getAppPortalAccess({
      params: { app_id: 'a' },
      body: {},
    })) as { body: { token: string } };
    const remove = () => environment.client.application.delete({ params: { app_id: 'a' } });
    expect((await remove()).status).toBe(204);
    expect((await remove()).status).toBe(404);
    expect((await server.as(access.body.token).portalSession.whoami()).status).toBe(401);
    expect((await create({ name: 'A again', uid: 'a' })).status).toBe(201);
  });
});

describe('list', () => {
  const names = (page: { body: unknown }) =>
    (page.body as { data: { name: string }[] }).data.map((one) => one.name);
  const list = (query: object) => environment.client.application.list({ query: query as never });
  const fill = async () => {
    for (let n = 1; n <= 10; n++) await create({ name: `${n}`, uid: `uid-${n}` });
    const page = (await list({})) as { body: { data: { id: string; name: string }[] } };
    // Within 4 ms ids are in no order: names are given by the order of ids.
    const ordered = page.body.data.map((one) => one.name);
    return { ordered, ids: page.body.data.map((one) => one.id) };
  };

  it('walks forwards and backwards, in both orders', async () => {
    const { ordered, ids } = await fill();
    expect(await list({})).toMatchObject({
      body: { done: true, iterator: ids[9], prevIterator: `-${ids[0]}` },
    });
    const first = (await list({ limit: 6 })) as { body: { iterator: string; done: boolean } };
    expect(names(first)).toEqual(ordered.slice(0, 6));
    expect(first.body.done).toBe(false);
    const second = (await list({ limit: 6, iterator: first.body.iterator })) as {
      body: { prevIterator: string };
    };
    expect(names(second)).toEqual(ordered.slice(6));
    expect(second.body).toMatchObject({ done: true });
    const back = await list({ limit: 3, iterator: second.body.prevIterator });
    expect(names(back)).toEqual(ordered.slice(3, 6));
    expect(back.body).toMatchObject({ done: false });
    expect(names(await list({ order: 'descending' }))).toEqual([...ordered].reverse());
    expect(names(await list({ order: 'descending', limit: 4, iterator: ids[5] }))).toEqual(
      ordered.slice(1, 5).reverse(),
    );
    expect(await list({ limit: 10 })).toMatchObject({ body: { done: true } });
  });

  it('leaves out applications by their endpoints, page by page', async () => {
    const { client } = environment;
    const app = (name: string) => unwrap(client.application.create({ body: { name } }));
    const none = await app('none');
    server.clock.advance(0.008);
    const open = await app('open');
    server.clock.advance(0.008);
    const disabled = await app('disabled');
    server.clock.advance(0.008);
    const play = await app('play');
    server.clock.advance(0.008);
    const gone = await app('gone');
    const add = (app_id: string, body: { url: string; disabled?: boolean }) =>
      unwrap(client.endpoint.create({ params: { app_id }, body }));
    await add(open.id, { url: 'https://example.com/?to=https://play.svix.com/' });
    await add(disabled.id, { url: 'https://example.com/' });
    await add(disabled.id, { url: 'https://example.com/', disabled: true });
    await add(play.id, { url: 'https://play.svix.com/in/e_1/' });
    const { id } = await add(gone.id, { url: 'https://play.svix.com/in/e_2/', disabled: true });
    await client.endpoint.delete({ params: { app_id: gone.id, endpoint_id: id } });
    type Query = NonNullable<Parameters<typeof client.application.list>[0]>['query'] & object;
    const names = async (query: Query) =>
      (await unwrap(client.application.list({ query }))).data.map((one) => one.name);
    expect(await names({ exclude_apps_with_no_endpoints: true })).toEqual(['open', 'disabled', 'play']);
    expect(await names({ exclude_apps_with_disabled_endpoints: true })).toEqual([
      'none',
      'open',
      'play',
      'gone',
    ]);
    expect(await names({ exclude_apps_with_svix_play_endpoints: true })).toEqual([
      'none',
      'open',
      'disabled',
      'gone',
    ]);
    const both = { exclude_apps_with_no_endpoints: true, exclude_apps_with_svix_play_endpoints: true };
    expect(await names({ ...both, limit: 1 })).toEqual(['open']);
    expect(await names({ ...both, iterator: open.id })).toEqual(['disabled']);
    expect(await names({ exclude_apps_with_no_endpoints: false })).toHaveLength(5);
    const svix = new SvixV1(environment.key, { serverUrl: server.url });
    const listed = await svix.application.list({ excludeAppsWithNoEndpoints: true });
    expect(listed.data.map((one) => one.name)).toEqual(['open', 'disabled', 'play']);
    expect((await unwrap(client.application.get({ params: { app_id: none.id } }))).name).toBe('none');
  });

  it('is empty but well-formed without applications', async () => {
    expect((await list({})).body).toEqual({ data: [], iterator: null, done: true });
  });

  it.each([
    ['limit=251', 'limit'],
    ['limit=0', 'limit'],
    ['limit=many', 'limit'],
    ['iterator=msg_1srOrx2ZWZBpBUvZwXKQmoEYga2', 'iterator'],
    ['order=sideways', 'order'],
  ])('refuses ?%s with 422', async (query, field) => {
    const answer = await raw('GET', `/app/?${query}`);
    expect(answer.status).toBe(422);
    const { detail } = (await answer.json()) as { detail: { loc: string[] }[] };
    expect(detail[0]?.loc.slice(0, 2)).toEqual(['query', field]);
  });

  it('is walked to its end by the client package and by both SDKs', async () => {
    const { ordered } = await fill();
    const seen: string[] = [];
    for await (const one of paginate(environment.client.application.list, { query: { limit: 3 } }))
      seen.push(one.name);
    expect(seen).toEqual(ordered);
    for (const Svix of [SvixV1, SvixV2]) {
      const svix = new Svix(environment.key, { serverUrl: server.url });
      const walked: string[] = [];
      let iterator: string | null = null;
      for (let done = false; !done; ) {
        const page: { data: { name: string }[]; iterator: string | null; done: boolean } =
          await svix.application.list({ limit: 4, ...(iterator ? { iterator } : {}) });
        walked.push(...page.data.map((one) => one.name));
        ({ iterator, done } = page);
      }
      expect(walked).toEqual(ordered);
    }
  });
});

describe('access', () => {
  it('two environments see nothing of each other, also with the same uid', async () => {
    const other = await server.createEnvironment();
    const mine = (await create({ name: 'Mine', uid: 'shared' })).body as { id: string };
    await other.client.application.create({ body: { name: 'Theirs', uid: 'shared' } });
    expect((await other.client.application.get({ params: { app_id: mine.id } })).status).toBe(404);
    expect((await other.client.application.get({ params: { app_id: 'shared' } })).body).toMatchObject({
      name: 'Theirs',
    });
    expect((await other.client.application.delete({ params: { app_id: mine.id } })).status).toBe(404);
    expect(
      (await other.client.application.patch({ params: { app_id: mine.id }, body: { name: 'X' } })).status,
    ).toBe(404);
    expect((await other.client.application.list({ query: {} })).body).toMatchObject({
      data: [{ name: 'Theirs' }],
    });
  });

  it('a portal session reads its own application and nothing else', async () => {
    await create({ name: 'Mine', uid: 'mine' });
    await create({ name: 'Other', uid: 'other' });
    const access = (await environment.client.authentication.getAppPortalAccess({
      params: { app_id: 'mine' },
      body: { readOnly: true },
    })) as { body: { token: string } };
    const { application } = server.as(access.body.token);
    expect((await application.get({ params: { app_id: 'mine' } })).status).toBe(200);
    expect((await application.get({ params: { app_id: 'other' } })).status).toBe(404);
    expect((await application.list({ query: {} })).status).toBe(403);
    expect((await application.create({ body: { name: 'x' } })).status).toBe(403);
    expect((await application.upsert({ params: { app_id: 'mine' }, body: { name: 'x' } })).status).toBe(403);
    expect((await application.patch({ params: { app_id: 'mine' }, body: { name: 'x' } })).status).toBe(403);
    expect((await application.delete({ params: { app_id: 'mine' } })).status).toBe(403);
  });
});

const raw = (method: string, path: string, body?: unknown) =>
  fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${environment.key}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
