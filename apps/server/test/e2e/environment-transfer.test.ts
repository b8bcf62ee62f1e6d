import { readFile } from 'node:fs/promises';
import { unwrap } from '@postrider/client';
import type { EnvironmentOut, EventTypeOut } from '@postrider/contract';
import { Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';
import { openSession } from '../sessions.js';

let server: TestServer;
let one: TestEnvironment;
let two: TestEnvironment;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  [one, two] = [await server.createEnvironment(), await server.createEnvironment()];
});

const exportOf = (environment: TestEnvironment): Promise<EnvironmentOut> =>
  unwrap(environment.client.environment.export());
const send = (environment: TestEnvironment, body: Record<string, unknown>) =>
  environment.client.environment.import({ body: body as never });
/** What a move to another environment keeps. */
const kept = ({ eventTypes }: EnvironmentOut) =>
  eventTypes.map(({ createdAt: _created, updatedAt: _updated, ...rest }: EventTypeOut) => rest);

async function fill(environment: TestEnvironment): Promise<void> {
  const specRaw = await readFile(new URL('../data/shop.openapi.yaml', import.meta.url), 'utf8');
  await unwrap(environment.client.eventType.importOpenapi({ body: { specRaw } }));
  const more = { name: 'old', description: 'Ünïcode 😀 "quoted" \\ {a,b}', featureFlags: ['b', 'a'] };
  await unwrap(
    environment.client.eventType.create({
      body: { ...more, archived: true, schemas: { '1': true, '2': {} } },
    }),
  );
  await unwrap(environment.client.eventType.create({ body: { name: 'null', description: '', schemas: {} } }));
}

describe('export', () => {
  it('of an empty environment has nothing but its form', async () => {
    expect(await exportOf(one)).toEqual({
      version: 1,
      createdAt: expect.stringMatching(/Z$/),
      eventTypes: [],
      settings: null,
      connectors: [],
    });
  });

  it('has every event type, archived ones and schemas too, and none of another environment', async () => {
    await fill(one);
    const { eventTypes } = await exportOf(one);
    expect(eventTypes.map((type) => type.name)).toEqual([
      'category.moved',
      'null',
      'old',
      'order.created',
      'order.shipped',
      'ping',
    ]);
    for (const type of eventTypes) {
      const params = { event_type_name: type.name };
      expect(type).toEqual((await one.client.eventType.get({ params })).body);
    }
    expect((await exportOf(two)).eventTypes).toEqual([]);
  });
});

describe('import', () => {
  it('of an export makes another environment equal, twice as well as once', async () => {
    await fill(one);
    const exported = await exportOf(one);
    expect(await send(two, { ...exported })).toMatchObject({ status: 204 });
    expect(kept(await exportOf(two))).toEqual(kept(exported));
    const first = await exportOf(two);
    expect((await send(two, { ...exported })).status).toBe(204);
    expect((await exportOf(two)).eventTypes).toEqual(first.eventTypes);
  });

  it.each([
    ['svix 1.99', SvixV1],
    ['svix 2', SvixV2],
  ])('%s moves an environment', async (_name, Svix) => {
    await fill(one);
    const [from, to] = [one, two].map(({ key }) => new Svix(key, { serverUrl: server.url }));
    const exported = await from?.environment.export();
    await to?.environment.import({
      eventTypes: exported?.eventTypes ?? null,
      settings: exported?.settings,
      connectors: [],
    });
    expect(kept(await exportOf(two))).toEqual(kept(await exportOf(one)));
    await to?.environment.import({});
    expect(kept(await exportOf(two))).toEqual(kept(await exportOf(one)));
  });

  it('adds and changes, and deletes nothing', async () => {
    for (const name of ['a', 'b']) {
      await one.client.eventType.create({ body: { name, description: name, schemas: { '1': {} } } });
    }
    server.clock.advance(1);
    const before = await exportOf(one);
    await send(one, {
      eventTypes: [
        { name: 'b', description: 'new' },
        { name: 'c', description: '' },
      ],
    });
    const after = await exportOf(one);
    expect(after.eventTypes.map((type) => [type.name, type.description, type.schemas])).toEqual([
      ['a', 'a', { '1': {} }],
      ['b', 'new', null],
      ['c', '', null],
    ]);
    expect(after.eventTypes[0]).toEqual(before.eventTypes[0]);
    expect(after.eventTypes[1]?.createdAt).toBe(before.eventTypes[1]?.createdAt);
    expect(after.eventTypes[1]?.updatedAt).not.toBe(before.eventTypes[1]?.updatedAt);
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    [
      'a name that is none',
      { eventTypes: [{ name: 'a b', description: '' }] },
      ['body', 'event_types', 'name', '__all__'],
    ],
    [
      'a description that is missing',
      { eventTypes: [{ name: 'a' }] },
      ['body', 'eventTypes[0]', 'description'],
    ],
    [
      'a schema that is none',
      {
        eventTypes: [
          { name: 'x', description: '' },
          { name: 'y', description: '', schemas: { 1: 5 } },
        ],
      },
      ['body', 'eventTypes[1]', 'schemas'],
    ],
    [
      'a name twice',
      {
        eventTypes: [
          { name: 'a', description: '' },
          { name: 'a', description: '' },
        ],
      },
      ['body', 'event_types', 'name'],
    ],
    [
      'connectors',
      { eventTypes: [{ name: 'a', description: '' }], connectors: [{ name: 'x' }] },
      ['body', 'connectors'],
    ],
    [
      'settings that nobody knows',
      { eventTypes: [{ name: 'a', description: '' }], settings: { nobodyKnows: true } },
      ['body', 'settings'],
    ],
  ])('with %s is 422, and nothing of it comes in', async (_name, body, loc) => {
    const answer = await send(one, body);
    expect(answer.status).toBe(422);
    expect((answer.body as unknown as { detail: { loc: string[] }[] }).detail[0]?.loc).toEqual(loc);
    expect((await exportOf(one)).eventTypes).toEqual([]);
  });

  it('of nothing is fine', async () => {
    for (const body of [{}, { eventTypes: null, settings: null, connectors: null }, { settings: {} }]) {
      expect((await send(one, body)).status).toBe(204);
    }
  });
});

it('portal sessions may neither export nor import', async () => {
  const { id } = await unwrap(one.client.application.create({ body: { name: 'Acme' } }));
  const session = await openSession(server, one, id);
  expect((await session.environment.export()).status).toBe(403);
  expect((await session.environment.import({ body: {} })).status).toBe(403);
});
