import { createServer, type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** What a fault test prints and asserts. */
export interface Tally {
  readonly acknowledged: number;
  readonly lost: number;
  readonly duplicated: number;
}

/** A receiver that counts numbered messages, and can be taken away and brought back on the same port. */
export class CountingReceiver {
  readonly #counts = new Map<number, number>();
  #server: Server | undefined;
  #port = 0;
  #seen: () => void = () => {};
  /** How long an answer takes, in ms. */
  delayMs = 0;

  async start(): Promise<void> {
    const server = createServer((incoming, answer) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      incoming.on('end', () => {
        const { n } = JSON.parse(text) as { n: number };
        this.#counts.set(n, (this.#counts.get(n) ?? 0) + 1);
        this.#seen();
        if (this.delayMs === 0) answer.end();
        else setTimeout(() => answer.end(), this.delayMs);
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    const address = server.address();
    this.#port = typeof address === 'object' && address ? address.port : 0;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await new Promise<void>((resolve) => {
      if (!server) return resolve();
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  has(n: number): boolean {
    return this.#counts.has(n);
  }

  /** Resolves when so many different messages have arrived. */
  async arrived(count: number): Promise<void> {
    while (this.#counts.size < count) {
      await new Promise<void>((resolve) => {
        this.#seen = resolve;
      });
    }
  }

  tally(acknowledged: ReadonlySet<number>): Tally {
    let duplicated = 0;
    for (const count of this.#counts.values()) duplicated += count - 1;
    const lost = [...acknowledged].filter((n) => !this.#counts.has(n)).length;
    return { acknowledged: acknowledged.size, lost, duplicated };
  }

  /**
   * Resolves when all of these have arrived; gives the ms it took.
   *
   * @throws Error that names some of the missing after `limitMs`
   */
  async waitForAll(wanted: Iterable<number>, limitMs: number): Promise<number> {
    const start = performance.now();
    const missing = new Set([...wanted].filter((n) => !this.#counts.has(n)));
    const limit = delay(limitMs, 'late', { ref: false });
    while (missing.size > 0) {
      const next = new Promise<void>((resolve) => {
        this.#seen = resolve;
      });
      for (const n of missing) if (this.#counts.has(n)) missing.delete(n);
      if (missing.size === 0) break;
      if ((await Promise.race([next, limit])) === 'late') {
        const some = [...missing].slice(0, 10).join(', ');
        throw new Error(`${missing.size} messages did not arrive within ${limitMs} ms: ${some}`);
      }
    }
    return Math.round(performance.now() - start);
  }
}

/** Posts numbered messages, so many at a time, to whichever server is there. */
export class Load {
  readonly acknowledged = new Set<number>();
  readonly #agent = new Agent({ connections: 128 });
  readonly #path: string;
  readonly #key: string;
  #next: number;
  #running = true;
  #loops: Promise<unknown> = Promise.resolve();
  #answered: () => void = () => {};

  /** Messages are numbered from `first` on. */
  constructor(applicationId: string, key: string, first = 0) {
    this.#next = first;
    this.#path = `/api/v1/app/${applicationId}/msg/`;
    this.#key = key;
  }

  /** `url` is asked for at every post: servers come and go. */
  start(url: () => string, inFlight: number): void {
    this.#loops = Promise.all(Array.from({ length: inFlight }, () => this.#post(url)));
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#loops;
    await this.#agent.close();
  }

  /** Resolves when so many more were acknowledged. */
  async more(count: number): Promise<void> {
    const goal = this.acknowledged.size + count;
    while (this.acknowledged.size < goal) {
      await new Promise<void>((resolve) => {
        this.#answered = resolve;
      });
    }
  }

  async #post(url: () => string): Promise<void> {
    while (this.#running) {
      const n = this.#next++;
      try {
        const answer = await request(url() + this.#path, {
          method: 'POST',
          dispatcher: this.#agent,
          headers: { authorization: `Bearer ${this.#key}`, 'idempotency-key': `load-${n}` },
          body: JSON.stringify({ eventType: 'load.test', payload: { n, filler: 'x'.repeat(500) } }),
        });
        await answer.body.dump();
        if (answer.statusCode === 202) this.acknowledged.add(n);
        this.#answered();
      } catch {
        // The server is away: it is not an acknowledgement, and the next one is tried in a moment.
        await delay(10);
      }
    }
  }
}
