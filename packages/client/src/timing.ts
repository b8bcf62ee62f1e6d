/** What the client needs of time and chance. Tests pass their own and never wait. */
export interface Timing {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A number from 0 up to, but not including, 1. */
  readonly random: () => number;
  /** Resolves after so many milliseconds; rejects with the signal's reason as soon as that is aborted. */
  readonly delay: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Calls `expire` after so many milliseconds, unless the function that it returns is called before. */
  readonly deadline: (milliseconds: number, expire: () => void) => () => void;
}

/** The clock and the timers of the platform. */
export const systemTiming: Timing = {
  now: () => Date.now(),
  random: () => Math.random(),
  delay: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, milliseconds);
      signal?.addEventListener('abort', stop, { once: true });
    }),
  deadline: (milliseconds, expire) => {
    const timer = setTimeout(expire, milliseconds);
    return () => clearTimeout(timer);
  },
};
