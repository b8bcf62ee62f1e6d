import { ID_PREFIX } from '@postrider/contract';
import type { Context } from '../context.js';
import type { Session } from '../database/database.js';
import { ConfigurationError } from '../errors.js';
import { startId, timeOfId } from '../ids.js';
import { events } from '../observability/events.js';
import { releaseTasksOf } from '../storage/background-task.js';
import {
  deleteWorker,
  insertWorker,
  isWorkerDead,
  isWorkerSilent,
  listOtherWorkers,
  takeOverWorker,
  updateWorker,
  WORKER_LOCK,
  type Worker as WorkerRow,
} from '../storage/worker.js';
import type { InFlight } from './in-flight.js';

/** How often a process says that it lives and looks after the others, in ms. */
const BEAT_MS = 1_000;
/** A process that said nothing for so long counts as dead although its lock is held: it hangs. In ms. */
const HUNG_MS = 60_000;
/** How often it must have been found silent by then, so that a clock that is put forward does not make it so. */
const HUNG_LOOKS = 3;
/** Channel on which processes are told that something waits. */
export const WORK_CHANNEL = 'postrider_work';

/** What another process said last by its clock, since when that is known by ours, and how often it was seen. */
interface Heard {
  readonly saidAt: number;
  readonly since: number;
  readonly looks: number;
}

/**
 * This process as one that takes work: its number, which leases name, and the lock on it, which the database frees when
 * the process dies. It takes over the work of those that did.
 */
export class Worker {
  readonly #ctx: Context;
  readonly #inFlight: InFlight;
  readonly #longestLeaseMs: number;
  readonly #onWork: () => void;
  #session: Session | undefined;
  #number: number | undefined;
  /** The number before the connection was lost; its work is still ours if nobody took it. */
  #former: number | undefined;
  /** When it last went round, in Unix ms, whether or not the database answered. */
  beatAt = 0;
  /** By their numbers. */
  #heard: ReadonlyMap<number, Heard> = new Map();

  constructor(ctx: Context, inFlight: InFlight, longestLeaseMs: number, onWork: () => void) {
    this.#ctx = ctx;
    this.#inFlight = inFlight;
    this.#longestLeaseMs = longestLeaseMs;
    this.#onWork = onWork;
  }

  /** Undefined while there is no connection that holds the lock: no new work is taken then. */
  get number(): number | undefined {
    return this.#number;
  }

  /** Registers; takes over what dead processes left. */
  async start(): Promise<void> {
    await this.#register();
    await this.#lookAfterOthers();
    this.beatAt = this.#ctx.clock.now().getTime();
  }

  /** Beats until the signal aborts. Failures are logged and tried again at the next beat. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#ctx.clock.wait(BEAT_MS, signal);
      if (signal.aborted) return;
      this.beatAt = this.#ctx.clock.now().getTime();
      try {
        await this.#beat();
      } catch (error) {
        this.#ctx.log.error({ err: error }, 'the worker could not speak to the database');
      }
    }
  }

  /**
   * Lets go of the lock, and forgets this process if nothing is left of its work: what is left is taken over by whoever
   * sees that the lock is free.
   */
  async stop(isDone: boolean): Promise<void> {
    try {
      if (isDone && this.#number !== undefined) await deleteWorker(this.#ctx.database.kysely, this.#number);
    } finally {
      await this.#session?.close();
    }
  }

  #settledBefore(): string {
    const oldest = this.#inFlight.oldest();
    const since = oldest === undefined ? undefined : timeOfId(ID_PREFIX.message, oldest);
    return startId(ID_PREFIX.message, since ?? this.#ctx.clock.now());
  }

  async #register(): Promise<void> {
    const session = await this.#ctx.database.openSession?.();
    const number = await this.#enter(session).catch(async (error: unknown) => {
      // Nobody else closes it, and there is another try every second.
      await session?.close().catch(() => {});
      throw error;
    });
    void session?.lost.then(() => {
      if (this.#session !== session) return;
      // The lock is gone, so others may take this number's work: nothing new is taken under it.
      this.#session = undefined;
      this.#former = this.#number;
      this.#number = undefined;
    });
    this.#session = session;
    this.#number = number;
    this.#former = undefined;
    events.workerRegistered(this.#ctx, { worker: number });
  }

  /** Gives the number that the session holds the lock of; it hears what is announced from then on. */
  async #enter(session: Session | undefined): Promise<number> {
    const number = (await this.#keepFormer(session)) ?? (await this.#takeNumber(session));
    await session?.listen(WORK_CHANNEL, this.#onWork);
    return number;
  }

  async #takeNumber(session: Session | undefined): Promise<number> {
    const { database, clock } = this.#ctx;
    const number = await insertWorker(database.kysely, clock.now(), this.#settledBefore());
    await session?.query('select pg_advisory_lock($1::int4, $2::int4)', [WORKER_LOCK, number]);
    if (session && (await this.#isFree(number))) {
      await deleteWorker(database.kysely, number);
      throw new ConfigurationError(
        'POSTRIDER_DATABASE_DIRECT_URL must lead to the same database as POSTRIDER_DATABASE_URL: a lock that is held there is not seen here',
      );
    }
    return number;
  }

  /** Whether others would take this process for dead, since its lock is held where nobody else looks. */
  #isFree(number: number): Promise<boolean> {
    return this.#ctx.database.kysely
      .transaction()
      .execute((transaction) => isWorkerDead(transaction, number));
  }

  /** After a lost connection: the same number, if its lock is free and nobody has taken its work over. */
  async #keepFormer(session: Session | undefined): Promise<number | undefined> {
    const number = this.#former;
    if (!session || number === undefined) return undefined;
    const locks = 'select pg_try_advisory_lock($1::int4, $2::int4) as locked';
    const [row] = await session.query(locks, [WORKER_LOCK, number]);
    if (row?.['locked'] !== true) return undefined;
    const { database, clock } = this.#ctx;
    const known = await updateWorker(database.kysely, number, clock.now(), this.#settledBefore());
    return known ? number : undefined;
  }

  async #beat(): Promise<void> {
    const { database, clock } = this.#ctx;
    if (this.#number === undefined) await this.#register();
    const number = this.#number;
    if (number === undefined) return;
    if (!(await updateWorker(database.kysely, number, clock.now(), this.#settledBefore()))) {
      // Taken for dead: what is under way may be sent twice, but is recorded once.
      const session = this.#session;
      this.#session = undefined;
      this.#number = undefined;
      await session?.close();
      await this.#register();
    }
    await this.#lookAfterOthers();
  }

  async #lookAfterOthers(): Promise<void> {
    const { database } = this.#ctx;
    const others = await listOtherWorkers(database.kysely, this.#number ?? -1);
    this.#listenTo(others);
    for (const other of others) await this.#takeOverIfDead(other);
  }

  #listenTo(others: readonly WorkerRow[]): void {
    const now = this.#ctx.clock.now().getTime();
    const heard = new Map<number, Heard>();
    for (const { number, seenAt } of others) {
      const saidAt = seenAt.getTime();
      const before = this.#heard.get(number);
      const isNew = before?.saidAt !== saidAt || before.since > now;
      heard.set(number, isNew ? { saidAt, since: now, looks: 1 } : { ...before, looks: before.looks + 1 });
    }
    this.#heard = heard;
  }

  /** Whether the process has said nothing new for so long that it hangs, as far as this one has seen. */
  #isLate({ number }: WorkerRow, now: Date): boolean {
    const heard = this.#heard.get(number);
    return heard !== undefined && heard.looks >= HUNG_LOOKS && now.getTime() - heard.since > HUNG_MS;
  }

  async #takeOverIfDead(other: WorkerRow): Promise<void> {
    const { database, clock } = this.#ctx;
    const now = clock.now();
    // On the embedded database there is no other process: whoever is registered is a former self.
    const alone = database.kind === 'embedded';
    const count = await database.kysely.transaction().execute(async (transaction) => {
      const hung = this.#isLate(other, now) && (await isWorkerSilent(transaction, other));
      if (!alone && !hung && !(await isWorkerDead(transaction, other.number))) return undefined;
      const taken = await takeOverWorker(transaction, other, now, this.#longestLeaseMs);
      if (taken !== undefined) await releaseTasksOf(transaction, other.number, now);
      return taken;
    });
    if (count === undefined) return;
    events.workerTakenOver(this.#ctx, { worker: other.number, deliveries: count });
    if (count > 0) this.#onWork();
  }
}
