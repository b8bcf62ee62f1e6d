import type { StatisticsPeriod } from '@postrider/contract';
import { invalidInput } from '../errors.js';
import type { Stretch } from '../storage/activity.js';
import { SPAN, type Span } from '../storage/attempt-tally.js';

const DAY_MS = 86_400_000;
/** For how long figures are promised by 5 minutes and by hours; maintenance removes them a little later. */
const FIVE_MINUTES_MS = 3 * DAY_MS;
const HOURS_MS = 30 * DAY_MS;
/** Longest series. */
const MAX_POINTS = 1_000;

const PERIODS: Record<StatisticsPeriod, { span: Span; defaultMs: number; reachMs: number }> = {
  FiveMinutes: { span: SPAN.fiveMinutes, defaultMs: DAY_MS, reachMs: FIVE_MINUTES_MS },
  OneHour: { span: SPAN.hour, defaultMs: 7 * DAY_MS, reachMs: HOURS_MS },
  OneDay: { span: SPAN.day, defaultMs: 28 * DAY_MS, reachMs: Number.POSITIVE_INFINITY },
};

/** The start of the period of `span` seconds, in UTC, that an instant lies in. */
export const floorTo = (at: Date, span: Span): Date =>
  new Date(Math.floor(at.getTime() / (span * 1000)) * span * 1000);

/** The end of the period, or the instant itself where a period begins with it. */
export const ceilTo = (at: Date, span: Span): Date =>
  new Date(Math.ceil(at.getTime() / (span * 1000)) * span * 1000);

/** How coarse figures of an instant may be. */
export const spanAt = (at: Date, now: Date): Span => {
  const age = now.getTime() - at.getTime();
  return age <= FIVE_MINUTES_MS ? SPAN.fiveMinutes : age <= HOURS_MS ? SPAN.hour : SPAN.day;
};

/** What is counted where this is asked for: every row that the period touches. */
export const toRows = ({ since, until }: Stretch, now: Date): Stretch => ({
  since: floorTo(since, spanAt(since, now)),
  until: ceilTo(until, spanAt(until, now)),
});

/** @throws InvalidInputError when a period ends before it begins; it names the end */
export function checkOrder({ since, until }: Stretch, place: 'query' | 'body', end: string): void {
  if (until < since) throw invalidInput([place, end], 'The end must not be before the start');
}

/** A series that is asked for: `points` periods of `span` seconds. */
export interface Series extends Stretch {
  readonly period: StatisticsPeriod;
  readonly span: Span;
  readonly points: number;
}

/**
 * The series that is meant; periods at both ends are whole.
 *
 * @throws InvalidInputError for one that ends before it begins, is too long, or reaches back to where figures are coarser
 */
export function toSeries(
  query: {
    readonly startDate?: Date | undefined;
    readonly endDate?: Date | undefined;
    readonly period?: StatisticsPeriod | undefined;
  },
  now: Date,
): Series {
  const period = query.period ?? 'OneDay';
  const { span, defaultMs, reachMs } = PERIODS[period];
  const end = query.endDate ?? now;
  const start = query.startDate ?? new Date(end.getTime() - defaultMs);
  checkOrder({ since: start, until: end }, 'query', 'endDate');
  const [since, until] = [floorTo(start, span), ceilTo(end, span)];
  const points = (until.getTime() - since.getTime()) / (span * 1000);
  if (points > MAX_POINTS) {
    throw invalidInput(['query', 'startDate'], `More than ${MAX_POINTS} periods before the end`);
  }
  if (now.getTime() - start.getTime() > reachMs) {
    const days = reachMs / DAY_MS;
    throw invalidInput(['query', 'startDate'], `${period} reach back ${days} days; ask for a longer period`);
  }
  return { since, until, period, span, points };
}
