import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Timing } from '../src/timing.js';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Says what the server does with a request; `index` counts from 0. */
export type Behaviour = (response: ServerResponse, request: Received, index: number) => void;

/** A real HTTP server on a free port, stopped at the latest when the test ends. Keeps what it receives. */
export async function startServer(behaviour: Behaviour) {
  const received: Received[] = [];
  const server = createServer((incoming, response) => {
    void readRequest(incoming).then((request) => {
      received.push(request);
      behaviour(response, request, received.length - 1);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(stop);
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return { url: `http://127.0.0.1:${address.port}`, received, stop };
}

async function readRequest(incoming: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return {
    method: incoming.method ?? '',
    url: incoming.url ?? '',
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString(),
  };
}

/** Ends the answer with a JSON body. */
export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Ends the answer with any other body. */
export function raw(response: ServerResponse, status: number, body: string, headers: Record<string, string>) {
  response.writeHead(status, headers).end(body);
}

/** A clock that stands still, waits that are over at once and are kept, and timeouts that fire when told to. */
export function standingTiming(replaced: Partial<Timing> = {}) {
  const waits: number[] = [];
  const deadlines = new Map<() => void, number>();
  const timing: Timing = {
    now: () => Date.parse('2026-11-24T09:00:00Z'),
    random: () => 0,
    delay: async (milliseconds) => {
      waits.push(milliseconds);
    },
    deadline: (milliseconds, expire) => {
      deadlines.set(expire, milliseconds);
      return () => deadlines.delete(expire);
    },
    ...replaced,
  };
  return {
    timing,
    waits,
    /** Milliseconds of the timeouts that run now. */
    running: () => [...deadlines.values()],
    expireAll: () => {
      for (const expire of deadlines.keys()) expire();
    },
  };
}

/** An application as the server answers it. */
export const applicationOut = (id = 'app_1srOrx2ZWZBpBUvZwXKQmoEYga2') => ({
  id,
  name: 'Acme',
  uid: null,
  createdAt: '2026-11-24T09:00:00Z',
  updatedAt: '2026-11-24T09:00:00Z',
  metadata: {},
});
