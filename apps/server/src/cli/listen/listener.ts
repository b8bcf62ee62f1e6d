import { once } from 'node:events';
import http from 'node:http';
import type { Forwarded, Forwarder } from './forward.js';
import type { Delivery, Verdict } from './verify.js';

/** A delivery, what its signature is worth, what came of handing it on, and what was answered. */
export interface Received {
  readonly delivery: Delivery;
  readonly verdict: Verdict;
  readonly forwarded: Forwarded | undefined;
  readonly answered: number;
}

/** What a listener does with a delivery. */
export interface Handling {
  readonly verify: (delivery: Delivery) => Promise<Verdict>;
  readonly forward: Forwarder | undefined;
  /** What is answered where nothing is handed on. */
  readonly status: number;
  readonly onDelivery: (received: Received) => void;
}

/** A receiver that is open. */
export interface Listener {
  readonly url: string;
  readonly port: number;
  /** Lets what is under way finish. */
  close(): Promise<void>;
}

/** The largest body that is taken: the largest that the service can be told to accept. */
const MAX_BODY_BYTES = 67_108_864;
/** Headers of the answer that are given back. */
const GIVEN_BACK = ['content-type', 'retry-after', 'location'];

async function readBody(request: http.IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

async function handle(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  handling: Handling,
): Promise<void> {
  if (request.method !== 'POST') {
    response.writeHead(405, { allow: 'POST' }).end('postrider listen takes messages, which are POSTs\n');
    return;
  }
  const body = await readBody(request);
  if (body === undefined) {
    response.writeHead(413, { connection: 'close' }).end();
    return;
  }
  const delivery: Delivery = {
    receivedAt: new Date(),
    path: request.url ?? '/',
    rawHeaders: request.rawHeaders,
    headers: request.headers,
    body,
  };
  const verdict = await handling.verify(delivery);
  // What is handed on is checked by the program that is being written, which is what is to be tried.
  const forwarded = await handling.forward?.(delivery);
  const answered = statusOf(verdict, forwarded, handling.status);
  handling.onDelivery({ delivery, verdict, forwarded, answered });
  if (forwarded?.kind === 'answered') {
    const headers = GIVEN_BACK.flatMap((name) => {
      const value = forwarded.headers[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    response.writeHead(answered, Object.fromEntries(headers)).end(forwarded.body);
  } else response.writeHead(answered).end();
}

function statusOf(verdict: Verdict, forwarded: Forwarded | undefined, status: number): number {
  if (forwarded) return forwarded.kind === 'answered' ? forwarded.status : 502;
  return verdict.status === 'invalid' ? 400 : status;
}

/** Opens the receiver. @throws Error when the address cannot be listened on */
export async function openListener(
  { host, port }: { readonly host: string; readonly port: number },
  handling: Handling,
): Promise<Listener> {
  const server = http.createServer((request, response) => {
    handle(request, response, handling).catch(() => response.destroy());
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${actual}/`,
    port: actual,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
    },
  };
}
