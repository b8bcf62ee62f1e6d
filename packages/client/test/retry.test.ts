import { describe, expect, test } from 'vitest';
import { ApiError, createClient, unwrap } from '../src/index.js';
import { parseRetryAfter } from '../src/retry.js';
import { applicationOut, json, standingTiming, startServer } from './harness.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const unavailable = { code: 'unavailable', detail: 'Try again.' };
const body = { name: 'Acme' };
const params = { app_id: 'acme' };

/** A server that answers the first `failures` requests with `status`, and a client that never waits. */
async function failingServer(failures: number, status: number, headers: Record<string, string> = {}) {
  const server = await startServer((response, _request, index) =>
    index < failures ? json(response, status, unavailable, headers) : json(response, 200, applicationOut()),
  );
  const time = standingTiming();
  return { ...server, ...time, client: createClient({ serverUrl: server.url, timing: time.timing }) };
}

describe('what is repeated', () => {
  test('a POST that meets 5xx is repeated with one idempotency key and one request id', async () => {
    const { client, received } = await failingServer(2, 503);
    const application = await unwrap(client.application.create({ body }));

    expect(application.name).toBe('Acme');
    expect(received).toHaveLength(3);
    const keys = new Set(received.map(({ headers }) => headers['idempotency-key']));
    expect([...keys]).toEqual([expect.stringMatching(/^auto_/)]);
    expect([...keys].join('').slice('auto_'.length)).toMatch(UUID);
    expect([...new Set(received.map(({ headers }) => headers['x-request-id']))]).toEqual([
      expect.stringMatching(UUID),
    ]);
    expect(received.map((request) => request.body)).toEqual(Array(3).fill(JSON.stringify(body)));
  });

  test('repetitions are counted in svix-retry-count, which the first try does not have', async () => {
    const { client, received } = await failingServer(2, 500);
    await client.application.create({ body });
    expect(received.map(({ headers }) => headers['svix-retry-count'])).toEqual([undefined, '1', '2']);
  });

  test('every call has a key and a request id of its own', async () => {
    const { client, received } = await failingServer(0, 500);
    await client.application.create({ body });
    await client.application.create({ body });
    expect(new Set(received.map(({ headers }) => headers['idempotency-key'])).size).toBe(2);
    expect(new Set(received.map(({ headers }) => headers['x-request-id'])).size).toBe(2);
  });

  test('an idempotency key and a request id that the caller gives are kept over all tries', async () => {
    const { client, received } = await failingServer(1, 502);
    await client.application.create({
      body,
      headers: { 'idempotency-key': 'order-17' },
      extraHeaders: { 'X-Request-Id': 'trace-1' },
    });
    expect(received.map(({ headers }) => headers['idempotency-key'])).toEqual(['order-17', 'order-17']);
    expect(received.map(({ headers }) => headers['x-request-id'])).toEqual(['trace-1', 'trace-1']);
  });

  test('GET, PUT and DELETE are repeated on 5xx and carry no idempotency key', async () => {
    for (const method of ['get', 'upsert', 'delete'] as const) {
      const { client, received } = await failingServer(9, 500);
      await expect(client.application[method]({ params, body })).rejects.toThrow(ApiError);
      expect(received).toHaveLength(3);
      expect(received[0]?.headers['idempotency-key']).toBeUndefined();
    }
  });

  test('PATCH is not repeated on 5xx: nothing lets the server recognise the repetition', async () => {
    const { client, received } = await failingServer(9, 500);
    await expect(client.application.patch({ params, body })).rejects.toMatchObject({ status: 500 });
    expect(received).toHaveLength(1);
  });

  test('PATCH is repeated on 429, which says that nothing was done', async () => {
    const { client, received } = await failingServer(2, 429);
    expect(await unwrap(client.application.patch({ params, body }))).toEqual(applicationOut());
    expect(received).toHaveLength(3);
  });

  test('no other 4xx is ever repeated', async () => {
    for (const status of [400, 401, 403, 404, 405, 409, 410, 413, 422]) {
      const { client, received, waits } = await failingServer(9, status);
      await expect(unwrap(client.application.create({ body }))).rejects.toMatchObject({ status });
      expect(received).toHaveLength(1);
      expect(waits).toEqual([]);
    }
  });

  test('the answer to the last try is what the caller gets', async () => {
    const { client, received } = await failingServer(9, 503);
    await expect(client.application.create({ body })).rejects.toMatchObject({
      status: 503,
      code: 'unavailable',
      detail: 'Try again.',
    });
    expect(received).toHaveLength(3);
  });

  test('retries: 0 sends every call once', async () => {
    const { url, received, timing } = await failingServer(9, 503);
    const client = createClient({ serverUrl: url, retries: 0, timing });
    await expect(client.application.create({ body })).rejects.toMatchObject({ status: 503 });
    expect(received).toHaveLength(1);
  });
});

describe('how long it waits', () => {
  test('half a second and double from then on, of which up to a half is left to chance', async () => {
    for (const [random, expected] of [
      [0, [250, 500, 1000, 2000, 4000, 4000]],
      [0.999999, [500, 1000, 2000, 4000, 8000, 8000]],
    ] as const) {
      const { url } = await failingServer(9, 500);
      const { timing, waits } = standingTiming({ random: () => random });
      const client = createClient({ serverUrl: url, retries: 6, timing });
      await expect(client.application.create({ body })).rejects.toThrow(ApiError);
      expect(waits).toEqual(expected);
    }
  });

  test('as many seconds as Retry-After says', async () => {
    const { client, waits } = await failingServer(2, 429, { 'retry-after': '7' });
    await unwrap(client.application.create({ body }));
    expect(waits).toEqual([7000, 7000]);
  });

  test('until the date that Retry-After says', async () => {
    const { client, waits } = await failingServer(1, 429, { 'retry-after': 'Tue, 24 Nov 2026 09:00:12 GMT' });
    await unwrap(client.application.create({ body }));
    expect(waits).toEqual([12_000]);
  });

  test('as 503 with Retry-After says, too', async () => {
    const { client, waits } = await failingServer(1, 503, { 'retry-after': '3' });
    await unwrap(client.application.create({ body }));
    expect(waits).toEqual([3000]);
  });

  test('not at all for a Retry-After beyond 30 seconds: the error says how long it would be', async () => {
    const { client, waits, received } = await failingServer(9, 429, { 'retry-after': '31' });
    await expect(unwrap(client.application.create({ body }))).rejects.toMatchObject({
      status: 429,
      retryAfterMs: 31_000,
    });
    expect(waits).toEqual([]);
    expect(received).toHaveLength(1);
  });

  test('by its own schedule where Retry-After is absent or makes no sense', async () => {
    for (const headers of [{}, { 'retry-after': 'soon' }, { 'retry-after': '-5' }]) {
      const { client, waits } = await failingServer(1, 429, headers);
      await unwrap(client.application.create({ body }));
      expect(waits).toEqual([250]);
    }
  });

  test('Retry-After is read as seconds or as a date, never as less than nothing', () => {
    const now = Date.parse('2026-11-24T09:00:00Z');
    expect(parseRetryAfter('0', now)).toBe(0);
    expect(parseRetryAfter(' 2 ', now)).toBe(2000);
    expect(parseRetryAfter('1.5', now)).toBe(1500);
    expect(parseRetryAfter('Tue, 24 Nov 2026 08:59:00 GMT', now)).toBe(0);
    expect(parseRetryAfter('7 apples', now)).toBeUndefined();
    expect(parseRetryAfter('', now)).toBeUndefined();
    expect(parseRetryAfter(null, now)).toBeUndefined();
  });
});
