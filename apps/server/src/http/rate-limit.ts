import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Config } from '../config.js';
import { tooManyRequests } from '../errors.js';

/** Counts something per key and refuses what is too much. */
export interface Limiter {
  /** @throws AppError 429 with the seconds to wait */
  count(key: string): Promise<void>;
}

const createLimiter = (points: number, seconds: number): Limiter => {
  const limiter = new RateLimiterMemory({ points, duration: seconds });
  return {
    count: (key) =>
      limiter.consume(key).then(
        () => undefined,
        (refusal: RateLimiterRes) => {
          throw tooManyRequests(Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)));
        },
      ),
  };
};

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
