import type { AppAttemptStatsOut, AttemptStatisticsResponse } from '@postrider/contract';
import { PERIOD_LENGTH } from './periods';

/** The outcomes, as bars are stacked from below. */
export const OUTCOMES = ['success', 'fail', 'canceled'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export type Counts = Readonly<Record<Outcome, number>>;

/** What happened in one period. */
export interface Bar extends Counts {
  readonly at: Date;
  readonly total: number;
}

export const sumOf = ({ success, fail, canceled }: Counts): number => success + fail + canceled;

/** The periods in their order. Series may be missing: then nothing was counted. */
export function toBars({ startDate, endDate, period, data }: AttemptStatisticsResponse): readonly Bar[] {
  const start = new Date(startDate).getTime();
  const length = PERIOD_LENGTH[period];
  const count = Math.max(0, Math.round((new Date(endDate).getTime() - start) / length));
  return Array.from({ length: count }, (_none, index) => {
    const counts = {
      success: data.successCount?.[index] ?? 0,
      fail: data.failureCount?.[index] ?? 0,
      canceled: data.canceledCount?.[index] ?? 0,
    };
    return { at: new Date(start + index * length), ...counts, total: sumOf(counts) };
  });
}

/** All periods together. */
export function totalOf(bars: readonly Counts[]): Counts {
  const sum = (which: Outcome) => bars.reduce((all, bar) => all + bar[which], 0);
  return { success: sum('success'), fail: sum('fail'), canceled: sum('canceled') };
}

export interface TypeFigures extends Counts {
  readonly name: string;
}

/** Event types, the busiest first. */
export const toTypes = ({ by_event_type }: AppAttemptStatsOut): readonly TypeFigures[] =>
  Object.entries(by_event_type)
    .map(([name, { success, failure, canceled }]) => ({ name, success, fail: failure, canceled }))
    .sort((a, b) => sumOf(b) - sumOf(a) || (a.name < b.name ? -1 : 1));
