import { type Client, unwrap } from '@postrider/client';
import { OPERATIONAL_EVENT_TYPES } from '@postrider/contract';
import { Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';
import { openSession } from '../sessions.js';

let server: TestServer;
let environment: TestEnvironment;
let operational: Client['operationalWebhookEndpoint'];
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  environment = await server.createEnvironment();
  operational = environment.client.operationalWebhookEndpoint;
});

const url = 'https://ops.example.com/hook';
const create = (input: Partial<Parameters<typeof operational.create>[0]['body']> = {}) =>
  unwrap(operational.create({ body: { url, ...input } }));
const at = (endpoint_id: string) => ({ params: { endpoint_id } });
const problems = (answer: { body: unknown }) =>
  (answer.body as { detail: { loc: string[]; msg: string }[] }).detail;

describe('an operational endpoint', () => {
  it('is made with what was left out filled in, without channels and version', async () => {
    const made = await create();
    expect(made).toEqual({
      id: expect.stringMatching(/^ep_[0-9A-Za-z]{27}$/),
      url,
      uid: null,
      description: '',
      disabled: false,
      rateLimit: null,
      throttleRate: null,
      eventTypes: null,
      filterTypes: null,
      metadata: {},
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect(await unwrap(operational.get(at(made.id)))).toEqual(made);
  });

  it('is logged with the environment that it tells about', async () => {
    const { id } = await create();
    await unwrap(operational.upsert({ ...at(id), body: { url, disabled: true } }));
    await unwrap(operational.setHeaders({ ...at(id), body: { headers: { 'x-a': 'b' } } }));
    await unwrap(operational.rotateSecret({ ...at(id), body: {} }));
    await unwrap(operational.delete(at(id)));
    const lines = server.logs
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line['endpointId'] === id);
    expect(lines.map(({ event, environmentId, operational }) => [event, environmentId, operational])).toEqual(
      ['created', 'updated', 'disabled', 'headers_changed', 'secret_rotated', 'deleted'].map((event) => [
        `endpoint.${event}`,
        environment.id,
        true,
      ]),
    );
  });

  it('is found by its uid, replaced by PUT, and gone after DELETE', async () => {
    const made = await create({ uid: 'ops', description: 'first', eventTypes: ['endpoint.disabled'] });
    server.clock.advance(1);
    const replaced = await unwrap(
      operational.upsert({ ...at('ops'), body: { url: 'https://other.example.com', uid: 'ops' } }),
    );
    expect(replaced).toMatchObject({
      id: made.id,
      url: 'https://other.example.com/',
      description: '',
      eventTypes: null,
      createdAt: made.createdAt,
    });
    expect(replaced.updatedAt > made.updatedAt).toBe(true);
    expect((await operational.delete(at('ops'))).status).toBe(204);
    for (const name of ['ops', made.id]) expect((await operational.get(at(name))).status).toBe(404);
    await create({ uid: 'ops' });
  });

  it('is made by a PUT where none has the id, with a secret of its own', async () => {
    const answer = await operational.upsert({ ...at('new'), body: { url, uid: 'new' } });
    expect(answer).toMatchObject({ status: 200, body: { uid: 'new', url } });
    expect(await unwrap(operational.getSecret(at('new')))).toEqual({
      key: expect.stringMatching(/^whsec_/),
    });
  });

  it('has a secret that can be given, read and rotated', async () => {
    const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    const { id } = await create({ secret });
    expect(await unwrap(operational.getSecret(at(id)))).toEqual({ key: secret });
    const rotated = await operational.rotateSecret({ ...at(id), body: {} });
    expect(rotated.status).toBe(204);
    expect((await unwrap(operational.getSecret(at(id)))).key).not.toBe(secret);
    for (let times = 0; times < 9; times++) await operational.rotateSecret({ ...at(id), body: {} });
    expect(await operational.rotateSecret({ ...at(id), body: {} })).toMatchObject({
      status: 400,
      body: { code: 'limit_reached' },
    });
  });

  it('has headers that PUT replaces and nobody sees where they are sensitive', async () => {
    const { id } = await create({ headers: { 'x-team': 'ops' } });
    expect(await unwrap(operational.getHeaders(at(id)))).toEqual({
      headers: { 'x-team': 'ops' },
      sensitive: [],
    });
    const put = await operational.setHeaders({
      ...at(id),
      body: { headers: { authorization: 'Bearer s', 'x-a': '1' } },
    });
    expect(put.status).toBe(204);
    expect(await unwrap(operational.getHeaders(at(id)))).toEqual({
      headers: { 'x-a': '1' },
      sensitive: ['authorization'],
    });
  });

  it('listens to operational events only, each of which it can name', async () => {
    const made = await create({ eventTypes: [...OPERATIONAL_EVENT_TYPES] });
    expect(made.eventTypes).toEqual(OPERATIONAL_EVENT_TYPES);
    await environment.client.eventType.create({ body: { name: 'invoice.paid', description: '' } });
    const body = { url, eventTypes: ['invoice.paid'] } as never;
    for (const refused of [
      await operational.create({ body }),
      await operational.upsert({ ...at(made.id), body }),
    ]) {
      expect(refused.status).toBe(422);
      expect(problems(refused)).toEqual([
        expect.objectContaining({
          loc: ['body', 'eventTypes[0]'],
          msg: expect.stringContaining('expected `endpoint.created` or'),
        }),
      ]);
    }
  });

  it('is refused with what is wrong, and not stored', async () => {
    const refused = await operational.create({ body: { url: 'ftp://example.com' } });
    expect(refused.status).toBe(422);
    expect(problems(refused)).toMatchObject([
      { loc: ['body', 'url'], msg: 'Endpoint URL schemes must be http or https' },
    ]);
    expect((await operational.create({ body: { url, secret: 'nonsense' } })).status).toBe(422);
    await create({ uid: 'taken' });
    expect((await operational.create({ body: { url, uid: 'taken' } })).status).toBe(409);
    const { data } = await unwrap(operational.list({ query: {} }));
    expect(data.map((one) => one.uid)).toEqual(['taken']);
  });

  it('is made once by two calls with one idempotency key', async () => {
    const headers = { 'idempotency-key': 'once' };
    const first = await unwrap(operational.create({ headers, body: { url } }));
    expect(await unwrap(operational.create({ headers, body: { url } }))).toEqual(first);
    expect((await unwrap(operational.list({ query: {} }))).data).toHaveLength(1);
  });

  it('is one of many that are made at once, the first of the environment', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => create()));
    const { data } = await unwrap(operational.list({ query: {} }));
    expect(new Set(data.map((one) => one.id))).toEqual(new Set(made.map((one) => one.id)));
    const applications = await server.context.database.kysely
      .selectFrom('application')
      .select('id')
      .where('uid', '=', environment.id)
      .execute();
    expect(applications).toHaveLength(1);
  });
});

describe('lists', () => {
  it('are empty before there is one', async () => {
    expect(await operational.list({ query: {} })).toMatchObject({
      status: 200,
      body: { data: [], iterator: null, done: true },
    });
  });

  it('are paged, newest first unless asked otherwise', async () => {
    const ids: string[] = [];
    for (let number = 0; number < 4; number++) {
      server.clock.advance(0.008);
      ids.push((await create()).id);
    }
    const page = await unwrap(operational.list({ query: { limit: 3 } }));
    expect(page.data.map((one) => one.id)).toEqual(ids.toReversed().slice(0, 3));
    expect(page.done).toBe(false);
    const rest = await unwrap(operational.list({ query: { limit: 3, iterator: page.iterator ?? '' } }));
    expect(rest).toMatchObject({ data: [{ id: ids[0] }], done: true });
    const oldest = await unwrap(operational.list({ query: { order: 'ascending' } }));
    expect(oldest.data.map((one) => one.id)).toEqual(ids);
    expect((await operational.list({ query: { limit: 251 } })).status).toBe(422);
    expect((await operational.list({ query: { iterator: 'app_1' } })).status).toBe(422);
  });
});

type Operations = Client['operationalWebhookEndpoint'];
const CALLS: readonly [
  name: keyof Operations,
  call: (operations: Operations, id: string) => Promise<{ status: number; body: unknown }>,
][] = [
  ['list', (one) => one.list({ query: {} })],
  ['create', (one) => one.create({ body: { url } })],
  ['get', (one, id) => one.get(at(id))],
  ['upsert', (one, id) => one.upsert({ ...at(id), body: { url } })],
  ['delete', (one, id) => one.delete(at(id))],
  ['getSecret', (one, id) => one.getSecret(at(id))],
  ['rotateSecret', (one, id) => one.rotateSecret({ ...at(id), body: {} })],
  ['getHeaders', (one, id) => one.getHeaders(at(id))],
  ['setHeaders', (one, id) => one.setHeaders({ ...at(id), body: { headers: {} } })],
];

describe.each(CALLS)('%s', (name, call) => {
  it('is the operator’s: 401 without a token, 403 for every portal session', async () => {
    const { id } = await create();
    await environment.client.application.create({ body: { name: 'a', uid: 'a' } });
    const session = await openSession(server, environment, 'a');
    expect((await call(server.as(undefined).operationalWebhookEndpoint, id)).status).toBe(401);
    expect((await call(session.operationalWebhookEndpoint, id)).status).toBe(403);
  });

  it('sees nothing of another environment', async () => {
    const made = await create({ uid: 'ops', headers: { 'x-a': '1' } });
    const secret = await unwrap(operational.getSecret(at(made.id)));
    const other = (await server.createEnvironment()).client.operationalWebhookEndpoint;
    for (const round of ['without one of its own', 'with one of its own']) {
      const answer = await call(other, made.id);
      if (name === 'list') {
        expect(JSON.stringify(answer.body)).not.toContain(made.id);
      } else if (name === 'create' || name === 'upsert') {
        expect((answer.body as { id: string }).id, round).not.toBe(made.id);
      } else {
        expect(answer.status, round).toBe(404);
      }
      await other.create({ body: { url, uid: `own-${round.length}` } });
    }
    expect(await unwrap(operational.get(at('ops')))).toEqual(made);
    expect(await unwrap(operational.getSecret(at('ops')))).toEqual(secret);
    expect((await unwrap(operational.getHeaders(at('ops')))).headers).toEqual({ 'x-a': '1' });
  });
});

const types = ['endpoint.disabled', 'message.attempt.exhausted'];

it('svix 1.99 makes, reads, changes and deletes operational endpoints', async () => {
  const svix = new SvixV1(environment.key, { serverUrl: server.url });
  const endpoint = svix.operationalWebhookEndpoint;
  const made = await endpoint.create({ url, uid: 'sdk', filterTypes: types, rateLimit: 10 });
  expect(made).toMatchObject({ uid: 'sdk', filterTypes: types, throttleRate: 10, disabled: false });
  expect(made.createdAt).toBeInstanceOf(Date);
  expect(await svix.operationalWebhook.endpoint.get('sdk')).toEqual(made);
  expect((await endpoint.list()).data).toEqual([made]);
  const replaced = await endpoint.update('sdk', { url, uid: 'sdk', description: 'x' });
  expect(replaced).toMatchObject({ id: made.id, description: 'x', filterTypes: null });
  const { key } = await endpoint.getSecret(made.id);
  expect(await endpoint.rotateSecret(made.id, {})).toBeUndefined();
  expect((await endpoint.getSecret(made.id)).key).not.toBe(key);
  await endpoint.updateHeaders(made.id, { headers: { 'x-a': '1' } });
  expect(await endpoint.getHeaders(made.id)).toEqual({ headers: { 'x-a': '1' }, sensitive: [] });
  await endpoint.delete(made.id);
  await expect(endpoint.get(made.id)).rejects.toMatchObject({ code: 404 });
  await expect(endpoint.create({ url, filterTypes: ['nonsense'] })).rejects.toMatchObject({ code: 422 });
});

it('svix 2 makes, reads, changes and deletes operational endpoints', async () => {
  const { endpoint } = new SvixV2(environment.key, { serverUrl: server.url }).operationalWebhook;
  const made = await endpoint.create({ url, uid: 'sdk', eventTypes: types, throttleRate: 10 });
  expect(made).toMatchObject({ uid: 'sdk', eventTypes: types, throttleRate: 10, disabled: false });
  expect(made.createdAt).toBeInstanceOf(Date);
  expect(await endpoint.get('sdk')).toEqual(made);
  expect((await endpoint.list()).data).toEqual([made]);
  const replaced = await endpoint.upsert('sdk', { url, uid: 'sdk', description: 'x' });
  expect(replaced).toMatchObject({ id: made.id, description: 'x', eventTypes: null });
  const { key } = await endpoint.getSecret(made.id);
  expect(await endpoint.rotateSecret(made.id, {})).toBeUndefined();
  expect((await endpoint.getSecret(made.id)).key).not.toBe(key);
  await endpoint.setHeaders(made.id, { headers: { 'x-a': '1' } });
  expect(await endpoint.getHeaders(made.id)).toMatchObject({ headers: { 'x-a': '1' } });
  await endpoint.delete(made.id);
  await expect(endpoint.get(made.id)).rejects.toMatchObject({ code: 404 });
  await expect(endpoint.create({ url, eventTypes: ['nonsense'] })).rejects.toMatchObject({ code: 422 });
});
