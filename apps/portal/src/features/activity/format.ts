import type { StatisticsPeriod } from '@postrider/contract';
import { dateFormat } from '../../lib/format';

const OPTIONS: Record<StatisticsPeriod, Intl.DateTimeFormatOptions> = {
  FiveMinutes: { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' },
  OneHour: { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' },
  // Days are counted in UTC: in the reader's own zone one would bear the name of the day before.
  OneDay: { month: 'short', day: 'numeric', timeZone: 'UTC' },
};

/** When a period begins, for people: `24 Nov, 09:00`, or the day alone. */
export const formatPeriod = (at: Date, period: StatisticsPeriod, locale: string): string =>
  dateFormat(locale, OPTIONS[period]).format(at);
