// Closed-loop load: a fixed number of requests in flight, each followed by the next one as soon as it is answered.
import { performance } from 'node:perf_hooks';
import { Pool } from 'undici';

/** A request that is not answered within this long fails the benchmark, in ms. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Connections to a server, one for each request in flight. */
export const openConnections = (url, count) =>
  new Pool(url, {
    connections: count,
    pipelining: 1,
    headersTimeout: REQUEST_TIMEOUT_MS,
    bodyTimeout: REQUEST_TIMEOUT_MS,
  });

/** Makes one call and gives the answer's body. @throws Error when the status is another than expected */
export async function call(connections, { method, path, headers, body, expect }) {
  const answer = await connections.request({ method, path, headers, body });
  const text = await answer.body.text();
  if (answer.statusCode !== expect) {
    throw new Error(`${method} ${path} was answered ${answer.statusCode}: ${text.slice(0, 300)}`);
  }
  return text;
}

/** The value below which this part of the sorted values lies; null without values. */
export const quantile = (sorted, part) =>
  sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];

/**
 * Keeps `inFlight` calls under way for a time, or until `next` has no more to do.
 *
 * @param next gives the next call, and in `done` what to do with its answer; undefined: nothing is left
 * @returns the latencies in ms, sorted, and how long it took in seconds
 */
export async function keepInFlight({ connections, inFlight, seconds, next }) {
  const latencies = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  const work = async () => {
    while (performance.now() < end) {
      const request = next();
      if (request === undefined) return;
      const sent = performance.now();
      const text = await call(connections, request);
      latencies.push(performance.now() - sent);
      request.done?.(text);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  return { latencies: latencies.sort((a, b) => a - b), seconds: (performance.now() - start) / 1000 };
}
