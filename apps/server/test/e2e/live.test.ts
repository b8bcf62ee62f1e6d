import { ApiError, unwrap } from '@postrider/client';
import type { MessageAttemptOut, MessageOut } from '@postrider/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { LiveReader, liveAs } from '../live-reader.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

let server: TestServer;
let scene: Scene;
const readers: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  server = await startServer(REACH_RECEIVERS);
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
});
afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.close()));
  await scene.close();
});

const keep = <T extends { close(): Promise<void> }>(reader: T): T => {
  readers.push(reader);
  return reader;
};
const liveOf = (token = scene.environment.key) => liveAs(server, token);
type MessageQuery = NonNullable<Parameters<ReturnType<typeof liveOf>['messages']>[0]['query']>;

const followMessages = async (
  query: MessageQuery = {},
  { token = scene.environment.key, from }: { token?: string; from?: string } = {},
): Promise<LiveReader<MessageOut>> =>
  keep(
    await LiveReader.open(
      (input) => liveOf(token).messages({ params: { app_id: scene.appId }, query, ...input }),
      from,
    ),
  );
const followAttempts = async (
  endpoint_id: string,
  query: { status?: number; event_types?: string[]; tag?: string } = {},
): Promise<LiveReader<MessageAttemptOut>> =>
  keep(
    await LiveReader.open((input) =>
      liveOf().attempts({ params: { app_id: scene.appId, endpoint_id }, query, ...input }),
    ),
  );
const sessionToken = async (options: object = {}): Promise<string> =>
  (
    await unwrap(
      scene.client.authentication.getAppPortalAccess({ params: { app_id: scene.appId }, body: options }),
    )
  ).token;

/** Writes a copy of a message under another id, as a commit that was late would have. */
async function copyUnder(message: MessageOut, id: string): Promise<void> {
  const { kysely } = server.context.database;
  const row = await kysely
    .selectFrom('message')
    .selectAll()
    .where('application_id', '=', scene.appId)
    .where('id', '=', message.id)
    .executeTakeFirstOrThrow();
  await kysely
    .insertInto('message')
    .values({ ...row, id })
    .execute();
}

describe('messages', () => {
  it('come as they are stored, once and in their order, without their payloads', async () => {
    await scene.send();
    const reader = await followMessages();
    const sent = [await scene.send({ tags: ['t'] }), await scene.send()];
    await reader.has(2, server);
    expect(reader.items).toEqual(sent.map((message) => ({ ...message, payload: {} })));
    const later = await scene.send();
    await reader.has(3, server);
    expect(reader.ids.at(-1)).toBe(later.id);
    expect(reader.told).toEqual(['open']);
  });

  it.each([
    ['event type', { event_types: ['a.b', 'x'] }, { eventType: 'a.b' }],
    ['channel', { channel: 'c' }, { channels: ['c', 'd'] }],
    ['tag', { tag: 't' }, { tags: ['t'] }],
  ])('are those of a list filtered by %s', async (_name, query, wanted) => {
    const reader = await followMessages(query);
    await scene.send({ channels: ['d'], tags: ['u'] });
    const { id } = await scene.send(wanted);
    await scene.send();
    await reader.has(1, server);
    expect(reader.ids).toEqual([id]);
  });

  it('of another application are not told', async () => {
    const other = await Scene.open(server);
    const reader = await followMessages();
    await other.send();
    const { id } = await scene.send();
    await reader.has(1, server);
    expect(reader.ids).toEqual([id]);
  });

  it('that are committed late are told although newer ones were', async () => {
    const early = await scene.send();
    const reader = await followMessages();
    const first = await scene.send();
    await reader.has(1, server);
    const id = `${early.id.slice(0, -4)}0000`;
    await copyUnder(early, id);
    await reader.has(2, server);
    expect(reader.ids).toEqual([first.id, id]);
  });
});

describe('attempts', () => {
  it('of the endpoint come with their messages, whether they succeeded or failed', async () => {
    const receiver = await scene.receiver();
    const endpoint = await scene.endpoint(receiver);
    await scene.endpoint(await scene.receiver());
    const reader = await followAttempts(endpoint.id);
    const good = await scene.send();
    await reader.has(1, server);
    receiver.reply = { status: 500 };
    const bad = await scene.send({ eventType: 'it.fails' });
    await reader.has(2, server);
    expect(reader.items).toMatchObject([
      { msgId: good.id, endpointId: endpoint.id, status: 0, msg: { eventType: 'invoice.paid', payload: {} } },
      { msgId: bad.id, endpointId: endpoint.id, status: 2, msg: { eventType: 'it.fails' }, response: '{}' },
    ]);
  });

  it('can be filtered by status, event type and tag', async () => {
    const receiver = await scene.receiver();
    const endpoint = await scene.endpoint(receiver);
    const [failed, ofType, tagged, none] = await Promise.all([
      followAttempts(endpoint.id, { status: 2 }),
      followAttempts(endpoint.id, { event_types: ['a.b'] }),
      followAttempts(endpoint.id, { tag: 't' }),
      followAttempts(endpoint.id, { status: 1 }),
    ]);
    const all = await followAttempts(endpoint.id);
    await scene.send({ eventType: 'a.b' });
    await scene.send({ tags: ['t'] });
    await all.has(2, server);
    await ofType.has(1, server);
    await tagged.has(1, server);
    expect(ofType.items[0]?.msg?.eventType).toBe('a.b');
    expect(tagged.items[0]?.msg?.tags).toEqual(['t']);
    expect(failed.items).toEqual([]);
    expect(none.items).toEqual([]);
  });

  it('are told no more when the endpoint is deleted, and never of one that is not there', async () => {
    const endpoint = await scene.endpoint(await scene.receiver());
    const reader = await followAttempts(endpoint.id);
    const params = { app_id: scene.appId, endpoint_id: endpoint.id };
    await unwrap(scene.client.endpoint.delete({ params }));
    expect(await reader.failed(server)).toMatchObject({ status: 404, code: 'not_found' });
    const late = await followAttempts(endpoint.id);
    expect(late.error).toBeInstanceOf(ApiError);
    expect(late.error).toMatchObject({ status: 404 });
  });
});

describe('a break', () => {
  it('is gone on from with nothing left out and nothing twice, wherever it came', async () => {
    const reader = await followMessages();
    const sent: string[] = [];
    for (let batch = 0; batch < 5; batch += 1) {
      const messages = await Promise.all(Array.from({ length: 50 }, () => scene.send()));
      sent.push(...messages.map(({ id }) => id));
    }
    await reader.has(250, server);
    expect(reader.ids.toSorted()).toEqual(sent.toSorted());
    await reader.close();
    const { id: later } = await scene.send();
    for (const at of [0, 30, 99, 100, 249]) {
      const place = reader.places[at];
      const again = await followMessages({}, place === undefined ? {} : { from: place });
      const rest = [...reader.ids.slice(at + 1), later];
      await again.has(rest.length, server);
      expect(again.ids.toSorted()).toEqual(rest.toSorted());
      expect(again.told).toEqual(['resumed']);
      await again.close();
    }
  });

  it('of more than an hour says that something was left out, and goes on from now', async () => {
    const reader = await followMessages();
    await reader.close();
    await scene.send();
    server.clock.advance(3_700);
    const again = await followMessages({}, { from: reader.place });
    await expect.poll(() => again.told).toEqual(['resumed', 'restart']);
    const { id } = await scene.send();
    await again.has(1, server);
    expect(again.ids).toEqual([id]);
  });

  it('during which the database was put back to an older state is told as such', async () => {
    const reader = await followMessages();
    await reader.close();
    const [at, xmin] = reader.place.split('.');
    const again = await followMessages({}, { from: `${at}.${xmin}zzz.1` });
    await expect.poll(() => again.told).toEqual(['resumed', 'restart']);
  });

  it.each(['x', '1.2', '1.1.1~1.1.1', '1.1.1~1.1.1~msg_x', '1.1.1.5', '1~2~3~4'])(
    'cannot be gone on from at %s',
    async (from) => {
      const reader = await followMessages({}, { from });
      expect(reader.error).toMatchObject({ status: 422 });
      expect(String(reader.error)).toContain('last-event-id');
    },
  );
});

describe('a portal session', () => {
  it('that may look follows; its stream ends as soon as the session does', async () => {
    const token = await sessionToken({ capabilities: ['ViewBase'] });
    const reader = await followMessages({}, { token });
    const { id } = await scene.send();
    await reader.has(1, server);
    expect(reader.ids).toEqual([id]);
    await unwrap(scene.client.authentication.expireAll({ params: { app_id: scene.appId }, body: {} }));
    expect(await reader.failed(server)).toMatchObject({ status: 401, code: 'authentication_failed' });
    await scene.send();
    expect(reader.items).toHaveLength(1);
  });

  it('without the capability gets nothing, and nothing more when it loses it', async () => {
    const token = await sessionToken();
    const reader = await followMessages({}, { token });
    await server.context.database.kysely
      .updateTable('portal_session')
      .set({ capabilities: ['ManageEndpoint'] })
      .where('application_id', '=', scene.appId)
      .execute();
    await scene.send();
    expect(await reader.failed(server)).toMatchObject({ status: 403, code: 'insufficient access' });
    expect(reader.items).toEqual([]);
    const late = await followMessages({}, { token });
    expect(late.error).toMatchObject({ status: 403 });
  });

  it('ends with its time, and with its application', async () => {
    const token = await sessionToken({ expiry: 3_600 });
    const ofSession = await followMessages({}, { token });
    server.clock.advance(3_601);
    expect(await ofSession.failed(server)).toMatchObject({ status: 401 });
    const ofKey = await followMessages();
    await unwrap(scene.client.application.delete({ params: { app_id: scene.appId } }));
    expect(await ofKey.failed(server)).toMatchObject({ status: 404 });
  });
});
