import type { Context } from '../context.js';
import { measureQueue } from '../storage/queue.js';

/** How old figures of the queue may be, in ms: counting what waits takes some ms of the database. */
const FRESH_MS = 5_000;

type Figures = Awaited<ReturnType<typeof measureQueue>>;

/** What waits and for how long, counted at most once in 5 seconds however often it is asked for. */
export class QueueFigures {
  readonly #ctx: Context;
  #counted: { readonly at: number; readonly figures: Promise<Figures> } | undefined;

  constructor(ctx: Context) {
    this.#ctx = ctx;
  }

  read(): Promise<Figures> {
    const now = this.#ctx.clock.now();
    const age = now.getTime() - (this.#counted?.at ?? 0);
    if (this.#counted && age >= 0 && age < FRESH_MS) return this.#counted.figures;
    const figures = measureQueue(this.#ctx.database.kysely, now);
    const counted = { at: now.getTime(), figures };
    this.#counted = counted;
    // What failed is not remembered.
    figures.catch(() => {
      if (this.#counted === counted) this.#counted = undefined;
    });
    return figures;
  }
}
