import { Agent } from 'undici';
import type { Cidr } from './address.js';
import { Exchange, type SendResult } from './exchange.js';
import { INVALID_URL } from './failure.js';
import { createGuardedConnector, type Resolve } from './guard.js';
import { type HeaderPair, joinHeaders, parseTarget } from './target.js';

/** How requests to other people's servers are made. */
export interface SenderOptions {
  /** Ranges that may be reached although they are not public. */
  readonly allowSubnets: readonly Cidr[];
  /** Milliseconds for the whole exchange: name lookup, connection, request and the end of the answer. */
  readonly timeoutMs: number;
  /** Bytes of an answer's body that are kept; no more is read. Default 20 000. */
  readonly maxResponseBytes?: number;
  /** Value of the User-Agent header. */
  readonly userAgent: string;
  /** How host names become addresses. Default: the operating system's way. */
  readonly resolve?: Resolve;
}

/** A POST with a JSON body, sent byte for byte. */
export interface OutboundRequest {
  /** User name and password in it become Basic authorization, unless `headers` has an authorization of its own. */
  readonly url: string;
  /** Sent with the case of their names; of equal names the last one counts, and it goes before the standard headers. */
  readonly headers: readonly HeaderPair[];
  readonly body: string | Uint8Array;
}

/** The one client for outgoing HTTP. */
export interface Sender {
  /**
   * Sends a request and tells what came of it; redirects are not followed. Failures of the network are results.
   *
   * @throws Error after `close`
   */
  send(request: OutboundRequest): Promise<SendResult>;
  /** Waits for the exchanges under way, which the timeout bounds, and closes all connections. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Makes the client. Connections stay open between requests and are shared by all endpoints of an origin, as many as there
 * are requests at once: who bounds the load does it per endpoint, else a dead endpoint would starve a healthy neighbour.
 */
export function createSender(options: SenderOptions): Sender {
  const { timeoutMs, maxResponseBytes = 20_000 } = options;
  const standardHeaders: readonly HeaderPair[] = [
    ['accept', '*/*'],
    ['content-type', 'application/json'],
    ['user-agent', options.userAgent],
  ];
  const { agent, isConnectionNew } = createAgent(options);
  const settings = { agent, timeoutMs, maxResponseBytes, isConnectionNew };
  let closing: Promise<void> | undefined;

  return {
    send({ url, headers, body }) {
      if (closing) return Promise.reject(new Error('the sender is closed'));
      const target = parseTarget(url);
      if (!target) return Promise.resolve({ kind: 'failure', ...INVALID_URL, durationMs: 0 });
      const { authorization } = target;
      const credentials: HeaderPair[] = authorization === undefined ? [] : [['authorization', authorization]];
      const request = {
        origin: target.origin,
        path: target.path,
        method: 'POST' as const,
        headers: joinHeaders(standardHeaders, credentials, headers),
        body,
        servername: target.hostname,
      };
      return new Promise((settle) => new Exchange(settings, request, settle));
    },
    close() {
      closing ??= agent.close();
      return closing;
    },
  };
}

function createAgent({ allowSubnets, timeoutMs, resolve }: SenderOptions) {
  const connect = createGuardedConnector({
    allowSubnets,
    connectTimeoutMs: timeoutMs,
    ...(resolve ? { resolve } : {}),
  });
  let isNew = false;
  const agent = new Agent({
    pipelining: 1,
    // The exchange has a timer of its own for everything; two more for each request would only cost.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (target, callback) =>
      connect(target, (...result) => {
        // undici starts the request that waits for a connection inside this call.
        isNew = true;
        try {
          callback(...result);
        } finally {
          isNew = false;
        }
      }),
  });
  return { agent, isConnectionNew: () => isNew };
}
