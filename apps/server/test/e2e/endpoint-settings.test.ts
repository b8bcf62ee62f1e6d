import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';
import { bodyOf } from '../sessions.js';

let server: TestServer;
let environment: TestEnvironment;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  environment = await server.createEnvironment();
  await environment.client.application.create({ body: { name: 'a', uid: 'a' } });
});

const url = 'https://example.com/hook';
const E = { params: { app_id: 'a', endpoint_id: 'e' } };
const call = () => environment.client.endpoint;
const create = (body: Record<string, unknown> = {}) =>
  call().create({ params: { app_id: 'a' }, body: { url, uid: 'e', ...body } as never });
const secret = async () => (await bodyOf<{ key: string }>(call().getSecret(E))).key;
const rotate = (body: Record<string, unknown> = {}) => call().rotateSecret({ ...E, body: body as never });
/** A rotation as a client of this name makes it. */
const rotateAs = (userAgent: string, body: object = {}) =>
  fetch(`${server.url}/api/v1/app/a/endpoint/e/secret/rotate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${environment.key}`, 'user-agent': userAgent },
    body: JSON.stringify(body),
  });

const base64 = (bytes: number, fill = 7) => Buffer.alloc(bytes, fill).toString('base64');
const HMAC = `whsec_${base64(24)}`;
const LONG = `whsec_${base64(75)}`;
const PAIR = 'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==';
const PUBLIC = 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=';
const MIXED = `whsk_${Buffer.alloc(64, 1).toString('base64')}`;

describe('secret', () => {
  it('is made anew for each endpoint, 24 random bytes', async () => {
    await create();
    const first = await secret();
    expect(first).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
    await create({ uid: 'f' });
    const other = await call().getSecret({ params: { app_id: 'a', endpoint_id: 'f' } });
    expect(other.body).not.toEqual({ key: first });
  });

  it.each([
    ['24 bytes', HMAC, HMAC],
    ['75 bytes', LONG, LONG],
    ['an ed25519 pair, by its public key', PAIR, PUBLIC],
    ['bare base64', base64(24), HMAC],
  ])('can be given: %s', async (_name, given, shown) => {
    expect((await create({ secret: given })).status).toBe(201);
    expect(await secret()).toBe(shown);
    expect((await rotate({ key: HMAC })).status).toBe(204);
    expect((await rotate({ key: given })).status).toBe(204);
    expect(await secret()).toBe(shown);
  });

  const decode = 'value_error.jsondecode';
  it.each([
    ['too short', `whsec_${base64(23)}`, 'secret length invalid', undefined],
    ['too long', `whsec_${base64(76)}`, 'secret length invalid', undefined],
    ['a pair that does not fit', MIXED, 'Invalid key, failed signing test msg', undefined],
    ['a public key', PUBLIC, 'invalid prefix', decode],
    ['another prefix', `other_${base64(24)}`, 'invalid prefix', decode],
    ['nothing', '', 'invalid prefix', decode],
    ['base64 that is not strict', `whsec_${base64(25).replace(/=+$/, '')}`, 'invalid base64', decode],
  ])('%s is 422 on create and on rotation, and not told again', async (_name, given, message, type) => {
    const problem = (field: string) => ({
      status: 422,
      body: {
        detail: [
          type
            ? { loc: ['body', field], msg: `${field}: ${message}`, type }
            : { loc: ['body', 'key', '__all__'], msg: message, type: 'value_error' },
        ],
      },
    });
    const refused = await create({ secret: given });
    expect(refused).toMatchObject(problem('secret'));
    if (given !== '') expect(JSON.stringify(refused.body)).not.toContain(given);
    await create();
    const before = await secret();
    expect(await rotate({ key: given })).toMatchObject(problem('key'));
    expect(await secret()).toBe(before);
  });

  it('is ed25519 by default where the operator wants that', async () => {
    const other = await startServer({ POSTRIDER_DEFAULT_SIGNATURE_TYPE: 'ed25519' });
    try {
      const { client } = await other.createEnvironment();
      await client.application.create({ body: { name: 'a', uid: 'a' } });
      await client.endpoint.create({ params: { app_id: 'a' }, body: { url, uid: 'e' } });
      const first = await bodyOf<{ key: string }>(client.endpoint.getSecret(E));
      expect(first.key).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
      await client.endpoint.rotateSecret({ ...E, body: {} });
      const second = await bodyOf<{ key: string }>(client.endpoint.getSecret(E));
      expect(second.key).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
      expect(second).not.toEqual(first);
    } finally {
      await other.stop();
    }
  });
});

describe('rotation', () => {
  /** Old and current secrets as stored: how many, and for how long the old ones sign from now on. */
  const stored = async () => {
    const rows = await server.context.database.kysely
      .selectFrom('endpoint_secret')
      .innerJoin('endpoint', 'endpoint.id', 'endpoint_secret.endpoint_id')
      .select(['endpoint_secret.expires_at'])
      .where('endpoint.environment_id', '=', environment.id)
      .execute();
    const now = server.clock.now().getTime();
    return rows
      .map((row) => (row.expires_at ? Math.round((row.expires_at.getTime() - now) / 1000) : null))
      .sort((a, b) => (a ?? 1e9) - (b ?? 1e9));
  };

  it('makes a new one; rotating to the old one brings it back', async () => {
    await create();
    const first = await secret();
    expect((await rotate({ key: null })).status).toBe(204);
    const second = await secret();
    expect(second).not.toBe(first);
    expect((await rotate({ key: first })).status).toBe(204);
    expect(await secret()).toBe(first);
    expect((await rotate({ key: first })).status).toBe(204);
    expect(await secret()).toBe(first);
  });

  it('lets the old one sign for a day, or as long as asked; without grace it is erased', async () => {
    await create();
    await rotate();
    await rotate({ gracePeriodSeconds: 604_800 });
    expect(await stored()).toEqual([86_400, 604_800, null]);
    await rotate({ gracePeriodSeconds: 0 });
    expect(await stored()).toEqual([86_400, 604_800, null]);
    server.clock.advance(86_401);
    await rotate({ gracePeriodSeconds: 60 });
    expect(await stored()).toEqual([60, 518_399, null]);
    expect((await rotate({ gracePeriodSeconds: 604_801 })).status).toBe(422);
    expect((await rotate({ gracePeriodSeconds: -1 })).status).toBe(422);
  });

  it('is refused while ten old ones sign, unless the present one is to be dropped', async () => {
    await create();
    expect((await rotate({ gracePeriodSeconds: 60 })).status).toBe(204);
    for (let n = 0; n < 9; n++) expect((await rotate()).status).toBe(204);
    const before = await secret();
    expect(await rotate()).toMatchObject({
      status: 400,
      body: {
        code: 'limit_reached',
        detail: expect.stringMatching(/^You can only rotate a key 10 times; .* expires at \d{4}-.*Z\.$/),
      },
    });
    expect(await secret()).toBe(before);
    expect((await rotate({ gracePeriodSeconds: 0 })).status).toBe(204);
    expect(await secret()).not.toBe(before);
    expect((await rotate()).status).toBe(400);
    server.clock.advance(61);
    expect((await rotate()).status).toBe(204);
    expect((await rotate()).status).toBe(400);
  });

  it('counts right when many rotate at once', async () => {
    await create();
    const answers = await Promise.all(Array.from({ length: 13 }, () => rotate()));
    expect(answers.filter((one) => one.status === 204).length).toBe(10);
    expect(answers.filter((one) => one.status === 400).length).toBe(3);
  });

  it.each([
    ['svix-libs/2.7.0/python', 200],
    ['svix-libs/2.10/rust', 200],
    ['svix-libs/3.0.0/javascript', 200],
    ['svix-libs/2.6.9/python', 204],
    ['svix-libs/1.99.1/java', 204],
    ['curl/8.0', 204],
    ['not svix-libs/9.9', 204],
    ['', 204],
  ])('answers %s with %i', async (userAgent, status) => {
    await create({ secret: HMAC });
    const answer = await rotateAs(userAgent, { key: LONG });
    expect(answer.status).toBe(status);
    if (status === 200) expect(await answer.json()).toEqual({ key: LONG });
    else expect(await answer.text()).toBe('');
    expect(await secret()).toBe(LONG);
  });

  it('never answers a private key', async () => {
    await create();
    expect(await (await rotateAs('svix-libs/2.7.0/python', { key: PAIR })).json()).toEqual({ key: PUBLIC });
  });

  it('repeated with one idempotency key rotates once', async () => {
    await create();
    const headers = { 'idempotency-key': 'once' };
    await call().rotateSecret({ ...E, body: {}, headers });
    const after = await secret();
    expect((await call().rotateSecret({ ...E, body: {}, headers })).status).toBe(204);
    expect(await secret()).toBe(after);
  });
});

describe('headers', () => {
  const headers = async () => (await call().getHeaders(E)).body;
  const put = (given: object) => call().setHeaders({ ...E, body: { headers: given } as never });
  const patch = (given: object, deleteHeaders?: string[]) =>
    call().patchHeaders({
      ...E,
      body: { headers: given, ...(deleteHeaders ? { deleteHeaders } : {}) } as never,
    });

  it('are none at first, or those given on creation', async () => {
    await create();
    expect(await headers()).toEqual({ headers: {}, sensitive: [] });
    await create({ uid: 'f', headers: { 'X-Tenant': 'acme', 'X-API-Key': 'k' } });
    expect((await call().getHeaders({ params: { app_id: 'a', endpoint_id: 'f' } })).body).toEqual({
      headers: { 'X-Tenant': 'acme' },
      sensitive: ['X-API-Key'],
    });
  });

  it('PUT replaces all, PATCH merges, null and deleteHeaders remove', async () => {
    await create();
    expect((await patch({ 'X-One': '1' })).status).toBe(204);
    expect(await headers()).toMatchObject({ headers: { 'X-One': '1' } });
    expect((await put({ 'X-Two': '2', 'X-Three': '3', 'X-Four': '' })).status).toBe(204);
    expect(await headers()).toMatchObject({ headers: { 'X-Two': '2', 'X-Three': '3', 'X-Four': '' } });
    await patch({ 'X-Two': null, 'X-Five': '5', 'X-None': null });
    expect(await headers()).toMatchObject({ headers: { 'X-Three': '3', 'X-Four': '', 'X-Five': '5' } });
    await patch({}, ['X-Three', 'x-four', 'X-None']);
    expect((await headers()) as object).toEqual({ headers: { 'X-Five': '5' }, sensitive: [] });
    await put({});
    expect(await headers()).toEqual({ headers: {}, sensitive: [] });
  });

  it('keep the case that was given last; one name in two cases is one header', async () => {
    await create();
    await put({ 'x-a': '1', 'X-A': '2', 'x-B': '3' });
    expect(await headers()).toMatchObject({ headers: { 'X-A': '2', 'x-B': '3' } });
    await patch({ 'x-A': '4' });
    expect((await headers()) as object).toEqual({ headers: { 'x-B': '3', 'x-A': '4' }, sensitive: [] });
    await patch({ 'X-a': null });
    expect(await headers()).toMatchObject({ headers: { 'x-B': '3' } });
  });

  it('never show the value of sensitive ones, but keep it when others change', async () => {
    await create();
    await put({ Authorization: 'Bearer top', 'x-auth-token': 't', 'x-other': 'o' });
    const shown = { headers: { 'x-other': 'o' }, sensitive: ['Authorization', 'x-auth-token'] };
    expect(await headers()).toEqual(shown);
    await patch({ 'x-other': 'p' });
    expect(await headers()).toEqual({
      headers: { 'x-other': 'p' },
      sensitive: ['Authorization', 'x-auth-token'],
    });
    await patch({ authorization: null });
    expect(await headers()).toMatchObject({ sensitive: ['x-auth-token'] });
  });

  it.each([
    ['a name with a blank', { 'a b': '1' }],
    ['a name of ours', { 'Svix-Id': '1' }],
    ['a name of a cloud', { 'x-goog-a': '1' }],
    ['a name of the connection', { 'Content-Length': '1' }],
    ['a line break in a value', { a: '1\r\nb: 2' }],
    ['a value of 4097 bytes', { a: 'x'.repeat(4097) }],
  ])('%s is 422 on PUT, PATCH and create', async (_name, wrong) => {
    await create({ headers: { a: '0' } });
    for (const answer of [await put(wrong), await patch(wrong), await create({ uid: 'f', headers: wrong })]) {
      expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'headers'] }] } });
    }
    expect(await headers()).toMatchObject({ headers: { a: '0' } });
  });

  it('none is lost when several change at once', async () => {
    await create();
    await Promise.all(Array.from({ length: 8 }, (_, n) => patch({ [`x-${n}`]: String(n) })));
    expect(Object.keys(((await headers()) as { headers: object }).headers)).toHaveLength(8);
  });

  it('of an endpoint that is not there are 404', async () => {
    expect((await call().getHeaders(E)).status).toBe(404);
    expect((await put({})).status).toBe(404);
    expect((await patch({})).status).toBe(404);
    expect((await rotate()).status).toBe(404);
    expect((await call().getSecret(E)).status).toBe(404);
  });
});

describe('https only', () => {
  it('refuses http on create, PUT and PATCH where the operator wants that', async () => {
    const other = await startServer({ POSTRIDER_ENDPOINT_HTTPS_ONLY: 'true' });
    try {
      const { client } = await other.createEnvironment();
      const params = { app_id: 'a' };
      await client.application.create({ body: { name: 'a', uid: 'a' } });
      const { endpoint } = client;
      expect((await endpoint.create({ params, body: { url: 'HTTPS://a.b', uid: 'e' } })).status).toBe(201);
      const http = { url: 'http://a.b' };
      for (const answer of [
        await endpoint.create({ params, body: http }),
        await endpoint.upsert({ ...E, body: http }),
        await endpoint.patch({ ...E, body: http }),
      ]) {
        const msg = 'Endpoint URL schemes must be https when endpoint_https_only is set.';
        expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'url'], msg }] } });
      }
      expect((await endpoint.patch({ ...E, body: { description: 'b' } })).status).toBe(200);
    } finally {
      await other.stop();
    }
  });
});
