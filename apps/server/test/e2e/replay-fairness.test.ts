import { unwrap } from '@postrider/client';
import type { EndpointOut } from '@postrider/contract';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createId } from '../../src/ids.js';
import { startServer, type TestServer } from '../harness.js';
import { idsOf } from '../messages.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

/** Messages of the past, and what a replay may have due or under way at once: 100 in the queue, 512 requests. */
const PAST = 1_500;
const PATIENCE_MS = 60_000;
/** Of a test: a machine that does other things too must pass. */
const LONG = { timeout: 120_000 };
const MOST_BEFORE = 100 + 512;

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
let endpoint: EndpointOut;
let past: Set<string>;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  endpoint = await scene.endpoint(receiver);
  const ids = Array.from({ length: PAST }, () =>
    createId('msg_', new Date(server.clock.now().getTime() - 600_000)),
  );
  past = new Set(ids);
  const { kysely } = server.context.database;
  const now = server.clock.now();
  await sql`insert into message (application_id, id, event_type, payload, created_at)
    select ${scene.appId}, id, 'past', '{}', ${now}::timestamptz from unnest(${ids}::text[]) as given(id)`.execute(
    kysely,
  );
  await sql`insert into delivery (application_id, endpoint_id, message_id, status, attempts)
    select ${scene.appId}, ${endpoint.id}, id, 2, 8 from unnest(${ids}::text[]) as given(id)`.execute(kysely);
});
afterEach(() => scene.close());

const replay = async () => {
  const call = { params: { app_id: scene.appId, endpoint_id: endpoint.id } };
  const since = new Date(server.clock.now().getTime() - 3_600_000).toISOString();
  return (await unwrap(scene.client.endpoint.bulkReplay({ ...call, body: { since } }))).id;
};
const statusOf = async (id: string) =>
  (await unwrap(scene.client.backgroundTask.get({ params: { task_id: id } }))).status;
const dueNow = async () => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int4 as count from delivery
    where application_id = ${scene.appId} and endpoint_id = ${endpoint.id}
      and due_at is not null and owner is null`.execute(server.context.database.kysely);
  return rows[0]?.count ?? 0;
};

it(
  'a replay of a receiver that does not answer queues little, and another endpoint gets what is fresh',
  LONG,
  async () => {
    const release = receiver.hold();
    const task = await replay();
    await receiver.waitFor(16);
    const other = await scene.receiver();
    await scene.endpoint(other);
    for (let n = 1; n <= 20; n++) {
      await scene.send({ payload: { n } });
      await other.waitFor(n);
    }
    // Twenty fresh ones wait for the endpoint as well.
    expect(await dueNow()).toBeLessThanOrEqual(100 + 20);
    expect(await statusOf(task)).toBe('running');
    release();
    expect(await scene.taskEnded(task, PATIENCE_MS)).toMatchObject({ data: { messagesSent: PAST } });
    await receiver.waitFor(PAST + 20);
    await expect.poll(() => scene.unsettled(), { timeout: PATIENCE_MS }).toBe(0);
    const came = idsOf(receiver.requests);
    expect(came).toHaveLength(PAST + 20);
    expect(new Set(came).size).toBe(PAST + 20);
  },
);

/** When the requests of the endpoint began, by their messages, in Unix ms. */
async function beginnings(): Promise<Map<string, number>> {
  const attempts = await server.context.database.kysely
    .selectFrom('attempt')
    .select(['message_id', 'created_at'])
    .where('application_id', '=', scene.appId)
    .where('endpoint_id', '=', endpoint.id)
    .execute();
  return new Map(attempts.map((one) => [one.message_id, one.created_at.getTime()]));
}

it('a fresh message of the same endpoint stands behind a bounded part of the replay', LONG, async () => {
  const task = await replay();
  await receiver.waitFor(200);
  const answeredAt = new Map<string, number>();
  for (let n = 0; n < 5; n++) {
    const { id } = await scene.send({ payload: { n } });
    // Counted from the answer on: while the call waits for its commit, the replay goes on, which bounds nothing.
    answeredAt.set(id, server.clock.now().getTime());
    await expect
      .poll(() => idsOf(receiver.requests).includes(id), { timeout: 20_000, interval: 5 })
      .toBe(true);
  }
  expect(await statusOf(task)).toMatch(/running|finished/);
  await scene.taskEnded(task, PATIENCE_MS);
  await expect.poll(() => scene.unsettled(), { timeout: PATIENCE_MS }).toBe(0);
  expect(idsOf(receiver.requests).filter((id) => past.has(id))).toHaveLength(PAST);
  // By the beginnings of requests and not by their arrivals: the receiver shares our thread and takes one new connection
  // in each of its rounds, so what comes on a new one is overtaken by all that comes on others.
  const began = await beginnings();
  const before = [...answeredAt].map(([id, answered]) => {
    const own = began.get(id) ?? Number.POSITIVE_INFINITY;
    return [...began].filter(([other, at]) => past.has(other) && at >= answered && at <= own).length;
  });
  expect(Math.max(...before)).toBeLessThanOrEqual(MOST_BEFORE);
});

it('a throttled endpoint has no more of a replay due than it gets in a second', LONG, async () => {
  const body = { throttleRate: 5 };
  await unwrap(
    scene.client.endpoint.patch({ params: { app_id: scene.appId, endpoint_id: endpoint.id }, body }),
  );
  await replay();
  await receiver.waitFor(5);
  const { id } = await scene.send();
  const sentAfter = receiver.requests.length;
  expect(await dueNow()).toBeLessThanOrEqual(5 + 1);
  await expect.poll(() => idsOf(receiver.requests).includes(id), { timeout: 20_000, interval: 5 }).toBe(true);
  expect(idsOf(receiver.requests).indexOf(id) - sentAfter).toBeLessThanOrEqual(5 + 5);
});
