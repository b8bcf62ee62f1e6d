import { unwrap } from '@postrider/client';
import { Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startId } from '../../src/ids.js';
import { startServer, type TestServer } from '../harness.js';
import { defineTypes } from '../messages.js';
import { Scene } from '../scene.js';
import { openSession } from '../sessions.js';

const SETTLE_SECONDS = 2;
const FORBIDDEN = { status: 403, body: { code: 'insufficient access' } };
const GONE = { status: 404, body: { code: 'not_found', detail: 'Entity not found' } };

let server: TestServer;
let scene: Scene;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
});

const params = () => ({ app_id: scene.appId });
const idsOf = ({ data }: { data: { id: string }[] }) => data.map((one) => one.id);

describe('search', () => {
  type Search = NonNullable<Parameters<Scene['client']['message']['search']>[0]['body']>;
  const search = (body: Search) => unwrap(scene.client.message.search({ params: params(), body }));

  it('finds messages as the list does, without payloads unless asked for', async () => {
    const first = await scene.send({ eventType: 'a', channels: ['red', 'blue'], tags: ['x', 'y'] });
    const second = await scene.send({ eventType: 'b', channels: ['red'], tags: ['y'] });
    const third = await scene.send({ eventType: 'b' });
    expect(await search({})).toEqual({
      data: [third, second, first].map((one) => ({ ...one, payload: {} })),
      iterator: first.id,
      prevIterator: `-${third.id}`,
      done: true,
    });
    expect((await search({ with_content: true, limit: 1 })).data).toEqual([third]);
    expect(idsOf(await search({ channel: 'red' }))).toEqual([second.id, first.id]);
    expect(idsOf(await search({ tag: 'y', event_types: ['a'] }))).toEqual([first.id]);
    expect(idsOf(await search({ channel: 'red', tag: 'x', event_types: ['a', 'b'] }))).toEqual([first.id]);
    expect(idsOf(await search({ channel: 'blue', tag: 'y', event_types: ['b'] }))).toEqual([]);
    expect(idsOf(await search({ event_types: [] }))).toHaveLength(3);
    expect(idsOf(await search({ iterator: second.id, channel: null }))).toEqual([first.id]);
    expect(idsOf(await search({ after: second.timestamp as never }))).toEqual([third.id, second.id]);
    expect(idsOf(await search({ before: second.timestamp as never }))).toEqual([first.id]);
  });

  it('refuses what is wrong, by its place in the body', async () => {
    for (const [body, field] of [
      [{ limit: 251 }, 'limit'],
      [{ limit: 0 }, 'limit'],
      [{ limit: '5' }, 'limit'],
      [{ iterator: 'app_000000000000000000000000000' }, 'iterator'],
      [{ iterator: 'msg_zzzzzzzzzzzzzzzzzzzzzzzzzzz' }, 'iterator'],
      [{ channel: 'not a channel' }, 'channel'],
      [{ with_content: 'yes' }, 'with_content'],
    ] as const) {
      const answer = await scene.client.message.search({ params: params(), body: body as never });
      expect(answer, JSON.stringify(body)).toMatchObject({
        status: 422,
        body: { detail: [{ loc: expect.arrayContaining(['body', field]) }] },
      });
    }
  });

  it('is for portal sessions too, in an application of the caller', async () => {
    await scene.send();
    const reader = await openSession(server, scene.environment, scene.appId, { capabilities: ['ViewBase'] });
    expect(await reader.message.search({ params: params(), body: {} })).toMatchObject({
      status: 200,
      body: { data: [{}] },
    });
    const stranger = await server.createEnvironment();
    expect(await stranger.client.message.search({ params: params(), body: {} })).toMatchObject(GONE);
  });
});

describe('precheck', () => {
  const precheck = async (eventType: string, channels?: string[]) =>
    (await unwrap(scene.client.message.precheck({ params: params(), body: { eventType, channels } }))).active;

  it('tells whether any endpoint would get the message, as sending would', async () => {
    await defineTypes(scene, 'a');
    expect(await precheck('a')).toBe(false);
    const { id } = await scene.endpoint('http://example.com/', { eventTypes: ['a'], channels: ['red'] });
    expect(await precheck('a')).toBe(false);
    expect(await precheck('a', ['blue'])).toBe(false);
    expect(await precheck('b', ['red'])).toBe(false);
    expect(await precheck('a', ['blue', 'red'])).toBe(true);
    const endpoint = { params: { ...params(), endpoint_id: id } };
    await unwrap(scene.client.endpoint.patch({ ...endpoint, body: { disabled: true } }));
    expect(await precheck('a', ['red'])).toBe(false);
    await unwrap(scene.client.endpoint.patch({ ...endpoint, body: { disabled: false, channels: null } }));
    expect(await precheck('a')).toBe(true);
    await unwrap(scene.client.endpoint.delete(endpoint));
    expect(await precheck('a')).toBe(false);
  });

  it('refuses what no message could have; is for the owner alone', async () => {
    const call = (body: object) => scene.client.message.precheck({ params: params(), body: body as never });
    expect(await call({})).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'eventType'] }] } });
    expect(await call({ eventType: 'a', channels: [] })).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'channels'] }] },
    });
    const session = await openSession(server, scene.environment, scene.appId);
    expect(await session.message.precheck({ params: params(), body: { eventType: 'a' } })).toMatchObject(
      FORBIDDEN,
    );
    const stranger = await server.createEnvironment();
    expect(
      await stranger.client.message.precheck({ params: params(), body: { eventType: 'a' } }),
    ).toMatchObject(GONE);
  });

  it.each([
    ['svix 1.99', SvixV1],
    ['svix 2', SvixV2],
  ] as const)('is called by %s', async (_name, Svix) => {
    const { message } = new Svix(scene.environment.key, { serverUrl: server.url }) as SvixV2;
    expect(await message.precheck(scene.appId, { eventType: 'a', channels: ['red'] })).toEqual({
      active: false,
    });
    await scene.endpoint('http://example.com/');
    expect(await message.precheck(scene.appId, { eventType: 'a' })).toEqual({ active: true });
  });
});

/** Both lists of events, of one application and of all. */
describe.each(['application', 'environment'] as const)('events of an %s', (kind) => {
  type Query = NonNullable<Parameters<Scene['client']['message']['events']>[0]['query']>;
  const call = (query: Query) =>
    kind === 'application'
      ? scene.client.message.events({ params: params(), query })
      : scene.client.events.stream({ query });
  const follow = async (query: Query = {}) =>
    unwrap(call(query) as never) as Promise<{ data: { id: string }[]; iterator: string; done: boolean }>;

  it('gives messages oldest first, and goes on where the last call ended', async () => {
    const none = await follow();
    expect(none).toEqual({ data: [], iterator: expect.stringMatching(/^msg_.{27}$/), done: true });
    const [first, second, third] = [await scene.send(), await scene.send(), await scene.send()];
    server.clock.advance(SETTLE_SECONDS);
    const page = await follow({ limit: 2 });
    expect(page).toEqual({ data: [first, second], iterator: second.id, done: false });
    expect(await follow({ limit: 2, iterator: page.iterator })).toEqual({
      data: [third],
      iterator: third.id,
      done: true,
    });
    expect(await follow({ iterator: third.id })).toEqual({ data: [], iterator: third.id, done: true });
    expect(idsOf(await follow({ iterator: none.iterator }))).toEqual([first.id, second.id, third.id]);
    const fourth = await scene.send();
    server.clock.advance(SETTLE_SECONDS);
    expect((await follow({ iterator: third.id })).data).toEqual([fourth]);
  });

  it('filters by types, channels and time', async () => {
    const first = await scene.send({ eventType: 'a', channels: ['red', 'blue'] });
    const second = await scene.send({ eventType: 'b', channels: ['blue'] });
    const third = await scene.send({ eventType: 'c', tags: ['red'] });
    server.clock.advance(SETTLE_SECONDS);
    expect(idsOf(await follow({ event_types: ['a', 'c'] as never }))).toEqual([first.id, third.id]);
    expect(idsOf(await follow({ channels: ['blue', 'red'] as never }))).toEqual([first.id, second.id]);
    expect(idsOf(await follow({ channels: ['blue'] as never, event_types: ['b', 'c'] as never }))).toEqual([
      second.id,
    ]);
    expect(idsOf(await follow({ after: second.timestamp as never }))).toEqual([second.id, third.id]);
    expect(idsOf(await follow({ after: first.timestamp as never, iterator: second.id }))).toEqual([third.id]);
  });

  it('leaves none out that is committed after a younger one', async () => {
    const [first, second] = [await scene.send(), await scene.send()];
    const { kysely } = server.context.database;
    const row = await kysely
      .selectFrom('message')
      .selectAll()
      .where('id', '=', first.id)
      .executeTakeFirstOrThrow();
    await kysely.deleteFrom('message').where('id', '=', first.id).execute();
    server.clock.stop();
    const waits = server.clock.nextWait(1_000);
    const answer = follow();
    await waits;
    await kysely.insertInto('message').values(row).execute();
    server.clock.advance(1);
    expect(idsOf(await answer)).toEqual([first.id, second.id]);
  });

  it('refuses iterators that are no ids of messages, or lead back', async () => {
    for (const iterator of ['x', '-msg_000000000000000000000000000', 'ep_000000000000000000000000000']) {
      expect(await call({ iterator })).toMatchObject({
        status: 422,
        body: { detail: [{ loc: expect.arrayContaining(['query', 'iterator']) }] },
      });
    }
  });
});

it('events of an environment are those of all its applications, of no other, and not for portal sessions', async () => {
  const other = await unwrap(scene.client.application.create({ body: { name: 'Other' } }));
  const first = await scene.send();
  const second = await unwrap(
    scene.client.message.create({ params: { app_id: other.id }, body: { eventType: 'a', payload: {} } }),
  );
  const third = await scene.send();
  const stranger = await Scene.open(server);
  await stranger.send();
  server.clock.advance(SETTLE_SECONDS);
  const page = await unwrap(scene.client.events.stream({ query: {} }));
  expect(idsOf(page).toSorted()).toEqual([first.id, second.id, third.id].toSorted());
  const session = await openSession(server, scene.environment, scene.appId);
  expect(await session.events.stream({ query: {} })).toMatchObject(FORBIDDEN);
  expect(idsOf(await unwrap(session.message.events({ params: params(), query: {} })))).toEqual([
    first.id,
    third.id,
  ]);
  expect(await stranger.client.message.events({ params: params(), query: {} })).toMatchObject(GONE);
});

it('pages of an environment with more applications than are asked at once have no gaps', async () => {
  const { kysely } = server.context.database;
  const at = server.clock.now();
  const applications = Array.from({ length: 450 }, (_, number) => ({
    environment_id: scene.environment.id,
    id: `app_${String(number).padStart(27, '0')}`,
    uid: null,
    name: 'x',
    metadata: '{}',
    created_at: at,
    updated_at: at,
    deleted_at: null,
    throttle_rate: null,
  }));
  await kysely.insertInto('application').values(applications).execute();
  // Newest in the first application: merged, their order turns round.
  const rows = applications.map((application, number) => ({
    application_id: application.id,
    id: startId('msg_', new Date(at.getTime() - 60_000 - number * 8)),
    event_type: 'a',
    created_at: at,
    payload: '{}',
  }));
  await kysely
    .insertInto('message')
    .values(rows as never)
    .execute();
  const seen: string[] = [];
  for (let iterator: string | undefined, done = false; !done; ) {
    const page = await unwrap(
      scene.client.events.stream({ query: { limit: 100, ...(iterator === undefined ? {} : { iterator }) } }),
    );
    seen.push(...idsOf(page));
    ({ iterator, done } = page);
  }
  expect(seen).toEqual(rows.map((row) => row.id).toReversed());
});
