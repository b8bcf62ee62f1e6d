import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { maintain } from '../../src/maintenance.js';
import { foldTally } from '../../src/storage/attempt-tally.js';
import { type NewAttempt, recordAttempts } from '../../src/storage/record.js';
import { attemptAt } from '../attempts.js';
import { startServer, type TestServer } from '../harness.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';
import { openSession } from '../sessions.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

let server: TestServer;
let scene: Scene;
let endpointId: string;
beforeAll(async () => {
  server = await startServer(REACH_RECEIVERS);
  server.clock.stop();
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  ({ id: endpointId } = await scene.endpoint('https://example.com/'));
  return () => scene.close();
});

const now = () => server.clock.now();
const floor = (at: Date, ms: number) => new Date(Math.floor(at.getTime() / ms) * ms);
const plus = (at: Date, ms: number) => new Date(at.getTime() + ms);
const made = (at: Date, more: Partial<NewAttempt> = {}) =>
  attemptAt(at, { applicationId: scene.appId, endpointId, ...more });
const record = (...attempts: NewAttempt[]) => recordAttempts(server.context.database, attempts);

type SeriesQuery = NonNullable<Parameters<typeof scene.client.statistics.appAttempts>[0]['query']>;
const series = (query: SeriesQuery) =>
  scene.client.statistics.appAttempts({ params: { app_id: scene.appId }, query });
const totals = (since: Date, until: Date, more: { event_types?: string[] } = {}) =>
  scene.client.application.statsAttempts({
    params: { app_id: scene.appId },
    query: { since: since.toISOString(), until: until.toISOString(), ...more },
  });
const get = (path: string, token = scene.environment.key) =>
  fetch(`${server.url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });

describe('series', () => {
  it('count each attempt in the 5 minutes it was made in, to the millisecond', async () => {
    const start = plus(floor(now(), 5 * MINUTE), -15 * MINUTE);
    await record(
      made(plus(start, -1)),
      made(start),
      made(plus(start, 5 * MINUTE - 1)),
      made(plus(start, 5 * MINUTE), { status: 2 }),
      made(plus(start, 10 * MINUTE), { eventType: 'other' }),
    );
    const query = {
      startDate: start.toISOString(),
      endDate: plus(start, 15 * MINUTE).toISOString(),
      period: 'FiveMinutes' as const,
    };
    const expected = {
      startDate: query.startDate,
      endDate: query.endDate,
      period: 'FiveMinutes',
      data: { successCount: [2, 0, 1], failureCount: [0, 1, 0], canceledCount: [0, 0, 0] },
    };
    expect(await series(query)).toMatchObject({ status: 200, body: expected });
    await foldTally(server.context.database.kysely, 1_000);
    expect((await series(query)).body).toEqual(expected);
    const one = await series({ ...query, event_types: ['other'] });
    expect(one.body).toMatchObject({ data: { successCount: [0, 0, 1], failureCount: [0, 0, 0] } });
  });

  it.each([
    ['FiveMinutes', 5 * MINUTE, 289],
    ['OneHour', HOUR, 169],
    ['OneDay', DAY, 29],
  ] as const)(
    'of %s are whole periods in UTC, as many as the period has by default',
    async (period, ms, points) => {
      const body = (await series({ period })).body as { startDate: string; data: Record<string, number[]> };
      const { startDate, data } = body;
      expect(new Date(startDate).getTime() % ms).toBe(0);
      for (const one of Object.values(data)) expect(one).toEqual(Array.from({ length: points }, () => 0));
    },
  );

  it('of no length at the start of a period are empty', async () => {
    const at = floor(now(), DAY).toISOString();
    expect((await series({ startDate: at, endDate: at })).body).toMatchObject({
      data: { successCount: [], failureCount: [], canceledCount: [] },
    });
  });

  it('refuse what cannot be with 422 and the name of the field', async () => {
    const app = `/stats/app/${scene.appId}/attempt/`;
    const day = (days: number) => encodeURIComponent(plus(now(), -days * DAY).toISOString());
    for (const [query, field] of [
      ['startDate=yesterday', 'startDate'],
      ['period=OneWeek', 'period'],
      [`startDate=${day(1)}&endDate=${day(2)}`, 'endDate'],
      [`startDate=${day(4)}&endDate=${day(3)}&period=FiveMinutes`, 'startDate'],
      [`startDate=${day(31)}&period=OneHour`, 'startDate'],
      [`startDate=${day(2000)}`, 'startDate'],
    ] as const) {
      const answer = await get(`${app}?${query}`);
      expect(answer.status, query).toBe(422);
      const { detail } = (await answer.json()) as { detail: { loc: string[] }[] };
      expect(detail[0]?.loc, query).toEqual(['query', field]);
    }
  });
});

describe('totals', () => {
  it('are of the whole 5 minutes that the period touches, by event type', async () => {
    const start = plus(floor(now(), 5 * MINUTE), -30 * MINUTE);
    await record(
      made(plus(start, -1)),
      made(plus(start, 1)),
      made(plus(start, 2), { eventType: 'b', status: 2 }),
      made(plus(start, 9 * MINUTE), { eventType: 'b' }),
      made(plus(start, 10 * MINUTE)),
    );
    expect(await totals(plus(start, 2 * MINUTE), plus(start, 7 * MINUTE))).toMatchObject({
      status: 200,
      body: {
        by_event_type: {
          'invoice.paid': { success: 1, failure: 0, canceled: 0 },
          b: { success: 1, failure: 1, canceled: 0 },
        },
        total_success: 2,
        total_failure: 1,
        total_canceled: 0,
        since: start.toISOString(),
        until: plus(start, 10 * MINUTE).toISOString(),
      },
    });
    const one = await totals(start, plus(start, 1), { event_types: ['b'] });
    expect(one.body).toMatchObject({ total_success: 0, total_failure: 1 });
    expect((await totals(plus(start, -HOUR), plus(start, -HOUR))).body).toMatchObject({ by_event_type: {} });
  });

  it('want both ends, in their order', async () => {
    for (const [query, field] of [
      [`until=${now().toISOString()}`, 'since'],
      [`since=${now().toISOString()}`, 'until'],
      [`since=${now().toISOString()}&until=${plus(now(), -1).toISOString()}`, 'until'],
    ] as const) {
      const answer = await get(`/app/${scene.appId}/stats/attempts/?${query}`);
      expect(answer.status, query).toBe(422);
      const { detail } = (await answer.json()) as { detail: { loc: string[] }[] };
      expect(detail[0]?.loc, query).toEqual(['query', field]);
    }
  });

  it('count real deliveries, and what was canceled, once', async () => {
    const receiver = await scene.receiver();
    const { id } = await scene.endpoint(receiver);
    await scene.client.endpoint.delete({ params: { app_id: scene.appId, endpoint_id: endpointId } });
    const sent = await scene.send();
    await scene.recorded(sent.id, 1);
    receiver.reply = { status: 500 };
    const failing = await scene.send();
    await scene.recorded(failing.id, 1);
    await scene.client.endpoint.patch({
      params: { app_id: scene.appId, endpoint_id: id },
      body: { disabled: true },
    });
    // The retry is due by then: whoever looks for it closes it.
    server.clock.advance(60);
    await scene.settle();
    const from = plus(now(), -HOUR);
    expect((await totals(from, now())).body).toMatchObject({
      by_event_type: { 'invoice.paid': { success: 1, failure: 1, canceled: 1 } },
    });
    const stats = await scene.client.endpoint.getStats({
      params: { app_id: scene.appId, endpoint_id: id },
      query: {},
    });
    expect(stats.body).toEqual({ success: 1, fail: 1, canceled: 1, pending: 0, sending: 0 });
  });
});

describe('who may look', () => {
  it('a portal session at its own application; nobody at that of another environment', async () => {
    const session = await openSession(server, scene.environment, scene.appId, {
      capabilities: ['ViewBase'],
    });
    const other = await Scene.open(server);
    const params = { app_id: scene.appId };
    const query = { since: plus(now(), -HOUR).toISOString(), until: now().toISOString() };
    for (const [client, status] of [
      [session, 200],
      [other.client, 404],
      [server.as('sk_nobody'), 401],
    ] as const) {
      expect((await client.application.statsAttempts({ params, query })).status).toBe(status);
      expect((await client.statistics.appAttempts({ params, query: {} })).status).toBe(status);
    }
    const body = { ...query, appIds: null };
    for (const answer of [
      await session.application.countActive({ query: {} }),
      await session.statistics.endpointCount({ query: {} }),
      await session.statistics.aggregateAppStats({ body }),
      await session.statistics.aggregateEventTypes({}),
    ]) {
      expect(answer.status).toBe(403);
    }
  });
});

describe('counts of an environment', () => {
  it('are of its applications and endpoints that are there and count', async () => {
    const { client } = scene;
    const create = (app_id: string, body: { url: string; disabled?: boolean }) =>
      client.endpoint.create({ params: { app_id }, body });
    for (const uid of ['off', 'play', 'none', 'gone']) {
      await client.application.create({ body: { name: uid, uid } });
    }
    await create('off', { url: 'https://example.com/', disabled: true });
    await create('play', { url: 'https://play.svix.com/in/x/' });
    await create('gone', { url: 'https://example.com/' });
    await client.application.delete({ params: { app_id: 'gone' } });
    const active = async (query: { exclude_svix_play?: boolean; exclude_disabled?: boolean }) =>
      (await client.application.countActive({ query })).body;
    expect(await active({})).toEqual({ count: 1 });
    expect(await active({ exclude_disabled: false })).toEqual({ count: 2 });
    expect(await active({ exclude_svix_play: false, exclude_disabled: false })).toEqual({ count: 3 });
    expect((await client.statistics.endpointCount({ query: {} })).body).toEqual({ active: 1, disabled: 1 });
    expect((await client.statistics.endpointCount({ query: { exclude_svix_play: false } })).body).toEqual({
      active: 2,
      disabled: 1,
    });
  });
});

describe('what is kept', () => {
  const kept = async (table: string) =>
    (
      await sql<{ sum: number; success: number }>`
        select coalesce(sum(success + fail), 0)::int8 as sum, coalesce(sum(success), 0)::int8 as success
        from ${sql.table(table)} where application_id = ${scene.appId}
          and ${table === 'tally' ? sql`true` : sql`span = 86400`}`.execute(server.context.database.kysely)
    ).rows[0] ?? { sum: 0, success: 0 };

  it('is the sum of what was recorded, whatever was recorded twice, folded and removed by 5 minutes and by hours', async () => {
    const one = fc.record({
      ageMs: fc.integer({ min: 0, max: 40 * DAY }),
      status: fc.constantFrom<0 | 2>(0, 2),
      eventType: fc.constantFrom('a', 'b', 'c'),
      twice: fc.boolean(),
    });
    const step = fc.oneof(fc.array(one, { minLength: 1, maxLength: 8 }), fc.constantFrom('fold', 'maintain'));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        for (const next of steps) {
          if (next === 'fold') await foldTally(server.context.database.kysely, 3);
          else if (next === 'maintain') await maintain(server.context);
          else if (typeof next !== 'string') {
            const batch = next.map(({ ageMs, status, eventType }) =>
              made(plus(now(), -ageMs), { status, eventType }),
            );
            await record(...batch);
            await record(...batch.filter((_, index) => next[index]?.twice));
          }
        }
        const { rows } = await sql<{ sum: number; success: number }>`
          select count(*) as sum, count(*) filter (where status = 0) as success from attempt
          where application_id = ${scene.appId}`.execute(server.context.database.kysely);
        const tally = await kept('tally');
        for (const table of ['endpoint_activity', 'event_type_activity']) {
          const folded = await kept(table);
          expect({ sum: folded.sum + tally.sum, success: folded.success + tally.success }).toEqual(rows[0]);
        }
        const answer = await totals(plus(now(), -41 * DAY), now());
        expect(answer.body).toMatchObject({ total_success: rows[0]?.success });
      }),
      { numRuns: 15 },
    );
  });

  it('goes after the retention', async () => {
    await record(made(plus(now(), -92 * DAY)), made(plus(now(), -80 * DAY)));
    expect((await kept('tally')).sum).toBe(2);
    await maintain(server.context);
    expect((await kept('tally')).sum).toBe(0);
    for (const table of ['endpoint_activity', 'event_type_activity']) expect((await kept(table)).sum).toBe(1);
  });
});
