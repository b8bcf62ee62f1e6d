import type { StatisticsPeriod } from '@postrider/contract';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How far back figures are shown, from little to most. */
export const SPANS = ['hours', 'days', 'weeks'] as const;
export type SpanName = (typeof SPANS)[number];

const SPAN_LENGTH: Record<SpanName, number> = { hours: 6 * HOUR, days: 3 * DAY, weeks: 28 * DAY };

/** When a span that ends now begins, to the minute, so that the same span stays the same call for a while. */
export const spanSince = (name: SpanName, now: Date): string =>
  new Date(Math.floor((now.getTime() - SPAN_LENGTH[name]) / MINUTE) * MINUTE).toISOString();

/** The resolutions, from fine to coarse. */
export const PERIODS = ['FiveMinutes', 'OneHour', 'OneDay'] as const satisfies readonly StatisticsPeriod[];

/** Length of a period, in milliseconds. */
export const PERIOD_LENGTH: Record<StatisticsPeriod, number> = {
  FiveMinutes: 5 * MINUTE,
  OneHour: HOUR,
  OneDay: DAY,
};
/** How far back each resolution is shown: as many bars as one can tell apart on a phone. */
export const SPAN_OF: Record<StatisticsPeriod, SpanName> = {
  FiveMinutes: 'hours',
  OneHour: 'days',
  OneDay: 'weeks',
};

/** What the page of activity shows, as it stands in the address. */
export interface ActivityChoice {
  readonly period?: StatisticsPeriod | undefined;
  readonly eventType?: string | undefined;
}

/** Reads the choice out of an address, which may say anything. */
export function parseActivity(search: Record<string, unknown>): ActivityChoice {
  const { eventType } = search;
  // By hand: the first page reads addresses, and shall not bring what checks answers.
  const period = PERIODS.find((one) => one === search.period);
  return {
    ...(period === undefined ? {} : { period }),
    ...(typeof eventType === 'string' && eventType !== '' ? { eventType } : {}),
  };
}

/** The stretch that a resolution shows: whole periods, the last of which is not over. */
export function stretchOf(period: StatisticsPeriod, now: Date): { since: string; until: string } {
  const length = PERIOD_LENGTH[period];
  const until = Math.floor(now.getTime() / length) * length + length;
  return {
    since: new Date(until - SPAN_LENGTH[SPAN_OF[period]]).toISOString(),
    until: new Date(until).toISOString(),
  };
}
