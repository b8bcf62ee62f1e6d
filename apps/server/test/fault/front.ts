import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** How often a target is asked whether it is ready, in ms: load balancers take seconds, tests do not have them. */
const ASK_MS = 100;

/** A process behind the front. */
interface Target {
  readonly url: string;
  up: boolean;
  /** It said that connections end: nothing new goes there before it was seen away, or not ready. */
  leaving: boolean;
}

/**
 * A load balancer in the caller's process, which stands in for its `fetch`: in turns to each target that is ready, over
 * connections that it keeps. It asks `/ready` as others do, believes `Connection: close`, and tries the next target only
 * where no connection came about: what was sent may have been done, and is for the caller to repeat.
 */
export class Front {
  /** What clients have as the server's address. */
  readonly url = 'http://front.test';
  readonly #targets: Target[];
  readonly #agent = new Agent({ connections: 64 });
  readonly #stopping = new AbortController();
  #turn = 0;
  /** Calls that ended without an answer, or found no target. */
  failed = 0;

  constructor(urls: readonly string[]) {
    this.#targets = urls.map((url) => ({ url, up: true, leaving: false }));
    for (const target of this.#targets) void this.#watch(target);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#agent.destroy();
  }

  /** Resolves when the target at the address takes calls. */
  async isUp(url: string): Promise<void> {
    while (!this.#targets.some((one) => one.url === url && one.up && !one.leaving)) await delay(ASK_MS / 4);
  }

  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const { pathname, search } = new URL(String(input));
    const tried = new Set<Target>();
    for (let target = this.#next(tried); target; target = this.#next(tried)) {
      try {
        return await this.#send(target, pathname + search, init);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') {
          this.failed += 1;
          throw error;
        }
        target.up = false;
        tried.add(target);
      }
    }
    this.failed += 1;
    throw new Error('no target is up');
  };

  async #send(target: Target, path: string, init: RequestInit = {}): Promise<Response> {
    const { statusCode, headers, body } = await request(target.url + path, {
      method: (init.method ?? 'GET') as 'POST',
      headers: Object.fromEntries(new Headers(init.headers)),
      body: (init.body ?? null) as string | null,
      signal: init.signal ?? null,
      dispatcher: this.#agent,
    });
    if (headers['connection'] === 'close') target.leaving = true;
    const text = await body.text();
    const type = headers['content-type'];
    return new Response(statusCode === 204 ? null : text, {
      status: statusCode,
      headers: typeof type === 'string' ? { 'content-type': type } : {},
    });
  }

  async #watch(target: Target): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // A connection of its own each time: one that is kept says nothing about new ones.
      const ready = await request(`${target.url}/ready`, { reset: true }).then(
        async ({ statusCode, body }) => {
          await body.dump();
          return statusCode === 200;
        },
        () => false,
      );
      target.up = ready;
      if (!ready) target.leaving = false;
      await delay(ASK_MS);
    }
  }

  #next(tried: ReadonlySet<Target>): Target | undefined {
    for (let step = 0; step < this.#targets.length; step++) {
      this.#turn = (this.#turn + 1) % this.#targets.length;
      const target = this.#targets[this.#turn];
      if (target?.up && !target.leaving && !tried.has(target)) return target;
    }
    return undefined;
  }
}
