import { unwrap } from '@postrider/client';
import type { EndpointOut } from '@postrider/contract';
import { Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { describe, expect, it } from 'vitest';
import { applicationWith, Owner } from '../owner.js';

const own = Owner.use(applicationWith('a', 'et1', 'et2'));

type Input = Record<string, unknown>;
const url = 'https://example.com/hook';
const E = { params: { app_id: 'a', endpoint_id: 'e' } };
const call = () => own.environment.client.endpoint;
const create = (body: Input = {}) =>
  call().create({ params: { app_id: 'a' }, body: { url, uid: 'e', ...body } as never });
const put = (body: Input) => call().upsert({ ...E, body: { url, uid: 'e', ...body } as never });
const patch = (body: Input) => call().patch({ ...E, body: body as never });
const get = () => unwrap(call().get(E));
const count = async () => (await unwrap(call().list({ params: { app_id: 'a' }, query: {} }))).data.length;

/** Everything of an endpoint but when it was last changed. */
const still = (one: EndpointOut): Input => ({ ...one, updatedAt: undefined });

describe('a change of one field alone', () => {
  const STEPS: readonly (readonly [change: Input, effect: Input])[] = [
    [{ rateLimit: 4 }, { rateLimit: 4, throttleRate: 4 }],
    [{ rateLimit: null }, { rateLimit: null, throttleRate: null }],
    [{ filterTypes: ['et1'] }, { filterTypes: ['et1'], eventTypes: ['et1'] }],
    [{ filterTypes: null }, { filterTypes: null, eventTypes: null }],
    [{ eventTypes: ['et2'] }, { filterTypes: ['et2'], eventTypes: ['et2'] }],
    [{ channels: ['one'] }, { channels: ['one'] }],
    [{ channels: null }, { channels: null }],
    [{ metadata: { a: '1' } }, { metadata: { a: '1' } }],
    [{ metadata: {} }, { metadata: {} }],
    [{ url: 'HTTP://Bad.Url' }, { url: 'http://bad.url/' }],
    [{ description: '' }, { description: '' }],
    [{ version: 5 }, { version: 5 }],
  ];

  it.each([
    ['svix 1.99', SvixV1],
    ['svix 2', SvixV2],
  ] as const)('by PATCH of %s leaves the others as they were', async (_name, Svix) => {
    const svix = new Svix(own.environment.key, { serverUrl: own.server.url }) as SvixV2;
    await create({ description: 'D', throttleRate: 9, channels: ['x'], metadata: { k: 'v' } });
    let expected = still(await get());
    // Each generation sends the names that it has; our client sends the others.
    const others =
      _name === 'svix 2' ? ['rateLimit', 'filterTypes', 'version'] : ['throttleRate', 'eventTypes'];
    for (const [change, effect] of STEPS) {
      expected = { ...expected, ...effect };
      if (Object.keys(change).some((name) => others.includes(name))) await unwrap(patch(change));
      else await svix.endpoint.patch('a', 'e', change);
      expect(still(await get()), JSON.stringify(change)).toEqual(expected);
    }
    expect((await svix.endpoint.get('a', 'e')).url).toBe('http://bad.url/');
  });
});

describe('filters and throttle', () => {
  it('an endpoint’s types are cleared by a PUT without them and set by one with them', async () => {
    const refused = await create({ filterTypes: ['bad-type'] });
    expect(refused).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'eventTypes'] }] } });
    expect(await count()).toBe(0);
    expect(await create({ filterTypes: ['et1'] })).toMatchObject({
      status: 201,
      body: { filterTypes: ['et1'] },
    });
    expect(await put({})).toMatchObject({ status: 200, body: { filterTypes: null, eventTypes: null } });
    expect(await put({ filterTypes: ['et1'] })).toMatchObject({ body: { eventTypes: ['et1'] } });
    expect(await get()).toMatchObject({ filterTypes: ['et1'], eventTypes: ['et1'] });
    // The portal's hooks send an empty list for all of them.
    expect(await put({ filterTypes: [] })).toMatchObject({ body: { eventTypes: null } });
  });

  it('its channels are never an empty list; they are set, cleared by a PUT without them, and set again', async () => {
    const empty = { status: 422, body: { detail: [{ loc: ['body', 'channels'] }] } };
    expect(await create({ channels: [] })).toMatchObject(empty);
    expect(await put({ channels: [] })).toMatchObject(empty);
    expect(await count()).toBe(0);
    expect(await create({ channels: ['one'] })).toMatchObject({ status: 201, body: { channels: ['one'] } });
    expect(await put({ channels: [] })).toMatchObject(empty);
    expect(await patch({ channels: [] })).toMatchObject(empty);
    expect(await get()).toMatchObject({ channels: ['one'] });
    expect(await put({})).toMatchObject({ status: 200, body: { channels: null } });
    expect(await put({ channels: ['one', 'two'] })).toMatchObject({ body: { channels: ['one', 'two'] } });
    expect(await get()).toMatchObject({ channels: ['one', 'two'] });
  });

  it.each(['rateLimit', 'throttleRate'])(
    'its %s is stored on create and cleared by a PUT without it',
    async (name) => {
      const set = { rateLimit: 100, throttleRate: 100 };
      expect(await create({ [name]: 100 })).toMatchObject({ status: 201, body: set });
      expect(await get()).toMatchObject(set);
      const cleared = { rateLimit: null, throttleRate: null };
      expect(await put({})).toMatchObject({ status: 200, body: cleared });
      expect(await get()).toMatchObject(cleared);
    },
  );
});

it('addresses are tidied, metadata is set and cleared, and the list counts what there is', async () => {
  expect(await create({ url: 'HTTP://Bad.Url:80/Path' })).toMatchObject({
    body: { url: 'http://bad.url/Path' },
  });
  expect(await put({ url: 'https://OTHER.example' })).toMatchObject({
    body: { url: 'https://other.example/' },
  });
  expect(await put({ metadata: { k: 'v' } })).toMatchObject({ body: { metadata: { k: 'v' } } });
  expect(await get()).toMatchObject({ metadata: { k: 'v' } });
  expect(await put({ metadata: {} })).toMatchObject({ body: { metadata: {} } });
  const made = await call().upsert({
    params: { app_id: 'a', endpoint_id: 'f' },
    body: { url, metadata: { l: 'w' } },
  });
  expect(made).toMatchObject({ status: 201, body: { metadata: { l: 'w' } } });
  expect(await count()).toBe(2);
  expect((await call().delete(E)).status).toBe(204);
  expect((await call().get(E)).status).toBe(404);
  expect(await count()).toBe(1);
});

describe('names of headers', () => {
  const FORBIDDEN =
    'user-agent keep-alive proxy-authenticate proxy-authorization te trailers transfer-encoding upgrade age ' +
    'cache-control clear-site-data expires pragma warning ' +
    'content-length content-type content-encoding content-language content-location';
  const PREFIXES = 'x-amz- x-amzn- x-google x-goog- x-gfe x-azure- x-fd- x-svix- svix-';

  it('that are the connection’s, the body’s, a cloud’s or the service’s are refused by PUT and PATCH', async () => {
    await create({ headers: { 'X-Kept': '1' } });
    const names = [
      ...FORBIDDEN.split(' ').map((name) => [name, 'Header uses a forbidden key.'] as const),
      ...PREFIXES.split(' ').map((name) => [`${name}a`, 'Header starts with a forbidden prefix.'] as const),
      ...['', 'a b', 'a:b', 'ä', 'a\n'].map((name) => [name, 'Invalid Header Name.'] as const),
    ];
    for (const [name, msg] of names) {
      const refusal = { status: 422, body: { detail: [{ loc: ['body', 'headers'] }] } };
      for (const spelled of new Set([name, name.toUpperCase()])) {
        const body = { headers: { 'x-good': '1', [spelled]: '1' } };
        for (const answer of [
          await call().setHeaders({ ...E, body }),
          await call().patchHeaders({ ...E, body }),
        ]) {
          expect(answer, spelled).toMatchObject(refusal);
          expect(JSON.stringify(answer.body), spelled).toContain(msg);
        }
      }
    }
    const kept = { headers: { 'X-Kept': '1' }, sensitive: [] };
    expect(await unwrap(call().getHeaders(E))).toEqual(kept);
  });

  it('that are near them are taken', async () => {
    await create();
    const headers = {
      Host: 'a',
      'X-Amazon': '1',
      'x-goo': '1',
      'Webhook-Own': '1',
      TEA: '1',
      'content-typ': '1',
    };
    expect((await call().setHeaders({ ...E, body: { headers } })).status).toBe(204);
    expect(await unwrap(call().getHeaders(E))).toEqual({ headers, sensitive: [] });
  });
});
