import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';
import { onTestFinished } from 'vitest';

/** A server on loopback that ends with the test. */
export interface Receiver {
  readonly port: number;
  readonly url: string;
  /** How many connections were opened so far. */
  readonly connections: () => number;
}

/** Starts an HTTP receiver. */
export const startReceiver = (listener: RequestListener, host?: string): Promise<Receiver> =>
  listen(createServer(listener), host);

/** Starts a receiver that speaks in bytes: `onRequest` is called for each piece that arrives. */
export const startRawReceiver = (onRequest: (socket: Socket, text: string) => void): Promise<Receiver> =>
  listen(
    createTcpServer((socket) => {
      socket.on('error', () => {}); // The client may cut the connection at any time.
      socket.on('data', (chunk) => onRequest(socket, chunk.toString()));
    }),
  );

async function listen(server: Server | TcpServer, host = '127.0.0.1'): Promise<Receiver> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}/hook`, connections: () => connections };
}

/** The whole body of a request, as text. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** A port of loopback where nobody listens. */
export async function findFreePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Something to wait for: `reached` resolves with what `reach` is called with. */
export function createSignal<T = void>(): {
  readonly reached: Promise<T>;
  readonly reach: (value: T) => void;
} {
  let reach: (value: T) => void = () => {};
  const reached = new Promise<T>((resolve) => {
    reach = resolve;
  });
  return { reached, reach };
}

/** Lets the event loop go round, after which undici takes a connection that has become free for free. */
export async function turnEventLoop(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}
