import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '@postrider/client';

/** Ms that calls took, by the part of them that took no longer. */
const quantile = (sorted: readonly number[], part: number): number =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);

/** Numbered messages, so many a second, through the client package as a customer's service would call. */
export class SteadyLoad {
  readonly acknowledged = new Set<number>();
  /** What calls ended with that were not answered 202 after all tries. */
  readonly refused: string[] = [];
  /** Tries after the first ones. */
  repeated = 0;
  readonly #tookMs: number[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #client: ReturnType<typeof createClient>;
  readonly #applicationId: string;
  readonly #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(
    { url, fetch: send }: { readonly url: string; readonly fetch?: typeof globalThis.fetch },
    token: string,
    applicationId: string,
  ) {
    this.#applicationId = applicationId;
    this.#client = createClient({
      serverUrl: url,
      token,
      fetch: (input, init) => {
        if (new Headers(init?.headers).has('svix-retry-count')) this.repeated += 1;
        return (send ?? fetch)(input, init);
      },
    });
  }

  start(perSecond: number): void {
    this.#loop = this.#run(perSecond);
  }

  /** Resolves when every call has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await Promise.all(this.#underWay);
  }

  /** Resolves when so many more were answered. */
  async more(count: number): Promise<void> {
    const goal = this.acknowledged.size + count;
    while (this.acknowledged.size < goal) await delay(10);
  }

  report(): { p50Ms: number; p99Ms: number; mostMs: number } {
    const sorted = [...this.#tookMs].sort((one, other) => one - other);
    return { p50Ms: quantile(sorted, 0.5), p99Ms: quantile(sorted, 0.99), mostMs: quantile(sorted, 1) };
  }

  async #run(perSecond: number): Promise<void> {
    const start = performance.now();
    for (let n = 0; !this.#stopping.signal.aborted; n++) {
      const wait = start + (n / perSecond) * 1000 - performance.now();
      if (wait > 1) await delay(wait);
      const call = this.#post(n).finally(() => this.#underWay.delete(call));
      this.#underWay.add(call);
    }
  }

  async #post(n: number): Promise<void> {
    const sent = performance.now();
    try {
      const { status } = await this.#client.message.create({
        params: { app_id: this.#applicationId },
        body: { eventType: 'load.test', payload: { n, filler: 'x'.repeat(500) } },
      });
      if (status === 202) this.acknowledged.add(n);
      else this.refused.push(`answered ${status}`);
    } catch (error) {
      this.refused.push(String(error));
    }
    this.#tookMs.push(performance.now() - sent);
  }
}
