/** Formatters by what they were made of: to make one takes a hundred times as long as to use it. */
function remember<Options, Formatter>(
  make: (locale: string, options: Options) => Formatter,
): (locale: string, options: Options) => Formatter {
  const known = new Map<string, Formatter>();
  return (locale, options) => {
    const key = `${locale} ${JSON.stringify(options)}`;
    const formatter = known.get(key) ?? make(locale, options);
    known.set(key, formatter);
    return formatter;
  };
}

/** A formatter of dates, the same one for the same wish. */
export const dateFormat = remember(
  (locale, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options),
);

const numberFormat = remember(
  (locale, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options),
);

/** Date and time for people, in the reader's own zone: `1 December 2026 at 09:00`. */
export function formatDateTime(instant: Date, locale: string): string {
  return dateFormat(locale, { dateStyle: 'long', timeStyle: 'short' }).format(instant);
}

/** As `formatDateTime`, short and to the second, for lists: `1 Dec 2026, 09:00:00`. */
export function formatInstant(instant: Date, locale: string): string {
  return dateFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(instant);
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** As `formatInstant`, with its zone, to be held against times from elsewhere: `1 Dec 2026, 09:00:00 CET`. */
export function formatInstantInZone(instant: Date, locale: string): string {
  return dateFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(instant);
}

/** The zone that all times are shown in, the reader's own: `Europe/Berlin`. */
export const readersZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

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
export const formatNumber = (value: number, locale: string): string => numberFormat(locale, {}).format(value);

/** A share of 0 to 1: `3.4%`. */
export const formatPercent = (share: number, locale: string): string =>
  numberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(share);

/** A duration in the unit that suits it: `320 ms`, `1.2 sec`. */
export function formatDuration(milliseconds: number, locale: string): string {
  const isShort = milliseconds < 1000;
  return numberFormat(locale, {
    style: 'unit',
    unit: isShort ? 'millisecond' : 'second',
    maximumFractionDigits: 1,
  }).format(isShort ? milliseconds : milliseconds / 1000);
}
