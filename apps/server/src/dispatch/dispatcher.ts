import type { Context } from '../context.js';
import { AppError } from '../errors.js';
import { events } from '../observability/events.js';
import type { Sender } from '../outbound/send.js';
import { findNextDue } from '../storage/claim.js';
import type { Message } from '../storage/message.js';
import type { NewAttempt } from '../storage/record.js';
import { releaseDeliveries } from '../storage/worker.js';
import { Accept, type Born, type MessageToAccept } from './accept.js';
import { ApplicationCache, type KnownEndpoint } from './application-cache.js';
import type { Batch } from './batch.js';
import { claim } from './claim.js';
import { concludeExpired, type Delivered, deliver, type Work } from './deliver.js';
import { EndpointHealth } from './disable.js';
import { InFlight } from './in-flight.js';
import { Lanes } from './lanes.js';
import { announceWork } from './notify.js';
import { createRecorder } from './recorder.js';
import { RetrySchedules } from './retry-schedules.js';
import { ReturnToQueue } from './return-to-queue.js';
import { Worker } from './worker.js';

/** Longest that nobody looks for due deliveries, in ms: what another process made due and did not tell. */
const POLL_MS = 500;
/** When a delivery is looked at again that could not be made by a fault of ours, in ms. */
const FAULT_PAUSE_MS = 60_000;
/** How long a stop waits for what came of the last requests to be recorded, in ms. */
const LAST_RECORD_MS = 5_000;
/** How much longer than a request a lease lasts; see claim.ts. */
const LONGEST_LEASE_MARGIN_MS = 60_000;

/** How the part of a process that makes deliveries does. */
export interface WorkState {
  /** Whether it holds the lock on its number: without it, it takes no work. */
  readonly registered: boolean;
  /** When its loops went round last, the slower of them. */
  readonly movedAt: Date;
}

/** What the API asks of the dispatcher. */
export interface Dispatch {
  /** See `Accept.accept`; undefined when the application is not there. */
  accept(environmentId: string, idOrUid: string, message: MessageToAccept): Promise<Message | undefined>;
  /** Deliveries may be due from `at` on: somebody has to look. */
  wake(at: Date): void;
  /** A background task was started: where this process does them it begins at once. */
  wakeTasks(): void;
  /** Requests under way now. */
  readonly inFlight: number;
}

/** Takes deliveries, sends them and records what came of it. */
export class Dispatcher implements Dispatch {
  readonly #ctx: Context;
  readonly #sender: Sender;
  readonly #cache: ApplicationCache;
  readonly #lanes = new Lanes();
  readonly #open = new InFlight();
  readonly #returns: ReturnToQueue;
  readonly #schedules: RetrySchedules;
  readonly #health: EndpointHealth;
  readonly #worker: Worker;
  readonly #accept: Accept;
  readonly #record: Batch<NewAttempt, void>;
  readonly #stopping = new AbortController();
  readonly #abandoned = new AbortController();
  #idle: (() => void) | undefined;
  #loops: Promise<unknown> = Promise.resolve();
  #nextLook = 0;
  /** When the loop that looks for due deliveries went round last, in Unix ms. */
  #lookedAt = 0;
  #wakeLoop: () => void = () => {};
  /** Who is told of new background tasks. */
  onTask: () => void = () => {};

  constructor(ctx: Context, sender: Sender) {
    this.#ctx = ctx;
    this.#sender = sender;
    this.#cache = new ApplicationCache(ctx);
    this.#schedules = new RetrySchedules(ctx);
    this.#health = new EndpointHealth(ctx, (at) => this.#lookAt(at.getTime()));
    const longestLease = ctx.config.dispatch.requestTimeoutMs + LONGEST_LEASE_MARGIN_MS;
    this.#worker = new Worker(ctx, this.#open, longestLease, () => this.#lookAt(0));
    const { signal } = this.#stopping;
    this.#returns = new ReturnToQueue(ctx, this.#open, signal, (at) => this.#lookAt(at.getTime()));
    this.#record = createRecorder(ctx, (at) => this.#lookAt(at.getTime()), this.#abandoned.signal);
    this.#accept = new Accept(ctx, {
      cache: this.#cache,
      lanes: this.#lanes,
      inFlight: this.#open,
      owner: () => this.workerNumber,
      send: (born) => this.#sendBorn(born),
      wake: (at) => this.wake(at),
      doubt: (messages) => void this.#returns.resolveDoubt(messages),
    });
  }

  get inFlight(): number {
    return this.#lanes.inFlight;
  }

  /** Number of this process among those that take work; undefined while it takes none. */
  get workerNumber(): number | undefined {
    return this.#stopping.signal.aborted ? undefined : this.#worker.number;
  }

  /** How it does; undefined where this process makes no deliveries. */
  get workState(): WorkState | undefined {
    if (!this.#works) return undefined;
    const movedAt = Math.min(this.#lookedAt, this.#worker.beatAt);
    return { registered: this.workerNumber !== undefined, movedAt: new Date(movedAt) };
  }

  wakeTasks(): void {
    this.onTask();
  }

  accept(environmentId: string, idOrUid: string, message: MessageToAccept): Promise<Message | undefined> {
    return this.#accept.accept(environmentId, idOrUid, message);
  }

  wake(at: Date): void {
    if (this.#works) this.#lookAt(at.getTime());
    else announceWork(this.#ctx);
  }

  /** Begins to work: takes over what dead processes left, then looks for due deliveries. */
  async start(): Promise<void> {
    if (!this.#works) return;
    await this.#worker.start();
    const { signal } = this.#stopping;
    this.#loops = Promise.all([this.#worker.run(signal), this.#run(signal)]);
  }

  /** Takes nothing new, lets requests under way finish for `graceMs`, records them, and forgets this process. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    this.#wakeLoop();
    await this.#loops;
    await this.#drain(graceMs);
    this.#abandoned.abort();
    await this.#sender.close();
    await this.#drain(LAST_RECORD_MS);
    // What is not recorded by now stays registered as ours: whoever comes next takes it over.
    const isDone = this.#lanes.inFlight === 0 && this.#returns.isDone;
    if (this.#works) await this.#worker.stop(isDone);
  }

  /** Waits until nothing is under way, or the time is up. */
  async #drain(graceMs: number): Promise<void> {
    if (this.#lanes.inFlight === 0) return;
    const timeUp = new AbortController();
    const drained = new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
    await Promise.race([drained, this.#ctx.clock.wait(graceMs, timeUp.signal)]);
    timeUp.abort();
  }

  get #works(): boolean {
    return this.#ctx.config.dispatch.role !== 'api';
  }

  #lookAt(ms: number): void {
    if (ms < this.#nextLook) {
      this.#nextLook = ms;
      this.#wakeLoop();
    }
  }

  /** Looks for due deliveries when the first is due, when somebody says so, and every POLL_MS in any case. */
  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const now = this.#ctx.clock.now().getTime();
      this.#lookedAt = now;
      // A clock that was put back does not put off what others make due.
      this.#nextLook = Math.min(this.#nextLook, now + POLL_MS);
      if (this.#nextLook > now) {
        const woken = new AbortController();
        this.#wakeLoop = () => woken.abort();
        await this.#ctx.clock.wait(this.#nextLook - now, woken.signal);
        continue;
      }
      this.#nextLook = now + POLL_MS;
      const more = await this.#claimOnce().catch((error: unknown) => {
        this.#ctx.log.error({ err: error }, 'could not claim deliveries; trying again');
        return false;
      });
      if (more) this.#nextLook = 0;
    }
  }

  /** Whether there may be more to claim at once. */
  async #claimOnce(): Promise<boolean> {
    const owner = this.#worker.number;
    if (owner === undefined) return false;
    const { deliveries, canceled, more } = await claim(this.#ctx, this.#lanes, owner);
    if (canceled > 0) events.deliveriesCanceled(this.#ctx, { deliveries: canceled });
    if (!more) {
      // What is due already waits for room, and is looked at when there is some.
      const next = await findNextDue(this.#ctx.database.kysely, this.#ctx.clock.now());
      if (next) this.#lookAt(next.getTime());
    }
    for (const one of deliveries) {
      const work: Work = {
        applicationId: one.applicationId,
        endpointId: one.endpointId,
        messageId: one.messageId,
        eventType: one.eventType,
        eventId: one.eventId,
        payload: one.payload ?? '',
        headers: one.headers,
        traceParent: one.traceParent,
        owner,
        lease: one.lease,
        attempts: one.attempts,
        manual: one.manual > 0,
        readyAt: one.readyAt,
      };
      try {
        const application = await this.#cache.get(one.applicationId, one.revision);
        // The claim took no more than there were places; accepts may have taken some since.
        this.#lanes.force(one.endpointId);
        void this.#send(application?.endpointById.get(one.endpointId), work, one.payload === null);
      } catch (error) {
        await this.#putOff(work, error);
      }
    }
    return more && this.#lanes.free > 0;
  }

  #sendBorn(born: readonly Born[]): void {
    for (const { message, endpoint, manual } of born) {
      const owner = message.deliveries.find((one) => one.endpointId === endpoint.id)?.owner ?? -1;
      const work: Work = {
        applicationId: message.applicationId,
        endpointId: endpoint.id,
        messageId: message.id,
        eventType: message.eventType,
        eventId: message.eventId,
        payload: message.payload,
        headers: message.headers,
        traceParent: message.traceParent,
        owner,
        lease: 0,
        attempts: 0,
        manual,
        readyAt: message.createdAt,
      };
      void this.#send(endpoint, work, false).then((isDone) => {
        if (isDone) this.#open.settle(message.id);
      });
    }
  }

  /**
   * Sends one delivery whose place is taken, records it, and gives the place back. Never rejects; gives false when it
   * is still ours in the database.
   */
  async #send(endpoint: KnownEndpoint | undefined, work: Work, expired: boolean): Promise<boolean> {
    let passage: { durationMs: number; answered: boolean } | undefined;
    try {
      if (!endpoint || endpoint.disabled) {
        // Closed since it was claimed: back into the queue, where the next claim cancels it.
        await releaseDeliveries(this.#ctx.database.kysely, work.owner, [work], this.#ctx.clock.now());
        return true;
      }
      if (expired) {
        const attempt = concludeExpired(this.#ctx, endpoint, work);
        await this.#record(attempt);
        const { applicationId, endpointId, messageId } = work;
        events.payloadMissing(this.#ctx, { applicationId, endpointId, messageId, attemptId: attempt.id });
        return true;
      }
      const ways = { sender: this.#sender, schedules: this.#schedules };
      const delivered = await deliver(this.#ctx, ways, endpoint, work);
      const { attempt } = delivered;
      passage = { durationMs: attempt.durationMs, answered: attempt.statusCode > 0 };
      await this.#record(attempt);
      this.#report(work, delivered);
      await this.#health.judge(endpoint, delivered);
      return true;
    } catch (error) {
      return await this.#putOff(work, error);
    } finally {
      if (this.#lanes.release(work.endpointId, passage)) this.#lookAt(0);
      if (this.#lanes.inFlight === 0) this.#idle?.();
    }
  }

  /** Puts a delivery off that failed by a fault of ours; see `ReturnToQueue.giveBack`. */
  #putOff(work: Work, error: unknown): Promise<boolean> {
    const { messageId, endpointId } = work;
    this.#ctx.log.error({ err: error, messageId, endpointId }, 'a delivery could not be made');
    return this.#returns.giveBack(work, new Date(this.#ctx.clock.now().getTime() + FAULT_PAUSE_MS));
  }

  #report(work: Work, { attempt, exhausted }: Delivered): void {
    const { applicationId, endpointId, messageId } = work;
    const first = work.attempts === 0 && !work.manual;
    events.attemptMade(
      this.#ctx,
      {
        applicationId,
        endpointId,
        messageId,
        attemptId: attempt.id,
        statusCode: attempt.statusCode,
        success: attempt.status === 0,
        durationMs: attempt.durationMs,
        retryAt: attempt.retryAt,
      },
      first ? Math.max(0, attempt.createdAt.getTime() - work.readyAt.getTime()) / 1000 : undefined,
    );
    if (exhausted) events.deliveryExhausted(this.#ctx, { applicationId, endpointId, messageId });
  }
}

/** Says that the message cannot be sent again: its payload is not kept any more (spec: wire behaviour, section 3.1). */
export const missingPayload = () =>
  new AppError(400, 'missing_payload', 'Unable to resend message. Payload is missing (probably expired).');
