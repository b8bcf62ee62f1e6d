import { readFile } from 'node:fs/promises';
import { unwrap } from '@postrider/client';
import type { EventTypeOut } from '@postrider/contract';
import { Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';
import { openSession } from '../sessions.js';

let server: TestServer;
let environment: TestEnvironment;
let shop: string;
let billing: string;
beforeAll(async () => {
  server = await startServer();
  [shop, billing] = await Promise.all(
    ['shop.openapi.yaml', 'billing.openapi.json'].map((name) =>
      readFile(new URL(`../data/${name}`, import.meta.url), 'utf8'),
    ) as [Promise<string>, Promise<string>],
  );
});
afterAll(() => server.stop());
beforeEach(async () => {
  environment = await server.createEnvironment();
});

type Input = Record<string, unknown>;
const send = (body: Input) => environment.client.eventType.importOpenapi({ body: body as never });
/** The document with these webhooks and components. */
const documentOf = (webhooks: unknown, components: unknown = {}) => ({
  openapi: '3.1.0',
  info: { title: 'Acme', version: '1' },
  webhooks,
  components,
});
/** A webhook with a JSON body of this schema. */
const webhook = (schema: unknown, more: Input = {}) => ({
  post: { requestBody: { content: { 'application/json': { schema } } }, ...more },
});
const get = (event_type_name: string): Promise<EventTypeOut> =>
  unwrap(environment.client.eventType.get({ params: { event_type_name } }));
const list = async (include_archived = false) =>
  (await unwrap(environment.client.eventType.list({ query: { include_archived, limit: 250 } }))).data;
const namesIn = async (include_archived = false) => (await list(include_archived)).map((one) => one.name);
const schemaOf = async (name: string) => (await get(name)).schemas?.['1'];
/** The one problem of a refusal. */
const problemOf = async (body: Input) => {
  const answer = await send(body);
  expect(answer.status).toBe(422);
  expect(await namesIn(true)).toEqual([]);
  return (answer.body as { detail: { loc: string[]; msg: string }[] }).detail[0];
};

describe('documents as people write them', () => {
  it('YAML of OpenAPI 3.1 gives an event type for each webhook', async () => {
    const { status, body } = await send({ specRaw: shop });
    expect({ status, body }).toEqual({
      status: 200,
      body: { data: { modified: ['order.created', 'order.shipped', 'category.moved', 'ping'] } },
    });
    expect(await get('order.created')).toMatchObject({
      description: 'A customer has placed an order.',
      archived: false,
      deprecated: false,
      groupName: 'orders',
      featureFlags: null,
    });
    expect(await get('order.shipped')).toMatchObject({
      description: 'Order is on its way',
      deprecated: true,
      groupName: 'orders',
      featureFlags: ['shipping', 'beta'],
    });
    expect(await get('ping')).toMatchObject({ description: 'Sent to try the connection.', schemas: null });
  });

  it('its references are put in place; what contains itself becomes a definition', async () => {
    await send({ specRaw: shop });
    const order = {
      type: 'object',
      required: ['id', 'total'],
      properties: {
        id: { type: 'string', pattern: '^ord_' },
        total: { type: 'number', exclusiveMinimum: 0 },
        note: { type: ['string', 'null'] },
      },
    };
    expect((await get('order.created')).schemas).toEqual({
      '1': {
        type: 'object',
        required: ['type', 'order'],
        properties: { type: { const: 'order.created' }, order },
        examples: [{ type: 'order.created', order: { id: 'ord_1', total: 12.5 } }],
      },
    });
    expect(await schemaOf('order.shipped')).toEqual({
      type: 'object',
      required: ['order', 'tracking'],
      properties: {
        order,
        tracking: {
          type: 'object',
          properties: { number: { type: 'string' } },
          description: 'Where the parcel is.',
        },
      },
      examples: [{ order: { id: 'ord_2', total: 5 }, tracking: { number: '1Z' } }],
    });
    const inner = { $ref: '#/definitions/Category' };
    const category = {
      type: 'object',
      properties: { name: { type: 'string' }, parent: inner, children: { type: 'array', items: inner } },
    };
    expect(await schemaOf('category.moved')).toEqual({
      type: 'object',
      properties: { category },
      definitions: { Category: category },
    });
  });

  it('JSON of OpenAPI 3.0 comes in from x-webhooks, in the words of Draft 7', async () => {
    expect((await send({ spec: JSON.parse(billing) })).body).toEqual({
      data: { modified: ['invoice.paid', 'invoice.overdue'] },
    });
    expect(await get('invoice.paid')).toMatchObject({
      description: 'An invoice was paid',
      featureFlags: ['billing'],
    });
    expect(await schemaOf('invoice.paid')).toEqual({
      type: 'object',
      required: ['id', 'amount'],
      properties: {
        id: { type: 'string', examples: ['in_1'] },
        amount: {
          type: 'object',
          properties: {
            cents: { type: 'integer', maximum: 100000 },
            currency: { type: 'string', enum: ['EUR', 'USD'] },
          },
        },
        note: { type: ['string', 'null'] },
        state: { type: ['string', 'null'], enum: ['open', 'paid', null] },
        payer: {
          anyOf: [
            { allOf: [{ type: 'object', properties: { name: { type: 'string' } } }] },
            { type: 'null' },
          ],
        },
      },
      examples: [{ id: 'in_1', amount: { cents: 100, currency: 'EUR' } }],
    });
    expect(await schemaOf('invoice.overdue')).toMatchObject({
      allOf: [{}, { properties: { days: { type: 'integer', exclusiveMinimum: 0 } } }],
    });
  });

  it('JSON as text is the same as an object', async () => {
    await send({ specRaw: billing });
    const first = await list();
    environment = await server.createEnvironment();
    await send({ spec: JSON.parse(billing) });
    const second = await list();
    const stable = (all: EventTypeOut[]) =>
      all.map(({ createdAt: _created, updatedAt: _updated, ...rest }) => rest);
    expect(stable(second)).toEqual(stable(first));
  });

  it.each([
    ['svix 1.99', SvixV1],
    ['svix 2', SvixV2],
  ])('%s imports, and reads what a dry run says', async (_name, Svix) => {
    const svix = new Svix(environment.key, { serverUrl: server.url });
    const dry = await svix.eventType.importOpenapi({ specRaw: shop, dryRun: true });
    expect(dry.data.modified).toEqual([]);
    expect(dry.data.toModify?.map((one) => [one.name, one.deprecated, one.groupName])).toEqual([
      ['order.created', false, 'orders'],
      ['order.shipped', true, 'orders'],
      ['category.moved', false, null],
      ['ping', false, null],
    ]);
    expect(await namesIn(true)).toEqual([]);
    const done = await svix.eventType.importOpenapi({ spec: JSON.parse(billing) });
    expect(done.data.modified).toEqual(['invoice.paid', 'invoice.overdue']);
    expect(done.data.toModify ?? null).toBeNull();
  });
});

describe('what is there already', () => {
  it('is changed by what the document says, and keeps what it does not say', async () => {
    await send({
      spec: documentOf({
        a: webhook({ type: 'object' }, { description: 'A', 'x-svix-group-name': 'g' }),
        b: webhook(true, { 'x-svix-feature-flags': ['beta'] }),
      }),
    });
    server.clock.advance(1);
    const before = await get('b');
    const { body } = await send({ spec: documentOf({ a: { post: { summary: 'B' } }, b: { post: {} } }) });
    expect(body).toEqual({ data: { modified: ['a'] } });
    expect(await get('a')).toMatchObject({
      description: 'B',
      groupName: 'g',
      schemas: { '1': { type: 'object' } },
    });
    expect(await get('b')).toEqual(before);
    await send({
      spec: documentOf({
        a: { post: { 'x-svix-group-name': null } },
        b: { 'x-svix-feature-flags': [], post: {} },
      }),
    });
    expect(await get('a')).toMatchObject({ groupName: null, description: 'B' });
    expect((await get('b')).featureFlags).toBeNull();
  });

  it('comes back when it was archived, and keeps its retry schedule', async () => {
    await send({ spec: documentOf({ a: { post: {} } }) });
    const params = { event_type_name: 'a' };
    const retrySchedule = [{ secs: 1, nanos: 0 }];
    await environment.client.eventType.setRetrySchedule({ params, body: { retrySchedule } });
    await environment.client.eventType.delete({ params });
    expect((await send({ spec: documentOf({ a: { post: {} } }) })).body).toEqual({
      data: { modified: ['a'] },
    });
    expect((await get('a')).archived).toBe(false);
    expect((await environment.client.eventType.getRetrySchedule({ params })).body).toEqual({ retrySchedule });
  });

  it('stays without replaceAll, and is archived with it; a dry run tells which', async () => {
    for (const name of ['kept', 'gone', 'old']) {
      await environment.client.eventType.create({ body: { name, description: name } });
    }
    await environment.client.eventType.delete({ params: { event_type_name: 'old' } });
    const spec = documentOf({ kept: { post: {} }, made: { post: {} } });
    await send({ spec });
    expect(await namesIn()).toEqual(['gone', 'kept', 'made']);
    const dry = await send({ spec, replaceAll: true, dryRun: true });
    expect(dry.body).toEqual({ data: { modified: [], to_modify: [], to_archive: ['gone'] } });
    expect(await namesIn()).toEqual(['gone', 'kept', 'made']);
    expect((await send({ spec, replaceAll: true })).body).toEqual({ data: { modified: ['gone'] } });
    expect(await namesIn()).toEqual(['kept', 'made']);
    expect((await get('gone')).description).toBe('gone');
    expect((await send({ spec: documentOf({}), replaceAll: true })).body).toEqual({
      data: { modified: ['kept', 'made'] },
    });
  });

  it("is the environment's own: another one's stays as it is", async () => {
    await send({ specRaw: shop });
    const before = await list(true);
    const mine = environment;
    environment = await server.createEnvironment();
    await send({ spec: documentOf({ ping: { post: { description: 'Mine' } } }), replaceAll: true });
    expect(await namesIn(true)).toEqual(['ping']);
    environment = mine;
    expect(await list(true)).toEqual(before);
  });

  it('is the same after any number of imports at once', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => send({ specRaw: shop })));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
    expect(await namesIn()).toHaveLength(4);
  });
});

describe('references', () => {
  it('beside other keywords are put into allOf', async () => {
    const components = { schemas: { A: { type: 'object' } } };
    const schema = { $ref: '#/components/schemas/A', minProperties: 1 };
    await send({ spec: documentOf({ a: webhook(schema) }, components) });
    expect(await schemaOf('a')).toEqual({ allOf: [{ type: 'object' }, { minProperties: 1 }] });
  });

  it('with escapes, and to definitions within the schema, are followed', async () => {
    const components = { schemas: { 'a/b~c d': { type: 'string' } } };
    const schema = {
      properties: { x: { $ref: '#/components/schemas/a~1b~0c%20d' }, y: { $ref: '#/$defs/Own' } },
      $defs: { Own: { type: 'integer' } },
    };
    await send({ spec: documentOf({ a: webhook(schema) }, components) });
    expect(await schemaOf('a')).toMatchObject({
      properties: { x: { type: 'string' }, y: { type: 'integer' } },
    });
  });

  it('that look like some in examples, values and names are left alone', async () => {
    const example = { $ref: '#/nowhere' };
    const schema = {
      enum: [example],
      default: example,
      examples: [example],
      properties: { $ref: { type: 'string' } },
    };
    await send({ spec: documentOf({ a: webhook(schema) }) });
    expect(await schemaOf('a')).toEqual(schema);
  });

  it('that would grow without end become definitions', async () => {
    // Each schema has the next one ten times: ten to the twelfth values if they were put in place.
    const schemas = Object.fromEntries(
      Array.from({ length: 12 }, (_, level) => [
        `L${level}`,
        { prefixItems: Array.from({ length: 10 }, () => ({ $ref: `#/components/schemas/L${level + 1}` })) },
      ]),
    );
    const components = { schemas: { ...schemas, L12: { type: 'null' } } };
    const { status } = await send({
      spec: documentOf({ a: webhook({ $ref: '#/components/schemas/L0' }) }, components),
    });
    expect(status).toBe(200);
    expect(await schemaOf('a')).toMatchObject({
      prefixItems: expect.arrayContaining([{ $ref: '#/definitions/L1' }]),
      definitions: { L12: { type: 'null' }, L11: {} },
    });
  });

  it('in a chain of thousands are followed without a stack', async () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 3000 }, (_, n) => [
        `S${n}`,
        { properties: { next: { $ref: `#/components/schemas/S${(n + 1) % 3000}` } } },
      ]),
    );
    const { status } = await send({
      spec: documentOf({ a: webhook({ $ref: '#/components/schemas/S0' }) }, { schemas }),
    });
    expect(status).toBe(200);
    expect(await schemaOf('a')).toMatchObject({ definitions: { S2999: {} } });
  });
});

describe('refusals', () => {
  it.each([
    ['neither spec nor specRaw', {}],
    ['nulls', { spec: null, specRaw: null }],
    ['both', { spec: {}, specRaw: '{}' }],
  ])('%s is 400', async (_name, body) => {
    expect(await send(body)).toMatchObject({
      status: 400,
      body: { code: 'bad_request', detail: 'Exactly one of spec and specRaw must be given.' },
    });
  });

  it.each<[string, Input, string[], string]>([
    ['a spec that is a text', { spec: 'x' }, ['spec'], 'must be an object'],
    ['a list', { specRaw: '- a' }, ['specRaw'], 'is an object'],
    ['an empty text', { specRaw: '' }, ['specRaw'], ''],
    ['no webhooks', { spec: { openapi: '3.1.0', paths: {} } }, ['spec'], 'neither webhooks nor x-webhooks'],
    ['webhooks in a list', { spec: documentOf([]) }, ['spec', 'webhooks'], 'must be an object'],
    ['a webhook that is a text', { spec: documentOf({ a: 'x' }) }, ['spec', 'webhooks', 'a'], 'an object'],
    [
      'a webhook without an operation',
      { spec: documentOf({ a: {} }) },
      ['spec', 'webhooks', 'a'],
      'no operation',
    ],
    [
      'a name that no event type can have',
      { spec: documentOf({ 'new pet': { post: {} } }) },
      ['spec', 'webhooks', 'new pet'],
      'must match',
    ],
    [
      'a webhook in both sections',
      { spec: { ...documentOf({ a: { post: {} } }), 'x-webhooks': { a: { post: {} } } } },
      ['spec', 'x-webhooks', 'a'],
      'webhooks and in x-webhooks',
    ],
    [
      'a group that is none',
      { spec: documentOf({ a: { post: { 'x-svix-group-name': 'a b' } } }) },
      ['spec', 'webhooks', 'a', 'post', 'x-svix-group-name'],
      'must match',
    ],
    [
      'flags that are none',
      { spec: documentOf({ a: { post: { 'x-svix-feature-flags': [1] } } }) },
      ['spec', 'webhooks', 'a', 'post', 'x-svix-feature-flags'],
      'expected string',
    ],
    [
      'a description with a zero',
      { spec: documentOf({ a: { post: { description: 'a\0' } } }) },
      ['spec', 'webhooks', 'a', 'post', 'description'],
      'Control characters',
    ],
    [
      'a schema that is none',
      { spec: documentOf({ a: webhook({ properties: { x: { type: 'text' } } }) }) },
      ['spec', 'webhooks', 'a', 'post', 'requestBody', 'content', 'application/json', 'schema'],
      '1/properties/x/type must be',
    ],
    [
      'a reference to nothing',
      { spec: documentOf({ a: webhook({ items: { $ref: '#/components/schemas/Nobody' } }) }) },
      [
        'spec',
        'webhooks',
        'a',
        'post',
        'requestBody',
        'content',
        'application/json',
        'schema',
        'items',
        '$ref',
      ],
      '#/components/schemas/Nobody leads to nothing',
    ],
    [
      'a reference of webhooks in a circle',
      { spec: documentOf({ a: { $ref: '#/webhooks/b' }, b: { $ref: '#/webhooks/a' } }) },
      ['spec', 'webhooks', 'a'],
      'circle',
    ],
    [
      'no JSON and no YAML',
      { specRaw: 'openapi: 3.1.0\nwebhooks: {a: [}\n' },
      ['specRaw'],
      'at line 2, column 16',
    ],
    ['a key twice', { specRaw: 'webhooks:\n  a: {}\n  a: {}\n' }, ['specRaw'], 'at line 3, column 3'],
    ['two documents', { specRaw: 'a: 1\n---\nb: 1\n' }, ['specRaw'], ''],
    ['an unknown tag', { specRaw: 'webhooks: !!js/function "x"' }, ['specRaw'], 'tag'],
    ['infinity', { specRaw: 'webhooks: {}\nx: .inf' }, ['specRaw'], 'infinity'],
    [
      'brackets without end',
      { specRaw: `webhooks: ${'['.repeat(100_000)}` },
      ['specRaw'],
      'nesting exceeded',
    ],
    [
      'a JSON document deeper than any',
      { specRaw: `{"webhooks":{},"x":${'['.repeat(5000)}${']'.repeat(5000)}}` },
      ['specRaw'],
      'nested deeper',
    ],
    ['an alias of what it is in', { specRaw: 'webhooks: &a\n  b: *a\n' }, ['specRaw'], 'nested deeper'],
  ])('%s is 422 that says where', async (_name, body, place, message) => {
    const problem = await problemOf(body);
    expect(problem?.loc).toEqual(['body', ...place]);
    expect(problem?.msg).toContain(message);
  });

  it.each([
    'https://127.0.0.1/schemas.json',
    'https://127.0.0.1/schemas.json#/Pet',
    'file:///etc/passwd',
    './other.yaml#/Pet',
    '#Pet',
    '#/%',
  ])('the reference %s is not followed', async (reference) => {
    const problem = await problemOf({ spec: documentOf({ a: webhook({ $ref: reference }) }) });
    expect(problem?.msg).toContain(`can be followed, not ${reference}`);
    expect(problem?.loc.at(-1)).toBe('$ref');
  });

  it('a billion laughs are 422 at once', async () => {
    const lines = Array.from(
      { length: 9 },
      (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(', ')}]`,
    );
    const problem = await problemOf({ specRaw: ['l0: &l0 ha', ...lines, 'webhooks: {}'].join('\n') });
    expect(problem?.msg).toContain('aliases counted where they stand');
  });

  it('more aliases than anybody writes are 422', async () => {
    const specRaw = `x: &x 1\nwebhooks: {}\nlist:\n${'  - *x\n'.repeat(10_001)}`;
    expect((await problemOf({ specRaw }))?.loc).toEqual(['body', 'specRaw']);
  });

  it('a wrong webhook takes the right ones with it', async () => {
    await send({ spec: documentOf({ a: { post: { description: 'first' } } }) });
    const { status } = await send({
      spec: documentOf({ a: { post: { description: 'second' } }, 'b c': { post: {} } }),
      replaceAll: true,
    });
    expect(status).toBe(422);
    expect(await namesIn(true)).toEqual(['a']);
    expect((await get('a')).description).toBe('first');
  });

  it('portal sessions and strangers may not', async () => {
    const { id } = await unwrap(environment.client.application.create({ body: { name: 'Acme' } }));
    const session = await openSession(server, environment, id);
    expect(await session.eventType.importOpenapi({ body: { spec: documentOf({}) } })).toMatchObject({
      status: 403,
    });
    const stranger = server.as('sk_nobody_nobody_nobody');
    expect(await stranger.eventType.importOpenapi({ body: { spec: documentOf({}) } })).toMatchObject({
      status: 401,
    });
  });
});
