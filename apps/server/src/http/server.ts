import http, { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Express } from 'express';

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
  const server = http.createServer(
    {
      IncomingMessage: ExpressRequest as never,
      ServerResponse: ExpressResponse as never,
      keepAliveTimeout: 65_000,
    },
    app,
  );
  return server;
}

/** Listens; gives the address in use as a URL. */
export function listen(server: http.Server, address: { host: string; port: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => {
      server.off('error', reject);
      const { address: host, port, family } = server.address() as AddressInfo;
      resolve(`http://${family === 'IPv6' ? `[${host}]` : host}:${port}`);
    });
  });
}

/** Takes no new connection, lets requests under way finish for `graceMs`, then cuts what is left. */
export function drain(server: http.Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve();
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
