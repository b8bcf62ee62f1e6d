import { paginate, unwrap } from '@postrider/client';
import type { MessageAttemptOut, MessageOut } from '@postrider/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
let endpointId: string;
/** Attempts of one endpoint, newest first: one for each of 28 messages, each in a tick of its own. */
let attempts: MessageAttemptOut[];
/** A message that went to this endpoint and five more. */
let wide: MessageOut;

beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETENTION_DAYS: '365' });
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  endpointId = (await scene.endpoint(receiver)).id;
  for (let n = 0; n < 28; n++) await scene.recorded((await scene.send()).id, 1);
  attempts = (await byEndpoint({})).data;
  for (let n = 0; n < 5; n++) await scene.endpoint(receiver);
  wide = await scene.send({ channels: ['wide'] });
  await scene.recorded(wide.id, 6);
});
afterAll(async () => {
  await scene.close();
  await server.stop();
});

type Query = NonNullable<Parameters<Scene['client']['messageAttempt']['listByEndpoint']>[0]['query']>;
const byEndpoint = (query: Query) => {
  const params = { app_id: scene.appId, endpoint_id: endpointId };
  return unwrap(scene.client.messageAttempt.listByEndpoint({ params, query }));
};
const byMessage = (query: Query) => {
  const params = { app_id: scene.appId, msg_id: wide.id };
  return unwrap(scene.client.messageAttempt.listByMsg({ params, query }));
};
const ids = (list: readonly { id: string }[]) => list.map((one) => one.id);
const at = (index: number) => attempts[index] as MessageAttemptOut;
/** What was sent before the wide message. */
const start = () => wide.timestamp;

describe('attempts by endpoint', () => {
  it('are given in the same blocks forwards and backwards', async () => {
    const forwards = [];
    for (let iterator: string | undefined, done = false; !done; ) {
      const page = await byEndpoint({ limit: 10, ...(iterator ? { iterator } : { before: start() }) });
      forwards.push(page);
      iterator = page.iterator ?? undefined;
      done = page.done;
    }
    expect(forwards.flatMap((page) => ids(page.data))).toEqual(ids(attempts));
    expect(forwards.map((page) => page.data.length)).toEqual([10, 10, 8]);
    const last = forwards[2];
    const middle = await byEndpoint({ limit: 10, iterator: last?.prevIterator ?? '' });
    expect(ids(middle.data)).toEqual(ids(forwards[1]?.data ?? []));
    expect(middle.done).toBe(false);
    const first = await byEndpoint({ limit: 10, iterator: middle.prevIterator ?? '', before: start() });
    expect(ids(first.data)).toEqual(ids(forwards[0]?.data ?? []));
    expect(first.done).toBe(true);
  });

  it('go on from any of them', async () => {
    expect(ids((await byEndpoint({ iterator: at(20).id })).data)).toEqual(ids(attempts.slice(21)));
    const back = await byEndpoint({ iterator: `-${at(20).id}`, limit: 3 });
    expect(ids(back.data)).toEqual(ids(attempts.slice(17, 20)));
    expect(await byEndpoint({ iterator: at(27).id })).toEqual({ data: [], iterator: null, done: true });
    for (const [index, { id }] of attempts.entries()) {
      const older = await byEndpoint({ iterator: id, limit: 4 });
      expect(ids(older.data), `after number ${index}`).toEqual(ids(attempts.slice(index + 1, index + 5)));
      expect(older.done, `after number ${index}`).toBe(index + 5 >= attempts.length);
      const newer = await byEndpoint({ iterator: `-${id}`, limit: 4, before: start() });
      expect(ids(newer.data), `before number ${index}`).toEqual(
        ids(attempts.slice(Math.max(0, index - 4), index)),
      );
      expect(newer.done, `before number ${index}`).toBe(index <= 4);
    }
  });

  it('`after` includes its instant and `before` does not', async () => {
    const { timestamp } = at(10);
    const after = await byEndpoint({ after: timestamp, before: start() });
    expect(ids(after.data)).toEqual(ids(attempts.slice(0, 11)));
    const earlier = await byEndpoint({ before: timestamp });
    expect(ids(earlier.data)).toEqual(ids(attempts.slice(11)));
  });

  it('`after` alone gives the oldest, newest first, and goes on with prevIterator', async () => {
    const page = await byEndpoint({ after: at(20).timestamp, limit: 5 });
    expect(ids(page.data)).toEqual(ids(attempts.slice(16, 21)));
    expect(page.done).toBe(false);
    const next = await byEndpoint({ iterator: page.prevIterator ?? '', limit: 5 });
    expect(ids(next.data)).toEqual(ids(attempts.slice(11, 16)));
  });

  it('`after` and `before` together give what lies between, and both iterators lead out of it', async () => {
    const page = await byEndpoint({ after: at(20).timestamp, before: at(9).timestamp });
    expect(ids(page.data)).toEqual(ids(attempts.slice(10, 21)));
    expect(page.done).toBe(true);
    const older = await byEndpoint({ iterator: page.iterator ?? '' });
    expect(ids(older.data)).toEqual(ids(attempts.slice(21)));
    const newer = await byEndpoint({ iterator: page.prevIterator ?? '', before: start() });
    expect(ids(newer.data)).toEqual(ids(attempts.slice(0, 10)));
  });

  it('are walked to the end by the client package', async () => {
    const seen: string[] = [];
    const params = { app_id: scene.appId, endpoint_id: endpointId };
    const query = { limit: 10, before: start() };
    for await (const one of paginate(scene.client.messageAttempt.listByEndpoint, { params, query })) {
      seen.push(one.id);
    }
    expect(seen).toEqual(ids(attempts));
  });
});

describe('attempts by message', () => {
  it('are walked forwards and backwards over six endpoints', async () => {
    const all = ids((await byMessage({})).data);
    expect(all).toHaveLength(6);
    const first = await byMessage({ limit: 4, channel: 'wide' });
    expect(ids(first.data)).toEqual(all.slice(0, 4));
    expect(first.done).toBe(false);
    const second = await byMessage({ limit: 4, iterator: first.iterator ?? '' });
    expect(ids(second.data)).toEqual(all.slice(4));
    expect(second.done).toBe(true);
    const back = await byMessage({ limit: 4, iterator: second.prevIterator ?? '' });
    expect(ids(back.data)).toEqual(all.slice(0, 4));
    expect(back.done).toBe(true);
  });

  it('go on from any of them, and are none for a channel that the message does not have', async () => {
    const { data } = await byMessage({});
    for (const [index, { id, timestamp }] of data.entries()) {
      const older = await byMessage({ iterator: id, limit: 2 });
      expect(ids(older.data)).toEqual(ids(data.slice(index + 1, index + 3)));
      expect(older.done).toBe(index + 3 >= data.length);
      const newer = await byMessage({ iterator: `-${id}`, limit: 2 });
      expect(ids(newer.data)).toEqual(ids(data.slice(Math.max(0, index - 2), index)));
      expect(newer.done).toBe(index <= 2);
      expect(ids((await byMessage({ after: timestamp })).data)).toContain(id);
      expect(ids((await byMessage({ before: timestamp })).data)).not.toContain(id);
    }
    expect((await byMessage({ channel: 'wide' })).data).toEqual(data);
    expect(await byMessage({ channel: 'narrow' })).toEqual({ data: [], iterator: null, done: true });
  });

  it('lie within 5 ms around their instants', async () => {
    const times = (await byMessage({})).data.map((one) => new Date(one.timestamp).getTime());
    const around = { after: new Date(Math.min(...times) - 5), before: new Date(Math.max(...times) + 5) };
    const query = { after: around.after.toISOString(), before: around.before.toISOString() };
    expect((await byMessage(query)).data).toHaveLength(6);
    expect((await byMessage({ before: query.after })).data).toEqual([]);
    expect((await byMessage({ after: query.before })).data).toEqual([]);
  });
});

/** Last: it moves the clock far ahead. */
describe('90 days later', () => {
  beforeAll(() => server.clock.advance(100 * 86_400));

  it('lists are empty, unless one says from when on or goes on from an iterator', async () => {
    expect((await byEndpoint({})).data).toEqual([]);
    expect((await byMessage({})).data).toEqual([]);
    expect((await byEndpoint({ before: start() })).data).toHaveLength(28);
    expect((await byEndpoint({ after: at(27).timestamp })).data).toHaveLength(29);
    expect(ids((await byEndpoint({ iterator: at(20).id })).data)).toEqual(ids(attempts.slice(21)));
    expect((await byEndpoint({ iterator: `-${at(20).id}` })).data).toHaveLength(21);
    const params = { app_id: scene.appId };
    expect((await unwrap(scene.client.message.list({ params }))).data).toEqual([]);
    const query = { iterator: at(0).msgId };
    expect((await unwrap(scene.client.message.list({ params, query }))).data).toHaveLength(27);
  });
});
