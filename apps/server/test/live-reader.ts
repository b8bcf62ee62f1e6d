import { createLive, type Live, type LiveUpdate } from '@postrider/client';
import { expect } from 'vitest';
import type { TestServer } from './harness.js';

/** Breaks are not waited for: only what else there is to do has its turn. */
const AT_ONCE = { random: () => 0, delay: () => new Promise<void>((resolve) => setImmediate(resolve)) };

/** What can be followed, with this token. */
export const liveAs = (server: TestServer, token: string): Live =>
  createLive({ serverUrl: server.url, token, timing: AT_ONCE });

type Follow<Item> = (input: {
  signal: AbortSignal;
  lastEventId?: string | undefined;
  onPlace: (id: string) => void;
}) => AsyncGenerator<LiveUpdate<Item>, void>;

/** Somebody who reads a stream and keeps what came. */
export class LiveReader<Item extends { id: string }> {
  readonly items: Item[] = [];
  readonly told: string[] = [];
  /** Place behind each item, in their order. */
  readonly places: string[] = [];
  place = '';
  error: unknown;
  readonly #ended = new AbortController();
  readonly #done: Promise<void>;

  private constructor(follow: Follow<Item>, lastEventId: string | undefined) {
    const { signal } = this.#ended;
    const onPlace = (id: string) => {
      this.place = id;
    };
    this.#done = this.#read(follow({ signal, lastEventId, onPlace }));
  }

  /** Begins to read; resolves when the stream is open. */
  static async open<Item extends { id: string }>(
    follow: Follow<Item>,
    lastEventId?: string,
  ): Promise<LiveReader<Item>> {
    const reader = new LiveReader(follow, lastEventId);
    await expect.poll(() => reader.error ?? reader.told[0], { timeout: 30_000 }).toBeDefined();
    return reader;
  }

  get ids(): string[] {
    return this.items.map((item) => item.id);
  }

  /** Lets time go by until so many have come. */
  async has(count: number, server: TestServer): Promise<void> {
    await expect
      .poll(
        () => {
          server.clock.advance(1);
          return this.items.length;
        },
        { timeout: 20_000, interval: 30 },
      )
      .toBeGreaterThanOrEqual(count);
    expect(this.items).toHaveLength(count);
  }

  /** The error that the stream ended with. */
  async failed(server: TestServer): Promise<unknown> {
    await expect
      .poll(
        () => {
          server.clock.advance(1);
          return this.error;
        },
        { timeout: 30_000, interval: 30 },
      )
      .toBeDefined();
    return this.error;
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await this.#done;
  }

  async #read(updates: AsyncGenerator<LiveUpdate<Item>, void>): Promise<void> {
    try {
      for await (const update of updates) {
        if (update.type === 'item') {
          this.items.push(update.item);
          this.places.push(this.place);
        } else {
          this.told.push(update.type === 'open' && update.resumed ? 'resumed' : update.type);
        }
      }
    } catch (error) {
      this.error = error;
    }
  }
}
