const HOUR_MILLISECONDS = 3_600_000;

/** How far back something may reach, from little to most: the API takes no more than 14 days. */
export const WINDOWS = ['hours', 'day', 'days', 'week', 'weeks'] as const;
export type WindowName = (typeof WINDOWS)[number];

const HOURS: Record<WindowName, number> = { hours: 8, day: 24, days: 72, week: 168, weeks: 336 };

/** When a window that ends now begins. */
export const sinceOf = (name: WindowName, now: Date): Date =>
  new Date(now.getTime() - HOURS[name] * HOUR_MILLISECONDS);
