/** Runs at most so many calls at a time; others wait for their turn, in the order in which they came. */
export function limitParallel(most: number): <T>(call: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (call) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await call();
    } finally {
      // A turn is handed on, not given back, so that nobody who comes meanwhile goes first.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
