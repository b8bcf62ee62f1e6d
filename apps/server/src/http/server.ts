import http, { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Express } from 'express';
import { ConfigurationError } from '../errors.js';

/**
 * A server whose requests and responses are born with express' prototypes. Express sets them at every request, which
 * makes node's own code two to three times slower on Node 20 and 22; set already, it is nothing.
 */
export function createServer(app: Express): http.Server {
  function ExpressRequest(this: IncomingMessage, socket: Socket) {
    IncomingMessage.call(this as never, socket);
  }
  ExpressRequest.prototype = app.request;
  function ExpressResponse(this: ServerResponse, ...parameters: unknown[]) {
    (ServerResponse as unknown as (...all: unknown[]) => void).apply(this, parameters);
  }
  ExpressResponse.prototype = app.response;
  app.response.writeHead = writeHeadOf(() => leaving.has(server));
  const server = http.createServer(
    {
      IncomingMessage: ExpressRequest as never,
      ServerResponse: ExpressResponse as never,
      keepAliveTimeout: 65_000,
    },
    app,
  );
  const silent = new Set<Socket>();
  silentSockets.set(server, silent);
  server.on('connection', (socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', ({ socket }) => silent.delete(socket));
  return server;
}

/**
 * Connections on which nothing was asked yet. Node does not count them as idle, and browsers and HTTP clients keep some
 * in store: a stop would wait for them as for requests.
 */
const silentSockets = new WeakMap<http.Server, Set<Socket>>();

/** Servers that are about to stop. */
const leaving = new WeakSet<http.Server>();

/** How a response begins: once its server is about to stop, with the word that the connection ends with it. */
const writeHeadOf = (isLeaving: () => boolean) =>
  function writeHead(this: ServerResponse, ...parameters: unknown[]) {
    if (isLeaving() && !this.headersSent) this.setHeader('connection', 'close');
    return ServerResponse.prototype.writeHead.apply(this, parameters as [number]) as never;
  };

/**
 * From now on every answer says that its connection ends with it. So callers and proxies that keep connections open
 * part with this process by themselves, and none of them writes into a connection that is being closed.
 */
export function takeLeave(server: http.Server): void {
  leaving.add(server);
}

/** How often a server that stops looks for connections whose last answer said that they stay, in ms. */
const SWEEP_MS = 50;

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another program',
  EADDRNOTAVAIL: 'is no address of this machine',
  EACCES: 'is not for this user to listen on',
  ENOTFOUND: 'is no address',
};

/**
 * Listens; gives the address in use as a URL.
 *
 * @throws ConfigurationError when the address cannot be listened on
 */
export function listen(server: http.Server, address: { host: string; port: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = REASONS[error.code ?? ''];
      const where = `${address.host}:${address.port}`;
      reject(why ? new ConfigurationError(`POSTRIDER_LISTEN: ${where} ${why}`) : error);
    });
    server.listen(address.port, address.host, () => {
      server.removeAllListeners('error');
      const { address: host, port, family } = server.address() as AddressInfo;
      resolve(`http://${family === 'IPv6' ? `[${host}]` : host}:${port}`);
    });
  });
}

/** Takes no new connection, lets requests under way finish for `graceMs`, then cuts what is left. */
export function drain(server: http.Server, graceMs: number): Promise<void> {
  takeLeave(server);
  return new Promise((resolve) => {
    if (!server.listening) return resolve();
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
    for (const socket of silentSockets.get(server) ?? []) if (socket.bytesRead === 0) socket.destroy();
  });
}
