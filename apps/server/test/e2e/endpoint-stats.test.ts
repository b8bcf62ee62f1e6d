import { ID_PREFIX } from '@postrider/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createId } from '../../src/ids.js';
import { recordAttempts } from '../../src/storage/record.js';
import { attemptAt } from '../attempts.js';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';
import { bodyOf } from '../sessions.js';

let server: TestServer;
let environment: TestEnvironment;
let applicationId: string;
let endpointId: string;
beforeAll(async () => {
  // Nothing is delivered here: what the tests store stays as it is.
  server = await startServer({ POSTRIDER_ROLE: 'api' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  environment = await server.createEnvironment();
  const { client } = environment;
  ({ id: applicationId } = await bodyOf<{ id: string }>(
    client.application.create({ body: { name: 'a', uid: 'a' } }),
  ));
  const body = { url: 'https://example.com/', uid: 'e', throttleRate: 2 };
  ({ id: endpointId } = await bodyOf<{ id: string }>(
    client.endpoint.create({ params: { app_id: 'a' }, body }),
  ));
});

const E = { params: { app_id: 'a', endpoint_id: 'e' } };
const HOUR = 3_600_000;
const ago = (ms: number) => new Date(server.clock.now().getTime() - ms);
const stats = (query: { since?: string; until?: string } = {}) =>
  environment.client.endpoint.getStats({ ...E, query });
const attemptStats = (query: { since?: string; until?: string } = {}) =>
  environment.client.endpoint.getAttemptStats({ ...E, query });

const storeAttempts = (status: 0 | 2, ...times: Date[]) =>
  recordAttempts(
    server.context.database,
    times.map((at) => attemptAt(at, { applicationId, endpointId, status })),
  );

const storeCanceled = (at: Date) =>
  server.context.database.kysely
    .insertInto('tally')
    .values({
      application_id: applicationId,
      endpoint_id: endpointId,
      event_type: 'a',
      bucket: new Date(Math.floor(at.getTime() / 300_000) * 300_000),
      success: 0,
      fail: 0,
      canceled: 1,
    })
    .execute();

const storeDelivery = (status: number, createdAt: Date, dueAt: Date | null = null) =>
  server.context.database.kysely
    .insertInto('delivery')
    .values({
      application_id: applicationId,
      endpoint_id: endpointId,
      message_id: createId(ID_PREFIX.message, createdAt),
      status,
      due_at: dueAt,
      retry_at: null,
      owner: null,
    })
    .execute();

describe('stats', () => {
  const zeros = { success: 0, pending: 0, sending: 0, fail: 0, canceled: 0 };

  it('are zeros at first', async () => {
    expect(await stats()).toMatchObject({ status: 200, body: zeros });
    expect((await attemptStats()).body).toEqual({ success: 0, fail: 0, canceled: 0 });
  });

  it('count attempts by how they ended, and messages that wait or were canceled', async () => {
    await storeAttempts(0, ago(1000), ago(2000), ago(20 * 24 * HOUR));
    await storeAttempts(2, ago(3000), ago(40 * 24 * HOUR));
    await storeDelivery(0, ago(1000));
    await storeDelivery(1, ago(1000), ago(-60_000));
    await storeDelivery(1, ago(2000), ago(-60_000));
    await storeDelivery(3, ago(3000), ago(-60_000));
    await storeCanceled(ago(4000));
    await storeCanceled(ago(40 * 24 * HOUR));
    await storeDelivery(2, ago(4000));
    expect((await stats()).body).toEqual({ success: 3, fail: 1, pending: 2, sending: 1, canceled: 1 });
    expect((await attemptStats()).body).toEqual({ success: 3, fail: 1, canceled: 1 });
  });

  it('count what lies between since and until, both included', async () => {
    const [first, second, third] = [ago(3 * HOUR), ago(2 * HOUR), ago(HOUR)];
    await storeAttempts(0, first, second, third);
    const since = second.toISOString();
    const until = second.toISOString();
    expect((await stats({ since })).body).toMatchObject({ success: 2 });
    expect((await stats({ until })).body).toMatchObject({ success: 2 });
    expect((await stats({ since, until })).body).toMatchObject({ success: 1 });
    const offset = since.replace('Z', '+00:00');
    expect((await stats({ since: offset })).body).toMatchObject({ success: 2 });
    expect((await stats({ since: third.toISOString(), until: first.toISOString() })).body).toEqual(zeros);
  });

  it('of whole hours count everything in the hours touched', async () => {
    const hour = Math.floor(ago(5 * HOUR).getTime() / HOUR) * HOUR;
    const at = (minutes: number) => new Date(hour + minutes * 60_000);
    await storeAttempts(0, at(-1), at(1), at(59), at(61));
    await storeAttempts(2, at(30));
    const bounds = { since: at(29).toISOString(), until: at(31).toISOString() };
    expect((await stats(bounds)).body).toMatchObject({ success: 0, fail: 1 });
    expect((await attemptStats(bounds)).body).toEqual({ success: 2, fail: 1, canceled: 0 });
  });

  it('reach back 28 days, and a little more for slow clocks', async () => {
    const day = 24 * HOUR;
    const until = ago(day);
    const before = (ms: number) => new Date(until.getTime() - ms).toISOString();
    for (const operation of [stats, attemptStats]) {
      const answer = (ms: number) => operation({ since: before(ms), until: until.toISOString() });
      expect((await answer(28 * day)).status).toBe(200);
      expect((await answer(28 * day + 300_000)).status).toBe(200);
      expect(await answer(29 * day)).toMatchObject({
        status: 400,
        body: {
          code: 'invalid_range',
          detail: expect.stringMatching(/^'since' cannot be more than 28 days prior to \d{4}-\S+ \S+ UTC$/),
        },
      });
      expect(await operation({ since: ago(29 * day).toISOString() })).toMatchObject({ status: 400 });
      expect(await operation({ until: ago(-60_000).toISOString() })).toMatchObject({
        status: 400,
        body: { code: 'invalid_range', detail: "'until' cannot be in the future" },
      });
    }
  });

  it('are zeros before there was anything, not everything', async () => {
    await storeAttempts(0, ago(1000));
    for (const until of ['2000-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '0001-01-01T00:00:00Z']) {
      expect(await stats({ until })).toMatchObject({ status: 200, body: zeros });
    }
  });

  it('refuse what is no time with 422', async () => {
    for (const path of ['stats', 'attempt-stats']) {
      const answer = await fetch(`${server.url}/api/v1/app/a/endpoint/e/${path}/?since=yesterday`, {
        headers: { authorization: `Bearer ${environment.key}` },
      });
      expect(answer.status).toBe(422);
    }
  });

  it('do not count what belongs to another endpoint or application', async () => {
    await storeAttempts(0, ago(1000));
    const body = { url: 'https://example.com/', uid: 'f' };
    await environment.client.endpoint.create({ params: { app_id: 'a' }, body });
    const other = { params: { app_id: 'a', endpoint_id: 'f' }, query: {} };
    expect((await environment.client.endpoint.getStats(other)).body).toEqual(zeros);
  });
});

describe('rate limit status', () => {
  const status = () => environment.client.endpoint.getRateLimitStatus(E);
  const storeBucket = (tokens: number, refilledAt: Date) =>
    server.context.database.kysely
      .insertInto('endpoint_work')
      .values({
        application_id: applicationId,
        endpoint_id: endpointId,
        next_due_at: refilledAt,
        tokens,
        refilled_at: refilledAt,
      })
      .execute();
  const ok = { status: 200, body: { status: 'Ok', throttledSince: null } };

  it('is Ok while nothing was sent, and while tokens are left', async () => {
    expect(await status()).toMatchObject(ok);
    await storeBucket(1, ago(0));
    await storeDelivery(1, ago(5000), ago(5000));
    expect(await status()).toMatchObject(ok);
  });

  it('is Ok without tokens while nothing is due', async () => {
    await storeBucket(-5, ago(0));
    await storeDelivery(3, ago(5000), ago(-HOUR));
    expect(await status()).toMatchObject(ok);
  });

  it('is RateLimited without tokens while something is due, since that was', async () => {
    const due = ago(5000);
    await storeBucket(-5, ago(0));
    await storeDelivery(1, ago(9000), due);
    await storeDelivery(1, ago(9000), ago(1000));
    expect(await status()).toMatchObject({
      status: 200,
      body: { status: 'RateLimited', throttledSince: due.toISOString() },
    });
    server.clock.advance(4);
    expect(await status()).toMatchObject(ok);
  });

  it('is Ok for an endpoint without a throttle', async () => {
    await storeBucket(-5, ago(0));
    await storeDelivery(1, ago(5000), ago(5000));
    await environment.client.endpoint.patch({ ...E, body: { throttleRate: null } });
    expect(await status()).toMatchObject(ok);
  });
});
