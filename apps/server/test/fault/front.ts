import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** How often a target is asked whether it is ready, in ms: load balancers take seconds, tests do not have them. */
const ASK_MS = 100;

/** A process behind the front. */
interface Target {
  readonly url: string;
  up: boolean;
  /** It said that connections end: nothing new goes there before it was seen away. */
  leaving: boolean;
}

const NOT_FORWARDED = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host'];

/** A header whose values are kept as they are, without those of the connection. */
const forwarded = (headers: IncomingMessage['headers']): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || NOT_FORWARDED.includes(name) ? [] : [[name, value]],
    ),
  );

/**
 * A small load balancer in the test's process: in turns to each target that is ready, over connections that it keeps. It
 * asks `/ready` as others do, believes `Connection: close`, and tries the next target only where no connection came
 * about: what was sent may have been done, and is for the caller to repeat.
 */
export class Front {
  readonly #targets: Target[];
  readonly #agent = new Agent({ connections: 64 });
  readonly #server: Server;
  readonly #stopping = new AbortController();
  #turn = 0;
  /** Calls that were answered 502 or 503 here, since no answer came or no target was up. */
  failed = 0;

  private constructor(urls: readonly string[]) {
    this.#targets = urls.map((url) => ({ url, up: true, leaving: false }));
    this.#server = createServer((incoming, answer) => void this.#forward(incoming, answer));
  }

  static async start(urls: readonly string[]): Promise<Front> {
    const front = new Front(urls);
    await new Promise<void>((resolve) => front.#server.listen(0, '127.0.0.1', resolve));
    for (const target of front.#targets) void front.#watch(target);
    return front;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#agent.destroy();
  }

  /** Resolves when the target at the address takes calls. */
  async isUp(url: string): Promise<void> {
    while (!this.#targets.some((one) => one.url === url && one.up && !one.leaving)) await delay(ASK_MS / 4);
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
        () => undefined,
      );
      target.up = ready === true;
      if (!target.up) target.leaving = false;
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

  async #forward(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const tried = new Set<Target>();
    for (let target = this.#next(tried); target; target = this.#next(tried)) {
      try {
        const { statusCode, headers, body } = await request(target.url + incoming.url, {
          method: incoming.method as 'POST',
          headers: forwarded(incoming.headers),
          body: chunks.length > 0 ? Buffer.concat(chunks) : null,
          dispatcher: this.#agent,
        });
        if (headers['connection'] === 'close') target.leaving = true;
        const text = await body.text();
        answer.writeHead(statusCode, forwarded(headers)).end(text);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') break;
        target.up = false;
        tried.add(target);
      }
    }
    this.failed += 1;
    answer.writeHead(502).end();
  }
}
