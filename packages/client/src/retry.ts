import type { Timing } from './timing.js';

/** Longest wait that a server may ask for by `Retry-After`, in milliseconds; asked for more, the client gives up. */
export const MAX_RETRY_AFTER_MS = 30_000;

const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 8_000;

/**
 * `Retry-After` in milliseconds from `now`, never negative.
 *
 * @param value the header: seconds, or an HTTP date
 * @param now milliseconds since 1970
 * @returns undefined where there is no header or it is neither
 */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  // Only dates begin with a day's name: Date.parse alone takes '-5' and '7 apples' for dates, too.
  const date = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** How one try of a call ended. */
export interface TryOutcome {
  /** Undefined where no complete answer came. */
  readonly status: number | undefined;
  /** The header `Retry-After`. */
  readonly retryAfter: string | null;
}

/**
 * Milliseconds to wait before the next try, or undefined where the outcome is final.
 *
 * @param retry 0 before the first repetition, 1 before the second, …
 */
export function waitBeforeRetry(
  method: string,
  outcome: TryOutcome,
  retry: number,
  timing: Timing,
): number | undefined {
  if (!isWorthRetrying(method, outcome.status)) return undefined;
  const asked = parseRetryAfter(outcome.retryAfter, timing.now());
  if (asked !== undefined) return asked <= MAX_RETRY_AFTER_MS ? asked : undefined;
  // Half of it is chance: callers that failed together must not come back together.
  const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** retry, MAX_BACKOFF_MS);
  return Math.round(backoff * (0.5 + timing.random() / 2));
}

/**
 * GET, PUT and DELETE may be repeated by their nature, POST by its idempotency key. PATCH has neither promise: once the
 * server has answered 5xx, what happened is for the caller to find out.
 */
function isWorthRetrying(method: string, status: number | undefined): boolean {
  if (status === undefined || status === 429) return true;
  return status >= 500 && method !== 'PATCH';
}
