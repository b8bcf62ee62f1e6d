/** Date and time for people, in the reader's own zone: `1 December 2026 at 09:00`. */
export function formatDateTime(instant: Date, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' }).format(instant);
}

/** As `formatDateTime`, short and to the second, for lists: `1 Dec 2026, 09:00:00`. */
export function formatInstant(instant: Date, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(instant);
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** How far `instant` is from `now`: `in 7 days`. In the largest unit that it fills. */
export function formatDistance(instant: Date, now: Date, locale: string): string {
  const milliseconds = instant.getTime() - now.getTime();
  const [unit, size] = UNITS.find(([, size]) => Math.abs(milliseconds) >= size) ?? UNITS[2];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(
    Math.round(milliseconds / size),
    unit,
  );
}

/** A whole number with the locale's separators: `12,345`. */
export const formatNumber = (value: number, locale: string): string =>
  new Intl.NumberFormat(locale).format(value);

/** A share of 0 to 1: `3.4%`. */
export const formatPercent = (share: number, locale: string): string =>
  new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(share);

/** A duration in the unit that suits it: `320 ms`, `1.2 sec`. */
export function formatDuration(milliseconds: number, locale: string): string {
  const isShort = milliseconds < 1000;
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: isShort ? 'millisecond' : 'second',
    maximumFractionDigits: 1,
  }).format(isShort ? milliseconds : milliseconds / 1000);
}
