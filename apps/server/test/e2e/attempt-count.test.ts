import { unwrap } from '@postrider/client';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startId } from '../../src/ids.js';
import { MOST_COUNTED } from '../../src/storage/attempt.js';
import { startServer, type TestServer } from '../harness.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';
import { openSession } from '../sessions.js';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
const ids: string[] = [];
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '' });
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  await scene.endpoint(receiver, { uid: 'counted' });
  for (const [status, message] of [
    [200, { eventType: 'a', channels: ['red', 'blue'], tags: ['x'] }],
    [200, { eventType: 'b', channels: ['red'] }],
    [404, { eventType: 'b', tags: ['x'] }],
    [500, { eventType: 'c' }],
    [200, { eventType: 'c' }],
  ] as const) {
    receiver.reply = { status };
    const { id } = await scene.send(message as never);
    await scene.recorded(id, 1);
    ids.push(id);
    // Attempts of one tick are in no order.
    server.clock.advance(1);
  }
});
afterAll(async () => {
  await scene.close();
  await server.stop();
});

type Query = NonNullable<Parameters<Scene['client']['messageAttempt']['countByEndpoint']>[0]['query']>;
const params = () => ({ app_id: scene.appId, endpoint_id: 'counted' });
const count = (query: Query = {}) =>
  unwrap(scene.client.messageAttempt.countByEndpoint({ params: params(), query }));

/** Filters, and which of the messages they leave. */
const FILTERS: [Query, number[]][] = [
  [{}, [0, 1, 2, 3, 4]],
  [{ status: 0 }, [0, 1, 4]],
  [{ status: 2 }, [2, 3]],
  [{ status: 3 }, []],
  [{ status_code_class: 400 }, [2]],
  [{ channel: 'red' }, [0, 1]],
  [{ channel: 'blue' }, [0]],
  [{ channel: 'none' }, []],
  [{ tag: 'x' }, [0, 2]],
  [{ tag: 'x', channel: 'red' }, [0]],
  [{ tag: 'x', status: 2 }, [2]],
  [{ event_types: ['b'] as never }, [1, 2]],
  [{ event_types: ['a', 'c'] as never }, [0, 3, 4]],
  [{ event_types: ['b', 'c'] as never, status: 2 }, [2, 3]],
  [{ event_types: ['b'] as never, tag: 'x' }, [2]],
  [{ event_types: ['none'] as never }, []],
];

describe('the attempts of an endpoint', () => {
  it.each(FILTERS)('%j: are counted and listed', async (query, places) => {
    expect(await count(query)).toEqual({ count: places.length, approximated: false });
    const list = await unwrap(scene.client.messageAttempt.listByEndpoint({ params: params(), query }));
    expect(list.data.map((one) => one.msgId)).toEqual(places.map((place) => ids[place]).toReversed());
    const [last] = list.data.slice(-1);
    const back = { ...query, iterator: `-${last?.id}`, limit: 250 };
    if (!last) return;
    const newer = await unwrap(scene.client.messageAttempt.listByEndpoint({ params: params(), query: back }));
    expect(newer.data).toEqual(list.data.slice(0, -1));
  });

  it('of a time are those of the list', async () => {
    const { data } = await unwrap(
      scene.client.messageAttempt.listByEndpoint({ params: params(), query: {} }),
    );
    const middle = data[2]?.timestamp as never;
    expect(await count({ after: middle })).toEqual({ count: 3, approximated: false });
    expect(await count({ before: middle })).toEqual({ count: 2, approximated: false });
    expect(await count({ before: middle, event_types: ['b'] as never })).toEqual({
      count: 1,
      approximated: false,
    });
  });

  it('are for who may read, in an application of theirs', async () => {
    const session = await openSession(server, scene.environment, scene.appId, { capabilities: ['ViewBase'] });
    const call = { params: params(), query: {} };
    expect(await session.messageAttempt.countByEndpoint(call)).toMatchObject({
      status: 200,
      body: { count: 5 },
    });
    const stranger = await server.createEnvironment();
    expect(await stranger.client.messageAttempt.countByEndpoint(call)).toMatchObject({ status: 404 });
    const unknown = { params: { ...params(), endpoint_id: 'unknown' }, query: {} };
    expect(await scene.client.messageAttempt.countByEndpoint(unknown)).toMatchObject({ status: 404 });
    expect(
      await scene.client.messageAttempt.countByEndpoint({ params: params(), query: { status: 9 as never } }),
    ).toMatchObject({ status: 422 });
  });

  it('beyond what is counted are said to be more', async () => {
    const { id } = await scene.endpoint('http://example.com/', { disabled: true });
    const head = startId('atmpt_', new Date(server.clock.now().getTime() - 60_000)).slice(0, 20);
    await sql`
      insert into attempt (application_id, message_id, id, endpoint_id, event_type, url, status, status_code,
        duration_ms, trigger_type, created_at)
      select ${scene.appId}, 'msg_' || n, ${head} || lpad(n::text, 13, '0'), ${id}, 'a', 'http://x/', n % 2 * 2, 200, 1, 0,
        now()
      from generate_series(1, ${MOST_COUNTED + 10}::int4) as n`.execute(server.context.database.kysely);
    const call = (query: Query) =>
      unwrap(
        scene.client.messageAttempt.countByEndpoint({ params: { ...params(), endpoint_id: id }, query }),
      );
    expect(await call({})).toEqual({ count: MOST_COUNTED, approximated: true });
    expect(await call({ event_types: ['a'] as never })).toEqual({ count: MOST_COUNTED, approximated: true });
    // Those of one status are found without the others.
    expect(await call({ status: 0 })).toEqual({ count: MOST_COUNTED / 2 + 5, approximated: false });
  });
});
