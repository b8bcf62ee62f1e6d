import type { Queryable } from '../database/database.js';
import { events } from '../observability/events.js';
import {
  type BackgroundTask,
  claimTask,
  findNextTaskDue,
  lockTask,
  updateTask,
} from '../storage/background-task.js';
import { onTaskEnded } from './ended.js';
import { namesOf, type RunnableKind, type Step, type TaskContext } from './kind.js';
import { KINDS } from './kinds.js';

/** How long a step may take before another process makes it too, in ms. A dead process is noticed within a second. */
const LEASE_MS = 60_000;
/** Between two steps others get their turn at the database, in ms. */
const PAUSE_MS = 5;
/** Longest that nobody looks for tasks, in ms: what another process has started. */
const POLL_MS = 500;
/** When a task that had to wait is asked again: doubled from the first to the last, in ms. */
const WAIT_MS = { first: 25, last: 2_000 };
/** The same after a fault of ours. */
const FAULT_MS = { first: 1_000, last: 60_000 };
/** Faults in a row after which a task has failed. */
const MAX_FAILURES = 10;

const doubled = ({ first, last }: { first: number; last: number }, times: number): number =>
  Math.min(first * 2 ** Math.min(times, 20), last);

/**
 * Does background tasks, one step of one task at a time, in turns. What a step did and where the next one goes on are
 * committed together, so a killed process leaves no step half done; another one sees that it died and goes on.
 */
export class TaskRunner {
  readonly #ctx: TaskContext;
  readonly #owner: () => number | undefined;
  readonly #kinds: ReadonlyMap<string, RunnableKind>;
  #woken = false;
  #wake: () => void = () => {};

  /** `owner` is the number of this process, undefined while it takes no work. */
  constructor(ctx: TaskContext, owner: () => number | undefined, kinds: readonly RunnableKind[] = KINDS) {
    this.#ctx = ctx;
    this.#owner = owner;
    this.#kinds = new Map(kinds.map((kind) => [kind.name, kind]));
  }

  /** A task was started. */
  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  /** Makes steps until the signal aborts; the one under way is finished. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#woken = false;
      const pauseMs = await this.#stepOnce().catch((error: unknown) => {
        this.#ctx.log.error({ err: error }, 'could not look for background tasks; trying again');
        return POLL_MS;
      });
      await this.#pause(pauseMs, signal);
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#woken) return;
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await this.#ctx.clock.wait(ms, AbortSignal.any([woken.signal, signal]));
  }

  /** Makes a step of the task that has been due for longest; gives for how many ms there is nothing to do. */
  async #stepOnce(): Promise<number> {
    const { clock, database } = this.#ctx;
    const owner = this.#owner();
    if (owner === undefined) return POLL_MS;
    const now = clock.now();
    // What a newer process has started and this one does not know is left to it.
    const kinds = [...this.#kinds.keys()];
    const row = await claimTask(database.kysely, owner, kinds, now, new Date(now.getTime() + LEASE_MS));
    if (!row) {
      const next = await findNextTaskDue(database.kysely, now);
      return next ? Math.min(Math.max(next.getTime() - now.getTime(), 1), POLL_MS) : POLL_MS;
    }
    try {
      await this.#step(row, owner);
    } catch (error) {
      this.#ctx.log.error({ err: error, ...namesOf(row) }, 'a step of a background task went wrong');
      await this.#noteFault(row.id, owner);
    }
    return PAUSE_MS;
  }

  async #step(row: BackgroundTask, owner: number): Promise<void> {
    const kind = this.#kinds.get(row.kind);
    if (!kind) throw new Error(`no such kind of background task: ${row.kind}`);
    const made = await kind.repeatable?.(this.#ctx, row);
    const done = await this.#ctx.database.kysely.transaction().execute(async (transaction) => {
      const held = await lockTask(transaction, row.id, owner);
      if (!held) return undefined;
      const step = made ?? (await kind.transactional?.(this.#ctx, transaction, held));
      if (!step) return undefined;
      return { step, task: await this.#note(transaction, held, step) };
    });
    if (!done) return;
    if (done.step.wake) this.#ctx.dispatch.wake(this.#ctx.clock.now());
    this.#report(done.task);
  }

  async #note(transaction: Queryable, held: BackgroundTask, step: Step<unknown>): Promise<BackgroundTask> {
    const now = this.#ctx.clock.now();
    const { next, state, data } = step;
    const ended = next === 'finished' || next === 'failed';
    const pauseMs = next === 'wait' ? doubled(WAIT_MS, held.idle) : 0;
    const task = await updateTask(transaction, held.id, {
      status: ended ? next : 'running',
      state,
      data,
      dueAt: ended ? null : new Date(now.getTime() + pauseMs),
      idle: next === 'wait' ? Math.min(held.idle + 1, 100) : 0,
      failures: 0,
      now,
    });
    if (ended) await this.#tell(transaction, task);
    return task;
  }

  /** Puts the task off; gives it up after many faults in a row. */
  async #noteFault(id: string, owner: number): Promise<void> {
    const task = await this.#ctx.database.kysely.transaction().execute(async (transaction) => {
      const held = await lockTask(transaction, id, owner);
      if (!held) return undefined;
      const now = this.#ctx.clock.now();
      const failed = held.failures + 1 >= MAX_FAILURES;
      const noted = await updateTask(transaction, id, {
        status: failed ? 'failed' : 'running',
        state: held.state,
        data: held.data,
        dueAt: failed ? null : new Date(now.getTime() + doubled(FAULT_MS, held.failures)),
        idle: 0,
        failures: held.failures + 1,
        now,
      });
      if (failed) await this.#tell(transaction, noted);
      return noted;
    });
    if (task) this.#report(task);
  }

  async #tell(transaction: Queryable, task: BackgroundTask): Promise<void> {
    for (const tell of onTaskEnded) await tell(this.#ctx, transaction, task);
  }

  #report(task: BackgroundTask): void {
    const fields = { ...namesOf(task), data: task.data };
    if (task.status === 'finished') events.backgroundTaskFinished(this.#ctx, fields);
    if (task.status === 'failed') events.backgroundTaskFailed(this.#ctx, fields);
  }
}
