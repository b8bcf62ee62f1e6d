import { setTimeout as delay } from 'node:timers/promises';

/** Time as a parameter: tests move it, nothing else asks the machine. */
export interface Clock {
  /** The present instant. */
  now(): Date;
  /** Resolves after `ms` milliseconds, or at once when the signal aborts; never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  wait: (ms, signal) =>
    delay(ms, undefined, signal ? { signal } : {}).catch(() => {
      // Aborted: whoever waits looks at the signal.
    }),
};
