import { describe, expect, test } from 'vitest';
import { toBars, toTypes, totalOf } from '../src/features/activity/figures';
import { formatPeriod } from '../src/features/activity/format';
import { parseActivity, spanSince, stretchOf } from '../src/features/activity/periods';

const NOW = new Date('2026-11-24T10:07:30Z');

describe('the stretch of a resolution', () => {
  test.each([
    ['FiveMinutes', '2026-11-24T04:10:00.000Z', '2026-11-24T10:10:00.000Z'],
    ['OneHour', '2026-11-21T11:00:00.000Z', '2026-11-24T11:00:00.000Z'],
    ['OneDay', '2026-10-28T00:00:00.000Z', '2026-11-25T00:00:00.000Z'],
  ] as const)('%s is whole periods up to the one that is not over', (period, since, until) => {
    expect(stretchOf(period, NOW)).toEqual({ since, until });
  });

  test('of a span begins at a whole minute', () => {
    expect(spanSince('hours', NOW)).toBe('2026-11-24T04:07:00.000Z');
  });
});

describe('figures', () => {
  test('become bars with their times; what is missing is nothing', () => {
    const bars = toBars({
      startDate: '2026-11-24T08:00:00Z',
      endDate: '2026-11-24T10:00:00Z',
      period: 'OneHour',
      data: { successCount: [3, 4], failureCount: [1], canceledCount: null },
    });
    expect(bars).toEqual([
      { at: new Date('2026-11-24T08:00:00Z'), success: 3, fail: 1, canceled: 0, total: 4 },
      { at: new Date('2026-11-24T09:00:00Z'), success: 4, fail: 0, canceled: 0, total: 4 },
    ]);
    expect(totalOf(bars)).toEqual({ success: 7, fail: 1, canceled: 0 });
  });

  test('by event type begin with the busiest', () => {
    const types = toTypes({
      by_event_type: {
        b: { success: 1, failure: 0, canceled: 0 },
        a: { success: 0, failure: 1, canceled: 0 },
        c: { success: 5, failure: 0, canceled: 1 },
      },
      total_success: 6,
      total_failure: 1,
      total_canceled: 1,
      since: '2026-11-24T08:00:00Z',
      until: '2026-11-24T10:00:00Z',
    });
    expect(types.map(({ name }) => name)).toEqual(['c', 'a', 'b']);
  });
});

test('a day is called by its date in UTC, in every language', () => {
  const midnight = new Date('2026-11-24T00:00:00Z');
  expect(formatPeriod(midnight, 'OneDay', 'en-GB')).toBe('24 Nov');
  expect(formatPeriod(midnight, 'OneDay', 'de')).toContain('24');
});

test('an address may say anything', () => {
  expect(parseActivity({ period: 'OneYear', eventType: 7 })).toEqual({});
  expect(parseActivity({ period: 'OneDay', eventType: 'a.b' })).toEqual({
    period: 'OneDay',
    eventType: 'a.b',
  });
});
