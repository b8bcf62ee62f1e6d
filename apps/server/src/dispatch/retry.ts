/** What kind of failure it was, as far as the time of the next attempt depends on it. */
export type FailureCause = 'timeout' | 'too-many-requests' | 'other';

/** A failed attempt and what is known of when to try again. */
export interface FailedAttempt {
  /** Milliseconds to wait after each failure, in turn. Empty: a message is tried once. */
  readonly scheduleMs: readonly number[];
  /** How many scheduled attempts of the delivery came before this one: 0 for the first. */
  readonly attemptNumber: number;
  readonly cause: FailureCause;
  /** How long the receiver asked to wait, as read by `parseRetryAfter`. */
  readonly retryAfterMs: number | null;
  /** Uniform in [0, 1), such as Math.random. */
  readonly random: () => number;
}

/** A receiver that is overloaded or does not answer gets a pause of at least a minute. */
const SLOW_DOWN_MS = 60_000;

/** Up to this part of a delay is added or taken, so that what failed together does not come back together. */
const JITTER = 0.2;

/**
 * Whole milliseconds from a failed attempt to the next one; null when the schedule is used up.
 *
 * The schedule's entry, raised to a minute after a timeout or 429; then the receiver's Retry-After where it lies between
 * that and its double (else the nearer of the two); then ±20 % at random (spec: wire behaviour, section 7.5, with the
 * pause after 429 that section 12 asks for).
 */
export function nextAttemptDelayMs(attempt: FailedAttempt): number | null {
  const entryMs = attempt.scheduleMs[attempt.attemptNumber];
  if (entryMs === undefined) return null;
  const leastMs = attempt.cause === 'other' ? entryMs : Math.max(entryMs, SLOW_DOWN_MS);
  const waitMs = attempt.retryAfterMs === null ? leastMs : clamp(attempt.retryAfterMs, leastMs, 2 * leastMs);
  return Math.round(waitMs * (1 - JITTER + 2 * JITTER * attempt.random()));
}

const clamp = (value: number, min: number, max: number): number => Math.min(Math.max(value, min), max);

const DECIMAL = /^\d+(?:\.\d+)?$/;

/** RFC 2822, which the dates of HTTP are a form of: `Wed, 21 Oct 2015 07:28:00 GMT`. Date.parse alone accepts anything. */
const DATE =
  /^(?:[A-Z][a-z]{2},\s*)?\d{1,2}\s+[A-Z][a-z]{2}\s+\d{4}\s+\d{2}:\d{2}(?::\d{2})?\s+(?:GMT|UTC|UT|Z|[+-]\d{4})$/;

/**
 * Reads a Retry-After header (RFC 9110, section 10.2.3): a number of seconds, rounded up, or a date, counted from `nowMs`
 * (Unix milliseconds). Milliseconds, 0 for a date that is past; null for what is neither.
 */
export function parseRetryAfter(value: string, nowMs: number): number | null {
  const text = value.trim();
  if (DECIMAL.test(text)) return Math.ceil(Number(text)) * 1000;
  const at = DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
