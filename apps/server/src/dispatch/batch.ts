/** Adds an item to the next batch; resolves to its own result. */
export type Batch<Item, Result> = (item: Item) => Promise<Result>;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs items in batches: one batch at a time, and what arrives meanwhile goes together into the next. Nobody waits for
 * a batch to fill: under light load a batch is one item. `run` gives one result for each item, in their order; when it
 * throws, every item of the batch fails with that error.
 */
export function createBatch<Item, Result>(
  maxItems: number,
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
): Batch<Item, Result> {
  let queue: Waiting<Item, Result>[] = [];
  let running = false;

  const runNext = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.length <= maxItems ? queue : queue.slice(0, maxItems);
      queue = queue.length <= maxItems ? [] : queue.slice(maxItems);
      try {
        const results = await run(batch.map((one) => one.item));
        batch.forEach((one, index) => {
          one.resolve(results[index] as Result);
        });
      } catch (error) {
        for (const one of batch) one.reject(error);
      }
    }
    running = false;
  };

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      if (running) return;
      running = true;
      // At the end of this turn of the event loop: what came in the same read of sockets shares the batch.
      setImmediate(() => void runNext());
    });
}
