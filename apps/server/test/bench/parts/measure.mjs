// Measurements of a server that any suite may want: a case under load, and its starts.
import { setTimeout as delay } from 'node:timers/promises';
import { keepInFlight, openConnections, quantile } from './load.mjs';
import { startServer } from './server.mjs';

export const WARM_UP_SECONDS = 1.5;
/** How often a server is started on the data that a load left behind. */
export const STARTS = 3;
/** How long a started server is left alone before its memory is read, in ms. */
const IDLE_MS = 3_000;

/** The calls of a case, at most so many. */
function limited(next, calls) {
  let left = calls;
  return () => (left-- > 0 ? next() : undefined);
}

/**
 * Measures one case: its calls with so many in flight, after a warm-up.
 *
 * @param share of a case that uses something up: how many calls this measurement may make, its warm-up included
 */
export async function measureCase(server, { name, next, share }, inFlight, measurementsLeft, seconds) {
  const connections = openConnections(server.url, inFlight);
  try {
    const calls = share?.(measurementsLeft) ?? Number.POSITIVE_INFINITY;
    const warmUp = WARM_UP_SECONDS / (WARM_UP_SECONDS + seconds);
    await keepInFlight({
      connections,
      inFlight,
      seconds: WARM_UP_SECONDS,
      next: limited(next, calls * warmUp),
    });
    const cpuBefore = await server.cpuSeconds();
    const { latencies, seconds: taken } = await keepInFlight({
      connections,
      inFlight,
      seconds,
      next: limited(next, calls * (1 - warmUp)),
    });
    const cpuAfter = await server.cpuSeconds();
    const count = latencies.length;
    return {
      operation: name,
      inFlight,
      requests: count,
      seconds: taken,
      requestsPerSecond: count / taken,
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
      cpuSecondsPer1000: cpuBefore === null ? null : ((cpuAfter - cpuBefore) / count) * 1000,
    };
  } finally {
    await connections.close();
  }
}

/** Starts on what is there, some times; memory is read when the server has been idle for a while. */
export async function measureStarts(place, progress) {
  const starts = [];
  const memory = [];
  for (let number = 1; number <= STARTS; number++) {
    progress(`${place.database}: start ${number} of ${STARTS}`);
    const server = await startServer(place);
    try {
      starts.push(server.startSeconds);
      await delay(IDLE_MS);
      memory.push(await server.memory());
    } finally {
      await server.end();
    }
  }
  const middle = (values) =>
    quantile(
      [...values].sort((a, b) => a - b),
      0.5,
    );
  return { startSeconds: middle(starts), slowestStartSeconds: Math.max(...starts), idleMiB: middle(memory) };
}
