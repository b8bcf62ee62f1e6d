import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { ConnectionError, createClient, TimeoutError, unwrap } from '../src/index.js';
import { systemTiming } from '../src/timing.js';
import { applicationOut, json, standingTiming, startServer } from './harness.js';

const params = { app_id: 'acme' };
const unavailable = { code: 'unavailable', detail: 'Try again.' };

describe('timeout', () => {
  test('a try without an answer ends in time and is repeated', async () => {
    const time = standingTiming();
    const { url, received } = await startServer((response, _request, index) => {
      if (index === 0) time.expireAll();
      else json(response, 200, applicationOut());
    });
    const client = createClient({ serverUrl: url, timeoutMs: 1234, timing: time.timing });
    await unwrap(client.application.get({ params }));
    expect(received).toHaveLength(2);
    expect(time.waits).toEqual([250]);
    expect(time.running()).toEqual([]);
  });

  test('a server that never answers is a TimeoutError, which is a ConnectionError', async () => {
    const time = standingTiming();
    const { url, received } = await startServer(() => time.expireAll());
    const client = createClient({ serverUrl: url, timeoutMs: 1234, timing: time.timing });
    const error: unknown = await client.application.get({ params }).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({
      name: 'TimeoutError',
      message: 'GET /api/v1/app/acme/ got no answer in 3 tries: timed out after 1234 ms',
      timeoutMs: 1234,
      tries: 3,
    });
    expect(received).toHaveLength(3);
  });

  test('the body of an answer is under the timeout, too', async () => {
    const time = standingTiming();
    const { url } = await startServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{', () => time.expireAll());
    });
    const client = createClient({ serverUrl: url, retries: 0, timing: time.timing });
    await expect(client.application.get({ params })).rejects.toThrow(TimeoutError);
  });

  test('it is 30 seconds unless said otherwise', async () => {
    const time = standingTiming();
    const running: number[] = [];
    const { url } = await startServer((response) => {
      running.push(...time.running());
      json(response, 200, applicationOut());
    });
    await createClient({ serverUrl: url, timing: time.timing }).application.get({ params });
    expect(running).toEqual([30_000]);
  });

  test('the timers of the platform are used unless others are given', async () => {
    const { url } = await startServer(() => {});
    const client = createClient({ serverUrl: url, timeoutMs: 1, retries: 1, timing: { random: () => -1 } });
    await expect(client.application.get({ params })).rejects.toThrow('2 tries: timed out after 1 ms');
  });

  test('a timeout or number of retries that makes no sense is refused at once', () => {
    for (const timeoutMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
      expect(() => createClient({ serverUrl: 'http://a.example', timeoutMs })).toThrow(RangeError);
    }
    for (const retries of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => createClient({ serverUrl: 'http://a.example', retries })).toThrow(RangeError);
    }
  });
});

describe("the caller's signal", () => {
  test('ends a call under way with its reason and without another try', async () => {
    const controller = new AbortController();
    const reason = new Error('left the page');
    const { url, received } = await startServer(() => controller.abort(reason));
    const time = standingTiming();
    const client = createClient({ serverUrl: url, timing: time.timing });

    const call = client.application.get({ params, fetchOptions: { signal: controller.signal } });
    await expect(call).rejects.toBe(reason);
    expect(received).toHaveLength(1);
    expect(time.waits).toEqual([]);
    expect(time.running()).toEqual([]);
  });

  test('ends a call that waits for its next try', async () => {
    for (const before of [true, false]) {
      const controller = new AbortController();
      const { url, received } = await startServer((response) => json(response, 503, unavailable));
      const { timing } = standingTiming({
        delay: (_milliseconds, signal) => {
          if (before) controller.abort();
          const waiting = systemTiming.delay(3_600_000, signal);
          controller.abort();
          return waiting;
        },
      });
      const client = createClient({ serverUrl: url, timing });
      const call = client.application.get({ params, fetchOptions: { signal: controller.signal } });
      await expect(call).rejects.toMatchObject({ name: 'AbortError' });
      expect(received).toHaveLength(1);
    }
  });

  test('aborted beforehand, nothing is sent', async () => {
    const { url, received } = await startServer((response) => json(response, 200, applicationOut()));
    const client = createClient({ serverUrl: url });
    const call = client.application.get({ params, fetchOptions: { signal: AbortSignal.abort() } });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(received).toHaveLength(0);
  });

  test('nothing is left behind on a signal that outlives the call', async () => {
    const { signal } = new AbortController();
    const { url } = await startServer((response, _request, index) =>
      index === 0 ? json(response, 503, unavailable) : json(response, 200, applicationOut()),
    );
    const client = createClient({
      serverUrl: url,
      timing: { ...standingTiming().timing, delay: (_wait, given) => systemTiming.delay(0, given) },
    });
    await unwrap(client.application.get({ params, fetchOptions: { signal } }));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
