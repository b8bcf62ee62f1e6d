import type { Context } from '../context.js';
import type { NewMessage } from '../storage/accept.js';
import { type HeldDelivery, releaseDeliveries } from '../storage/worker.js';
import type { InFlight } from './in-flight.js';

/** When it is looked whether messages whose commit is in doubt were stored, in ms after the doubt. */
const DOUBT_MS = [1_000, 30_000];
/** Pause between tries to put something back while the database does not answer, in ms. */
const PAUSE_MS = 1_000;

/**
 * Gives deliveries back that this process holds in the database and does not send: while it lives nobody else would take
 * them. Where that fails until the process stops, they stay registered as its own, and whoever comes next takes them over.
 */
export class ReturnToQueue {
  readonly #ctx: Context;
  readonly #open: InFlight;
  readonly #stopping: AbortSignal;
  readonly #wake: (at: Date) => void;
  /** What could not be given back, and commits of which it is not settled what they stored. */
  #unsettled = 0;

  /** `open` is what this process sends; `wake` is told from when on there is something to claim. */
  constructor(ctx: Context, open: InFlight, stopping: AbortSignal, wake: (at: Date) => void) {
    this.#ctx = ctx;
    this.#open = open;
    this.#stopping = stopping;
    this.#wake = wake;
  }

  /** Nothing is held any more that is not sent. */
  get isDone(): boolean {
    return this.#unsettled === 0;
  }

  /** Makes a delivery due at `at`, as soon as the database answers. Gives false when the process stops before that. */
  async giveBack(held: HeldDelivery & { readonly owner: number }, at: Date): Promise<boolean> {
    const isBack = await this.#release(held.owner, [held], at);
    if (!isBack) this.#unsettled += 1;
    return isBack;
  }

  /**
   * A commit whose answer did not come: the messages may be stored, with deliveries that are this process' own and that
   * nobody sends. They are put into the queue as soon as the database answers, and once more later, in case the commit
   * was only slow.
   */
  async resolveDoubt(messages: readonly NewMessage[]): Promise<void> {
    const keys = messages.flatMap((message) =>
      message.deliveries.map((one) => ({
        applicationId: message.applicationId,
        endpointId: one.endpointId,
        messageId: message.id,
        owner: one.owner,
        lease: 0,
      })),
    );
    const owners = new Set(keys.flatMap((key) => (key.owner === null ? [] : [key.owner])));
    this.#unsettled += 1;
    for (const ms of DOUBT_MS) {
      await this.#ctx.clock.wait(ms, this.#stopping);
      for (const owner of owners) {
        if (this.#stopping.aborted) return;
        if (!(await this.#release(owner, keys, this.#ctx.clock.now()))) return;
      }
    }
    this.#unsettled -= 1;
    for (const key of keys) if (key.owner !== null) this.#open.settle(key.messageId);
  }

  async #release(owner: number, keys: readonly HeldDelivery[], at: Date): Promise<boolean> {
    for (;;) {
      try {
        const count = await releaseDeliveries(this.#ctx.database.kysely, owner, keys, at);
        if (count > 0) this.#wake(at);
        return true;
      } catch {
        if (this.#stopping.aborted) return false;
        await this.#ctx.clock.wait(PAUSE_MS, this.#stopping);
      }
    }
  }
}
