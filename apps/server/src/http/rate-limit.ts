import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Config } from '../config.js';
import { tooManyRequests } from '../errors.js';

/** How a key stands after one more has been counted for it. */
export interface Standing {
  readonly limit: number;
  /** How many are left until the window ends. */
  readonly remaining: number;
  /** Whole seconds until the window ends, at least one. */
  readonly resetSeconds: number;
  /** This one was too much. */
  readonly isOver: boolean;
}

/** Counts something per key and refuses what is too much. */
export interface Limiter {
  /** Counts one, and tells how the key stands. */
  take(key: string): Promise<Standing>;
  /** @throws AppError 429 with the seconds to wait */
  count(key: string): Promise<void>;
}

function createLimiter(points: number, seconds: number): Limiter {
  const limiter = new RateLimiterMemory({ points, duration: seconds });
  const standing = (result: RateLimiterRes, isOver: boolean): Standing => ({
    limit: points,
    remaining: result.remainingPoints,
    resetSeconds: Math.max(1, Math.ceil(result.msBeforeNext / 1000)),
    isOver,
  });
  const take = (key: string): Promise<Standing> =>
    limiter.consume(key).then(
      (result) => standing(result, false),
      (refusal: RateLimiterRes) => standing(refusal, true),
    );
  return {
    take,
    count: async (key) => {
      const { isOver, resetSeconds } = await take(key);
      if (isOver) throw tooManyRequests(resetSeconds);
    },
  };
}

/** Headers that tell a caller how many requests are left (draft-ietf-httpapi-ratelimit-headers, before version 07). */
export const RATE_LIMIT_HEADERS = ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'] as const;

/** The headers' values, in their order. */
export const rateLimitValues = ({ limit, remaining, resetSeconds }: Standing) =>
  [limit, remaining, resetSeconds].map(String);

/** The limits of one process. */
export interface Limiters {
  /** Failed authentications of an address. A valid token is never refused: others may share the address. */
  readonly failedAuthentications: Limiter;
  /** Calls of an address that need no token, such as exchanges of one-time codes. */
  readonly publicCalls: Limiter;
  /** Requests of a token; undefined when not limited. */
  readonly requests: Limiter | undefined;
}

export const createLimiters = (limits: Config['limits']): Limiters => ({
  failedAuthentications: createLimiter(limits.authenticationsPerMinute, 60),
  publicCalls: createLimiter(limits.authenticationsPerMinute, 60),
  requests:
    limits.apiRequestsPerSecond === undefined ? undefined : createLimiter(limits.apiRequestsPerSecond, 1),
});
