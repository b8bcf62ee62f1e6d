import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the receiver got it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: http.IncomingHttpHeaders;
  /** Name, value, name, value … as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** What the receiver answers; 200 with an empty body unless said otherwise. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  /** How long the answer is held back. */
  readonly delayMs?: number;
  /** Writes the answer itself, head and all, or none. */
  readonly write?: (response: http.ServerResponse) => void;
}

/**
 * A customer's server: takes deliveries on 127.0.0.1, notes each and answers as it is told. Servers under test need
 * POSTRIDER_ALLOW_SUBNETS=127.0.0.0/8 to reach it.
 */
export class Receiver {
  /** Every request so far. */
  readonly requests: Received[] = [];
  /** Connections that were opened so far. */
  connections = 0;
  /** The answer to what comes from now on, or how to find it. */
  reply: Reply | ((request: Received) => Reply) = {};
  readonly #server: http.Server;
  readonly #waiting = new Set<{ count: number; resolve: (requests: Received[]) => void }>();
  #gate: Promise<void> = Promise.resolve();

  private constructor() {
    this.#server = http.createServer((request, response) => {
      void this.#take(request, response);
    });
    this.#server.on('connection', () => {
      this.connections += 1;
    });
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.#server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/hook`;
  }

  /** Resolves when this many requests have come, counted from the start. */
  waitFor(count: number): Promise<Received[]> {
    if (this.requests.length >= count) return Promise.resolve([...this.requests]);
    return new Promise((resolve) => {
      this.#waiting.add({ count, resolve });
    });
  }

  /** Holds all answers back until the function that it gives is called. */
  hold(): () => void {
    let release = () => {};
    this.#gate = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  }

  /** Cuts every connection: from now on nobody listens at `url`. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  async #take(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const received: Received = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      body: Buffer.concat(chunks).toString(),
    };
    const {
      status = 200,
      headers = {},
      body = '',
      delayMs,
      write,
    } = typeof this.reply === 'function' ? this.reply(received) : this.reply;
    const gate = this.#gate;
    this.requests.push(received);
    for (const waiter of this.#waiting) {
      if (this.requests.length < waiter.count) continue;
      this.#waiting.delete(waiter);
      waiter.resolve([...this.requests]);
    }
    await gate;
    if (delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (write) write(response);
    else response.writeHead(status, headers).end(body);
  }
}
