import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FailedAttempt, nextAttemptDelayMs, parseRetryAfter } from '../../../src/dispatch/retry.js';

const SCHEDULE = [5, 300, 1800, 7200, 18_000, 36_000, 36_000].map((seconds) => seconds * 1000);

/** Delay in seconds, without jitter. */
function delaySeconds(attempt: Partial<FailedAttempt>): number | null {
  const delayMs = nextAttemptDelayMs({
    scheduleMs: SCHEDULE,
    attemptNumber: 0,
    cause: 'other',
    retryAfterMs: null,
    random: () => 0.5,
    ...attempt,
  });
  return delayMs === null ? null : delayMs / 1000;
}

describe('nextAttemptDelayMs', () => {
  test('follows the schedule, one entry for each failure, until it is used up', () => {
    const delays = Array.from({ length: 9 }, (_, attemptNumber) => delaySeconds({ attemptNumber }));
    expect(delays).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 36_000, null, null]);
    expect(delaySeconds({ scheduleMs: [] })).toBeNull();
  });

  test.each([
    // cause, number of the attempt, Retry-After in seconds, delay
    ['timeout', 0, null, 60],
    ['timeout', 1, null, 300],
    ['too-many-requests', 0, null, 60],
    ['too-many-requests', 1, null, 300],
    ['other', 0, 0, 5],
    ['other', 0, 8, 8],
    ['other', 0, 10, 10],
    ['other', 0, 3600, 10],
    ['other', 1, 60, 300],
    ['other', 1, 450, 450],
    ['too-many-requests', 0, 10, 60],
    ['too-many-requests', 0, 90, 90],
    ['too-many-requests', 0, 3600, 120],
    ['other', 0, Number.POSITIVE_INFINITY, 10],
  ] as const)(
    '%s in attempt %i with Retry-After %s waits %i s',
    (cause, attemptNumber, retryAfter, seconds) => {
      const retryAfterMs = retryAfter === null ? null : retryAfter * 1000;
      expect(delaySeconds({ cause, attemptNumber, retryAfterMs })).toBe(seconds);
    },
  );

  test('jitter takes up to a fifth or adds it', () => {
    expect(delaySeconds({ attemptNumber: 1, random: () => 0 })).toBe(240);
    expect(delaySeconds({ attemptNumber: 1, random: () => 1 })).toBe(360);
  });

  const anyAttempt = fc.record({
    scheduleMs: fc.array(fc.integer({ min: 0, max: 40_000_000 }), { maxLength: 10 }),
    attemptNumber: fc.nat({ max: 12 }),
    cause: fc.constantFrom('timeout', 'too-many-requests', 'other'),
    retryAfterMs: fc.option(fc.nat()),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }).map((value) => () => value),
  });

  test('is never under the least wait less a fifth, never over its double and a fifth, and always whole', () => {
    fc.assert(
      fc.property(anyAttempt, (attempt) => {
        const delayMs = nextAttemptDelayMs(attempt);
        const entryMs = attempt.scheduleMs[attempt.attemptNumber];
        if (entryMs === undefined || delayMs === null) {
          expect([entryMs, delayMs]).toEqual([undefined, null]);
          return;
        }
        const leastMs = Math.max(entryMs, attempt.cause === 'other' ? 0 : 60_000);
        const mostMs = attempt.retryAfterMs === null ? leastMs : 2 * leastMs;
        expect(Number.isInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(Math.floor(leastMs * 0.8));
        expect(delayMs).toBeLessThanOrEqual(Math.ceil(mostMs * 1.2));
      }),
    );
  });

  test('a longer Retry-After never means an earlier attempt', () => {
    fc.assert(
      fc.property(anyAttempt, fc.nat(), fc.nat(), (attempt, one, other) => {
        const [shorter, longer] = [Math.min(one, other), Math.max(one, other)].map((retryAfterMs) =>
          nextAttemptDelayMs({ ...attempt, retryAfterMs }),
        );
        expect(longer ?? 0).toBeGreaterThanOrEqual(shorter ?? 0);
      }),
    );
  });
});

describe('parseRetryAfter', () => {
  const now = Date.UTC(2015, 9, 21, 7, 28, 0);

  test.each([
    ['120', 120],
    [' 120 ', 120],
    ['120.1', 121],
    ['0', 0],
    ['0.001', 1],
    ['Wed, 21 Oct 2015 07:30:00 GMT', 120],
    ['21 Oct 2015 07:30:00 GMT', 120],
    ['21 Oct 2015 07:30 +0000', 120],
    ['Wed, 21 Oct 2015 09:30:00 +0200', 120],
    ['Wed, 21 Oct 2015 07:27:00 GMT', 0],
  ])('%s is %i s', (value, seconds) => {
    expect(parseRetryAfter(value, now)).toBe(seconds * 1000);
  });

  test.each([
    '',
    'soon',
    '-1',
    '1e3',
    '0x10',
    '12 s',
    '1,5',
    '.5',
    '2015-10-21T07:30:00Z',
    'Wed, 21 Oct 2015',
    '99 Foo 2015 07:30:00 GMT',
  ])('"%s" is ignored', (value) => expect(parseRetryAfter(value, now)).toBeNull());

  test('no text breaks it', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const ms = parseRetryAfter(value, now);
        expect(ms === null || ms >= 0).toBe(true);
      }),
    );
  });
});
