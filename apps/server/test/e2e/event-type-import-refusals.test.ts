import { unwrap } from '@postrider/client';
import { describe, expect, it } from 'vitest';
import { type Input, importsOf } from '../imports.js';
import { Owner } from '../owner.js';
import { openSession } from '../sessions.js';

const own = Owner.use();
const { send, documentOf, webhook, get, namesIn, schemaOf, problemOf } = importsOf(own);

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
    const { id } = await unwrap(own.environment.client.application.create({ body: { name: 'Acme' } }));
    const session = await openSession(own.server, own.environment, id);
    expect(await session.eventType.importOpenapi({ body: { spec: documentOf({}) } })).toMatchObject({
      status: 403,
    });
    const stranger = own.server.as('sk_nobody_nobody_nobody');
    expect(await stranger.eventType.importOpenapi({ body: { spec: documentOf({}) } })).toMatchObject({
      status: 401,
    });
  });
});
