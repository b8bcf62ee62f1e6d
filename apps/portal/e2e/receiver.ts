import { once } from 'node:events';
import { createServer } from 'node:http';

/** A request as it came in. */
export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A customer's server: `/fail…` answers 500, `/gone` 410, everything else 200. */
export interface Receiver {
  readonly url: string;
  readonly requests: readonly Received[];
  stop(): Promise<void>;
}

const statusOf = (path: string): number => (path.startsWith('/fail') ? 500 : path === '/gone' ? 410 : 200);

/** Starts it on loopback, at a port of its own. */
export async function startReceiver(): Promise<Receiver> {
  const requests: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url: path = '/', headers } = request;
      requests.push({ path, headers, body: Buffer.concat(chunks).toString() });
      const status = statusOf(path);
      response.writeHead(status, { 'content-type': 'application/json', 'x-receiver': 'harbour' });
      response.end(
        status === 200 ? '{"received":true}' : '{"error":"the warehouse does not answer","retry":true}',
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
