import type { Context } from '../context.js';
import { loadRetrySchedules } from '../storage/retry-schedule.js';

/** How long schedules are believed without asking again, in ms: what a change takes to reach every process. */
const FRESH_MS = 1_000;
/** How many environments are remembered; all are forgotten when there are more. */
const CAPACITY = 10_000;

interface Known {
  readonly loadedAt: number;
  readonly byEventType: ReadonlyMap<string, readonly number[]>;
}

/**
 * When failed attempts are tried again: by the schedule of the event type, else by the server's. Only failures ask, and
 * of those one a second for each environment asks the database.
 */
export class RetrySchedules {
  readonly #ctx: Context;
  readonly #known = new Map<string, Known>();
  readonly #loading = new Map<string, Promise<void>>();

  constructor(ctx: Context) {
    this.#ctx = ctx;
  }

  /**
   * Milliseconds to wait after each failure of such a message, in turn. While the database does not answer it is what
   * was known last: an attempt that was made is recorded in any case.
   */
  async of(environmentId: string, eventType: string): Promise<readonly number[]> {
    const known = this.#known.get(environmentId);
    const age = this.#ctx.clock.now().getTime() - (known?.loadedAt ?? 0);
    if (!known || age < 0 || age >= FRESH_MS) await this.#refresh(environmentId);
    const own = this.#known.get(environmentId)?.byEventType.get(eventType);
    return own ?? this.#ctx.config.dispatch.retryScheduleMs;
  }

  #refresh(environmentId: string): Promise<void> {
    const underWay = this.#loading.get(environmentId);
    if (underWay) return underWay;
    const loading = this.#load(environmentId)
      .catch((error: unknown) => {
        this.#ctx.log.error({ err: error, environmentId }, 'could not load retry schedules');
      })
      .finally(() => this.#loading.delete(environmentId));
    this.#loading.set(environmentId, loading);
    return loading;
  }

  async #load(environmentId: string): Promise<void> {
    // The time before the question: what changes while it is answered is asked for anew in time.
    const loadedAt = this.#ctx.clock.now().getTime();
    const rows = await loadRetrySchedules(this.#ctx.database.kysely, environmentId);
    if (this.#known.size >= CAPACITY) this.#known.clear();
    const byEventType = new Map(
      rows.map(({ name, schedule }) => [
        name,
        schedule.map(({ secs, nanos }) => secs * 1000 + Math.round(nanos / 1e6)),
      ]),
    );
    this.#known.set(environmentId, { loadedAt, byEventType });
  }
}
