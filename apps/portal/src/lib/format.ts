/** Date and time for people, in the reader's own zone: `1 December 2026 at 09:00`. */
export function formatDateTime(instant: Date, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' }).format(instant);
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
