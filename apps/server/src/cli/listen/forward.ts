import http from 'node:http';
import https from 'node:https';
import type { Delivery } from './verify.js';

/** What came of handing a delivery on. */
export type Forwarded =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: http.IncomingHttpHeaders;
      readonly body: Buffer;
      readonly durationMs: number;
    }
  | { readonly kind: 'failed'; readonly error: string; readonly durationMs: number };

/** Hands a delivery on; never rejects. */
export type Forwarder = (delivery: Delivery) => Promise<Forwarded>;

/** For the whole exchange. Longer than a delivery's own limit would do, which ends it on the other side. */
const TIMEOUT_MS = 30_000;
/** Headers of a connection, not of what goes over it; and the host, which is another one. */
const OF_CONNECTION = new Set(['host', 'connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te']);

/** The headers as they came, in their case and order, for the host of the address. */
function headersFor(delivery: Delivery, { host }: URL): string[] {
  const kept = ['Host', host];
  for (let index = 0; index < delivery.rawHeaders.length; index += 2) {
    const name = delivery.rawHeaders[index] ?? '';
    const value = delivery.rawHeaders[index + 1] ?? '';
    if (!OF_CONNECTION.has(name.toLowerCase()) && name.toLowerCase() !== 'content-length')
      kept.push(name, value);
  }
  return [...kept, 'Content-Length', String(delivery.body.length), 'Connection', 'close'];
}

const reasonOf = (error: unknown): string =>
  error instanceof Error
    ? error.message || ('code' in error ? String(error.code) : error.name)
    : String(error);

/** Hands deliveries on to just this address, each with the very bytes and headers that came. */
export function createForwarder(address: string): Forwarder {
  const url = new URL(address);
  const { request } = url.protocol === 'https:' ? https : http;
  return async (delivery) => {
    const startedAt = performance.now();
    const elapsed = () => Math.round(performance.now() - startedAt);
    try {
      const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
        const call = request(
          url,
          {
            method: 'POST',
            headers: headersFor(delivery, url),
            agent: false,
            signal: AbortSignal.timeout(TIMEOUT_MS),
          },
          resolve,
        );
        call.once('error', reject);
        call.end(delivery.body);
      });
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      return {
        kind: 'answered',
        status: answer.statusCode ?? 502,
        headers: answer.headers,
        body: Buffer.concat(chunks),
        durationMs: elapsed(),
      };
    } catch (error) {
      return { kind: 'failed', error: reasonOf(error), durationMs: elapsed() };
    }
  };
}
