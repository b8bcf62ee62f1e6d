/**
 * Messages that were born in this process and are not settled yet, oldest first. Ids are made in the order of time, but
 * those of one tick in none: everything before the tick of the first is done.
 */
export class InFlight {
  readonly #open = new Map<string, number>();

  /** `count` deliveries of the message are to be settled. */
  add(messageId: string, count: number): void {
    this.#open.set(messageId, (this.#open.get(messageId) ?? 0) + count);
  }

  /** One of them is. */
  settle(messageId: string): void {
    const left = (this.#open.get(messageId) ?? 0) - 1;
    if (left > 0) this.#open.set(messageId, left);
    else this.#open.delete(messageId);
  }

  /** The oldest message that is not settled; undefined when all are. */
  oldest(): string | undefined {
    const first = this.#open.keys().next();
    return first.done ? undefined : first.value;
  }
}
