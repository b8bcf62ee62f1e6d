import { readFile } from 'node:fs/promises';
import type { EventTypeOut } from '@postrider/contract';
import { Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { describe, expect, it } from 'vitest';
import { importsOf } from '../imports.js';
import { Owner } from '../owner.js';

const read = (name: string) => readFile(new URL(`../data/${name}`, import.meta.url), 'utf8');
const shop = await read('shop.openapi.yaml');
const billing = await read('billing.openapi.json');
const own = Owner.use();
const { send, documentOf, webhook, get, list, namesIn, schemaOf } = importsOf(own);

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
    own.environment = await own.server.createEnvironment();
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
    const svix = new Svix(own.environment.key, { serverUrl: own.server.url });
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
    own.server.clock.advance(1);
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
    await own.environment.client.eventType.setRetrySchedule({ params, body: { retrySchedule } });
    await own.environment.client.eventType.delete({ params });
    expect((await send({ spec: documentOf({ a: { post: {} } }) })).body).toEqual({
      data: { modified: ['a'] },
    });
    expect((await get('a')).archived).toBe(false);
    expect((await own.environment.client.eventType.getRetrySchedule({ params })).body).toEqual({
      retrySchedule,
    });
  });

  it('stays without replaceAll, and is archived with it; a dry run tells which', async () => {
    for (const name of ['kept', 'gone', 'old']) {
      await own.environment.client.eventType.create({ body: { name, description: name } });
    }
    await own.environment.client.eventType.delete({ params: { event_type_name: 'old' } });
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
    const mine = own.environment;
    own.environment = await own.server.createEnvironment();
    await send({ spec: documentOf({ ping: { post: { description: 'Mine' } } }), replaceAll: true });
    expect(await namesIn(true)).toEqual(['ping']);
    own.environment = mine;
    expect(await list(true)).toEqual(before);
  });

  it('is the same after any number of imports at once', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => send({ specRaw: shop })));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
    expect(await namesIn()).toHaveLength(4);
  });
});
