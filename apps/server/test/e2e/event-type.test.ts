import { paginate } from '@postrider/client';
import type { EventTypeOut } from '@postrider/contract';
import { Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { describe, expect, it } from 'vitest';
import { BARE_EVENT_TYPE, eventTypesOf } from '../event-types.js';
import { Owner } from '../owner.js';
import { bodyOf } from '../sessions.js';

const own = Owner.use();
const { call, create, get, put, patch, remove, list, namesIn, schemas } = eventTypesOf(own);

describe('create', () => {
  it('gives the event type with its defaults, found by name', async () => {
    const { status, body } = await create({ name: 'invoice.paid', description: '' });
    expect(status).toBe(201);
    expect(body).toEqual({
      name: 'invoice.paid',
      description: '',
      ...BARE_EVENT_TYPE,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    });
    expect(await get('invoice.paid')).toMatchObject({ status: 200, body });
  });

  it('keeps everything that is given', async () => {
    const given = {
      name: 'a',
      description: 'A ä 😀',
      deprecated: true,
      archived: true,
      schemas,
      groupName: 'billing',
      featureFlags: ['beta', 'gamma'],
    };
    const made = await bodyOf<EventTypeOut>(create({ ...given, featureFlag: 'ignored', unknown: 1 }));
    expect(made).toMatchObject({ ...given, featureFlag: 'beta' });
    expect((await get('a')).body).toEqual(made);
  });

  it('reads the single flag of old clients', async () => {
    expect((await create({ name: 'a', description: '', featureFlag: 'beta' })).body).toMatchObject({
      featureFlag: 'beta',
      featureFlags: ['beta'],
    });
  });

  it('is 409 for a name in use; an archived one comes back with the content given', async () => {
    await create({ name: 'a', description: 'first', schemas, featureFlags: ['x'], groupName: 'g' });
    expect(await create({ name: 'a', description: 'second' })).toMatchObject({
      status: 409,
      body: { code: 'event_type_exists', detail: 'An event_type with this name already exists' },
    });
    await remove('a');
    expect(await create({ name: 'a', description: 'third' })).toMatchObject({
      status: 201,
      body: { description: 'third', archived: false, schemas: null, featureFlags: null, groupName: null },
    });
    await remove('a');
    const still = await create({ name: 'a', description: 'fourth', archived: true });
    expect(still).toMatchObject({ status: 201, body: { description: 'fourth', archived: true } });
  });

  it('makes one of two calls at once', async () => {
    const made = await Promise.all([1, 2, 3].map(() => create({ name: 'a', description: '' })));
    expect(made.map((one) => one.status).sort((a, b) => a - b)).toEqual([201, 409, 409]);
  });

  it.each([
    ['no description', { name: 'a' }, ['body', 'description']],
    ['a name with a blank', { name: 'a b', description: '' }, ['body', 'name', '__all__']],
    ['a name of 257 characters', { name: 'a'.repeat(257), description: '' }, ['body', 'name', '__all__']],
    ['a control character', { name: 'a', description: '\u0000' }, ['body', 'description']],
    ['a bad flag', { name: 'a', description: '', featureFlag: 'a b' }, ['body', 'feature_flag', '__all__']],
    ['schemas in a list', { name: 'a', description: '', schemas: [] }, ['body', 'schemas']],
  ])('refuses %s with 422 that names the field', async (_name, body, loc) => {
    const { status, body: answer } = await create(body);
    expect(status).toBe(422);
    expect((answer as { detail: { loc: string[] }[] }).detail[0]?.loc).toEqual(loc);
  });
});

describe('schemas', () => {
  const deep = (levels: number): object => (levels === 0 ? {} : { not: deep(levels - 1) });

  it.each([
    ['a keyword of the wrong type', { '1': { readOnly: 15 } }, '1/readOnly must be boolean'],
    ['the second of two', { '1': {}, '2': { type: 'text' } }, '2/type must be'],
    ['a schema that is a text', { '1': 'object' }, '1 must be object,boolean'],
    ['a pattern that is none', { '1': { pattern: '(' } }, 'must match format "regex"'],
    [
      'Draft 7 errors under another $schema',
      { '1': { $schema: 'https://json-schema.org/draft/2020-12/schema', required: 'a' } },
      '1/required must be array',
    ],
    ['a zero in a text', { '1': { description: 'a\u0000b' } }, 'characters that are not allowed'],
    ['a zero in a name', { '1': { properties: { 'a\u0000': {} } } }, 'characters that are not allowed'],
    ['half of a surrogate pair', { '1': { examples: [['\ud800']] } }, 'characters that are not allowed'],
    ['a hundred and one levels', { '1': deep(100) }, 'nested deeper than 100 levels'],
    ['too many values', { '1': { enum: Array.from({ length: 20_000 }, (_, n) => n) } }, 'more than 20000'],
  ])('%s is 422 on create, PUT and PATCH', async (_name, wrong, message) => {
    await create({ name: 'there', description: '' });
    for (const answer of [
      await create({ name: 'a', description: '', schemas: wrong }),
      await put('there', { description: '', schemas: wrong }),
      await patch('there', { schemas: wrong }),
    ]) {
      expect(answer).toMatchObject({
        status: 422,
        body: {
          detail: [
            {
              loc: ['body', 'schemas'],
              msg: expect.stringContaining(message),
              type: 'value_error.jsondecode',
            },
          ],
        },
      });
    }
    expect((await get('there')).body).toMatchObject({ schemas: null });
    expect((await get('a')).status).toBe(404);
  });

  it.each([
    ['none', {}],
    ['both booleans', { '1': true, '2': false }],
    ['a hundred levels', { '1': deep(99) }],
    ['a backslash before what is no escape', { '1': { description: '\\u0000 \\ud800' } }],
    ['another $schema', { '1': { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' } }],
    ['an $id twice', { '1': { $id: 'https://a.b/c' }, '2': { $id: 'https://a.b/c' } }],
    ['a reference to nowhere', { '1': { $ref: 'https://a.b/c#/d' } }],
    ['unknown keywords', { '1': { 'x-group': 'a', nullable: true } }],
    ['a name of every object', { '1': { properties: { constructor: {}, toString: {} } } }],
  ])('%s is kept', async (_name, right) => {
    expect((await create({ name: 'a', description: '', schemas: right })).status).toBe(201);
    expect((await get('a')).body).toMatchObject({ schemas: right });
  });

  it('a body nested without end is refused, not a failure', async () => {
    const nested = `${'{"not":'.repeat(50_000)}{}${'}'.repeat(50_000)}`;
    const answer = await fetch(`${own.server.url}/api/v1/event-type/`, {
      method: 'POST',
      headers: { authorization: `Bearer ${own.environment.key}` },
      body: `{"name":"a","description":"","schemas":{"1":${nested}}}`,
    });
    expect(answer.status).toBe(422);
  });
});

describe('list', () => {
  // Bytewise: capitals before small letters, and a dot before both.
  const NAMES = ['A.z', 'Z', 'a', 'a-b', 'a.b', 'a0', 'aB', 'a_b', 'b', 'b.c'];
  const fill = async () => {
    for (const name of [...NAMES].reverse()) await create({ name, description: '', schemas });
  };

  it('walks by name, forwards and backwards, in both orders', async () => {
    await fill();
    expect(namesIn(await list())).toEqual(NAMES);
    expect(await list()).toMatchObject({ body: { done: true, iterator: 'b.c', prevIterator: '-A.z' } });
    const first = await list({ limit: 6 });
    expect(namesIn(first)).toEqual(NAMES.slice(0, 6));
    expect(first).toMatchObject({ body: { done: false, iterator: 'a0' } });
    const second = await list({ limit: 6, iterator: 'a0' });
    expect(namesIn(second)).toEqual(NAMES.slice(6));
    expect(second).toMatchObject({ body: { done: true, prevIterator: '-aB' } });
    const back = await list({ limit: 3, iterator: '-aB' });
    expect(namesIn(back)).toEqual(NAMES.slice(3, 6));
    expect(back).toMatchObject({ body: { done: false } });
    expect(namesIn(await list({ order: 'descending', limit: 4, iterator: 'aB' }))).toEqual(
      NAMES.slice(2, 6).reverse(),
    );
    expect(namesIn(await list({ iterator: 'a-z' }))).toEqual(NAMES.slice(4));
    expect(await list({ limit: 10 })).toMatchObject({ body: { done: true } });
    expect(await list({ limit: 9 })).toMatchObject({ body: { done: false } });
  });

  it('has schemas and archived types only when asked', async () => {
    await create({ name: 'a', description: '', schemas });
    await create({ name: 'b', description: '', archived: true });
    expect(await list()).toMatchObject({ body: { data: [{ name: 'a', schemas: null }], done: true } });
    expect(await list({ with_content: true })).toMatchObject({ body: { data: [{ schemas }] } });
    expect(namesIn(await list({ include_archived: true }))).toEqual(['a', 'b']);
  });

  it('is empty but well-formed without event types', async () => {
    expect((await list()).body).toEqual({ data: [], iterator: null, done: true });
  });

  it.each(['limit=0', 'limit=251', 'iterator=a%20b', 'include_archived=yes', 'with_content=1', 'order=up'])(
    'refuses ?%s with 422',
    async (query) => {
      const answer = await fetch(`${own.server.url}/api/v1/event-type/?${query}`, {
        headers: { authorization: `Bearer ${own.environment.key}` },
      });
      expect(answer.status).toBe(422);
    },
  );

  it('is walked to its end by the client package and by both SDKs', async () => {
    await fill();
    const seen: string[] = [];
    for await (const one of paginate(call().list, { query: { limit: 3 } })) seen.push(one.name);
    expect(seen).toEqual(NAMES);
    for (const Svix of [SvixV1, SvixV2]) {
      const svix = new Svix(own.environment.key, { serverUrl: own.server.url });
      const walked: string[] = [];
      let iterator: string | null = null;
      for (let done = false; !done; ) {
        const page: { data: { name: string }[]; iterator: string | null; done: boolean } =
          await svix.eventType.list({ limit: 4, ...(iterator ? { iterator } : {}) });
        walked.push(...page.data.map((one) => one.name));
        ({ iterator, done } = page);
      }
      expect(walked).toEqual(NAMES);
    }
  });
});
