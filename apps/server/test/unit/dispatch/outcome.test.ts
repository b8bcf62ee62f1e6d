import { describe, expect, test } from 'vitest';
import { readOutcome } from '../../../src/dispatch/outcome.js';
import type { FailureReason } from '../../../src/outbound/failure.js';

const NOW = Date.UTC(2026, 10, 24);

const answer = (statusCode: number, ...headers: [string, string][]) =>
  readOutcome({ kind: 'response', statusCode, headers, body: 'body', durationMs: 12 }, NOW);

const record = (statusCode: number) => ({ statusCode, response: 'body', durationMs: 12 });

test.each([200, 201, 204, 299])('%i is success', (status) => {
  expect(answer(status)).toEqual({ kind: 'success', record: record(status), endpoint: { disable: false } });
});

test.each([300, 301, 304, 308, 400, 404, 408, 500, 503, 599])('%i is failure', (status) => {
  expect(answer(status)).toEqual({
    kind: 'failure',
    record: record(status),
    cause: 'other',
    retryAfterMs: null,
  });
});

describe('failures', () => {
  test.each<[FailureReason, string, string]>([
    ['timeout', 'request timed out', 'timeout'],
    ['blocked', 'requests to this IP range are blocked (see the server configuration)', 'other'],
    ['connect', 'error making request: client error (Connect): connection refused', 'other'],
    ['send', 'error making request: client error (SendRequest): connection reset', 'other'],
    ['invalid', 'error making request: the URL is not a valid http or https URL', 'other'],
  ])('without an answer (%s) have status 0 and their text', (reason, message, cause) => {
    expect(readOutcome({ kind: 'failure', reason, message, durationMs: 5 }, NOW)).toEqual({
      kind: 'failure',
      record: { statusCode: 0, response: message, durationMs: 5 },
      cause,
      retryAfterMs: null,
    });
  });

  test('429 asks for a pause', () => {
    expect(answer(429)).toMatchObject({ kind: 'failure', cause: 'too-many-requests' });
  });

  test.each([
    [503, 'Retry-After', '120', 120_000],
    [429, 'retry-after', '1.5', 2000],
    [302, 'RETRY-AFTER', 'Tue, 24 Nov 2026 00:01:00 GMT', 60_000],
    [500, 'retry-after', 'soon', null],
  ])('%i with %s: %s waits %s ms', (status, name, value, retryAfterMs) => {
    expect(answer(status, [name, value])).toMatchObject({ kind: 'failure', retryAfterMs });
  });
});

describe('what the receiver says of its endpoint and the message', () => {
  const gone = { disable: true, why: 'gone' };
  const asked = { disable: true, why: 'asked' };
  const keep = { disable: false };

  test.each([
    [410, null, 'refusal', gone],
    [410, 'abort-message', 'refusal', gone],
    [200, 'disable', 'success', asked],
    [500, 'disable', 'refusal', asked],
    [429, ' Disable ', 'refusal', asked],
    [500, 'abort-message', 'refusal', keep],
    [404, 'ABORT-MESSAGE', 'refusal', keep],
    [200, 'abort-message', 'success', keep],
    [200, 'something', 'success', keep],
  ])('%i with webhook-delivery: %s is %s, endpoint %j', (status, instruction, kind, endpoint) => {
    const headers: [string, string][] = instruction === null ? [] : [['Webhook-Delivery', instruction]];
    expect(answer(status, ...headers)).toEqual({ kind, record: record(status), endpoint });
  });

  test('an unknown instruction on a failure means nothing', () => {
    expect(answer(500, ['webhook-delivery', 'pause'])).toMatchObject({ kind: 'failure' });
  });
});
