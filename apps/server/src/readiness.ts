import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadyCheck, ReadyCheckName, ReadyOut } from '@postrider/contract';
import type { Clock } from './clock.js';
import type { Context } from './context.js';
import { MIGRATIONS } from './database/migrate.js';
import type { WorkState } from './dispatch/dispatcher.js';
import { events } from './observability/events.js';
import { listAppliedSteps } from './storage/health.js';

/** How long the database and the disk may take to answer, in ms. */
const ANSWER_MS = 2_000;
/** How old an answer may be, in ms: however often it is asked, the database and the disk are asked once a second. */
const FRESH_MS = 1_000;
/** A loop that did not go round for so long is stuck, in ms. Both go round every second at least. */
const STUCK_MS = 30_000;
/** Room that the embedded database must have, in bytes: the log of a busy minute. */
const LEAST_FREE_BYTES = 256 * 1024 * 1024;

/** What is looked at besides the database. */
export interface ReadinessParts {
  /** Undefined where the process makes no deliveries. */
  work(): WorkState | undefined;
  /** Of the embedded database; undefined where the data is elsewhere. */
  readonly directory: string | undefined;
}

const ok = (check: ReadyCheckName, detail: string): ReadyCheck => ({ check, status: 'ok', detail });
const error = (check: ReadyCheckName, detail: string): ReadyCheck => ({ check, status: 'error', detail });

/**
 * Whether this process should be given work. Who asks is not known, so the answer says what is wrong in words of ours and
 * never in those of an error, which may name hosts, users and paths. What is wrong stands in the log with its error.
 */
export class Readiness {
  readonly #ctx: Context;
  readonly #parts: ReadinessParts;
  #stopping = false;
  #wasReady = true;
  #answered: { readonly at: number; readonly checks: Promise<ReadyCheck[]> } | undefined;
  readonly #askDatabase: Question<readonly string[]>;
  readonly #askDisk: Question<ReadyCheck>;

  constructor(ctx: Context, parts: ReadinessParts) {
    this.#ctx = ctx;
    this.#parts = parts;
    this.#askDatabase = createQuestion(ctx.clock, () => listAppliedSteps(ctx.database.kysely));
    this.#askDisk = createQuestion(ctx.clock, () => examineStorage(parts.directory ?? '', LEAST_FREE_BYTES));
  }

  /** The process is about to stop: it is not ready from now on. */
  stop(): void {
    this.#stopping = true;
  }

  /** Looks at everything, or gives what it saw less than a second ago. Never rejects. */
  async read(): Promise<ReadyOut> {
    const checks = [this.#examineProcess(), ...(await this.#examine())];
    const ready = checks.every(({ status }) => status === 'ok');
    if (ready !== this.#wasReady && !this.#stopping) {
      const failed = checks.filter(({ status }) => status === 'error').map(({ check }) => check);
      events.readinessChanged(this.#ctx, { ready, failed });
      this.#wasReady = ready;
    }
    return { ready, checks };
  }

  #examineProcess(): ReadyCheck {
    return this.#stopping ? error('process', 'is about to stop') : ok('process', 'takes work');
  }

  #examine(): Promise<ReadyCheck[]> {
    const now = this.#ctx.clock.now().getTime();
    const age = now - (this.#answered?.at ?? 0);
    if (this.#answered && age >= 0 && age < FRESH_MS) return this.#answered.checks;
    this.#answered = { at: now, checks: this.#look() };
    return this.#answered.checks;
  }

  async #look(): Promise<ReadyCheck[]> {
    const [database, storage] = await Promise.all([this.#examineDatabase(), this.#examineStorage()]);
    return [...database, ...this.#examineWorker(), ...storage];
  }

  async #examineDatabase(): Promise<ReadyCheck[]> {
    try {
      const applied = await this.#askDatabase();
      if (applied === 'late') return [error('database', `does not answer within ${ANSWER_MS / 1000} s`)];
      return [ok('database', 'answers'), examineSchema(applied)];
    } catch (reason) {
      this.#ctx.log.error({ err: reason }, 'the database does not answer');
      return [error('database', 'does not answer')];
    }
  }

  #examineWorker(): ReadyCheck[] {
    const state = this.#parts.work();
    if (!state) return [];
    if (!state.registered) return [error('worker', 'does not hold its lock, so it takes no deliveries')];
    const silentMs = this.#ctx.clock.now().getTime() - state.movedAt.getTime();
    return silentMs > STUCK_MS
      ? [error('worker', `has not looked for deliveries for ${Math.round(silentMs / 1000)} s`)]
      : [ok('worker', 'looks for deliveries')];
  }

  async #examineStorage(): Promise<ReadyCheck[]> {
    if (this.#parts.directory === undefined) return [];
    try {
      const found = await this.#askDisk();
      return [found === 'late' ? error('storage', `does not answer within ${ANSWER_MS / 1000} s`) : found];
    } catch (reason) {
      this.#ctx.log.error({ err: reason }, 'the data directory cannot be written to');
      return [error('storage', 'the data directory cannot be written to')];
    }
  }
}

type Question<Found> = () => Promise<Found | 'late'>;

/**
 * Asks for no longer than ANSWER_MS, and never a second time while the first is not answered: where something hangs, only
 * one thing of ours hangs with it.
 */
function createQuestion<Found>(clock: Clock, ask: () => Promise<Found>): Question<Found> {
  let underWay: Promise<Found> | undefined;
  return async () => {
    underWay ??= ask().finally(() => {
      underWay = undefined;
    });
    const answered = new AbortController();
    const late = clock.wait(ANSWER_MS, answered.signal).then(() => 'late' as const);
    try {
      return await Promise.race([underWay, late]);
    } finally {
      answered.abort();
    }
  };
}

/** Steps of a newer version are no fault: while a new version is rolled out, the old one serves beside it. */
function examineSchema(applied: readonly string[]): ReadyCheck {
  const missing = MIGRATIONS.filter(({ name }) => !applied.includes(name)).length;
  if (missing > 0) return error('schema', `lacks ${missing} steps that this version needs`);
  const newer = applied.length - MIGRATIONS.length;
  return ok('schema', newer > 0 ? `has ${newer} steps of a newer version` : 'is up to date');
}

/** Room that is left where a directory is, in bytes. */
export async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/** Writes to the directory, and looks how much room is left. @throws Error when it cannot be written to */
export async function examineStorage(directory: string, leastFreeBytes: number): Promise<ReadyCheck> {
  const trial = join(directory, '.ready');
  await writeFile(trial, 'x', { mode: 0o600 });
  await rm(trial, { force: true });
  const free = await freeBytesOf(directory);
  return free < leastFreeBytes
    ? error('storage', `only ${Math.floor(free / 1024 / 1024)} MiB are free`)
    : ok('storage', 'can be written to, and has room');
}
