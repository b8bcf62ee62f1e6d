// Customers' endpoints in a process of their own: /ep/0, /ep/1, … answer; /dead takes requests and never answers.
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { answerParent, now } from './helper.mjs';
import { WARM_UP_FROM } from './numbers.mjs';

/** More endpoints than a message has. */
const MOST_ENDPOINTS = 1_000;
const POLL_MS = 20;

let arrivals = new Map();
let warm = 0;
/** Who waits for a message at an endpoint. */
const expected = new Map();
let latest = now();
let answerAfterMs = 0;

function note(text, endpoint, at) {
  // The number stands first in the payload, which comes byte by byte as it was sent.
  const number = Number.parseInt(text.slice(5, 24), 10);
  if (!text.startsWith('{"n":') || Number.isNaN(number)) return;
  latest = at;
  if (number >= WARM_UP_FROM) {
    warm += 1;
    return;
  }
  const key = number * MOST_ENDPOINTS + endpoint;
  expected.get(key)?.(at);
  const known = arrivals.get(key);
  if (known) known.count += 1;
  else arrivals.set(key, { at, count: 1 });
}

const server = createServer((request, answer) => {
  const at = now();
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => {
    text += chunk;
  });
  request.on('end', () => {
    if (request.url === '/dead') return;
    note(text, Number(request.url.slice('/ep/'.length)), at);
    if (answerAfterMs === 0) answer.end();
    else setTimeout(() => answer.end(), answerAfterMs);
  });
});

/** Waits until `isDone`, or until nothing has come for `quietMs`. */
async function waitUntil(isDone, quietMs) {
  const start = now();
  while (!isDone() && now() - Math.max(latest, start) < quietMs) await delay(POLL_MS);
}

answerParent({
  listen: ({ delayMs }) =>
    new Promise((resolve) => {
      answerAfterMs = delayMs;
      server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
    }),
  /** Waits for so many deliveries of the warm-up, then forgets everything. */
  begin: async ({ warmUp, quietMs }) => {
    await waitUntil(() => warm >= warmUp, quietMs);
    arrivals = new Map();
  },
  /** When the message comes to the endpoint next; null when it does not within `quietMs`. */
  next: ({ message, endpoint, quietMs }) =>
    new Promise((resolve) => {
      const key = message * MOST_ENDPOINTS + endpoint;
      const end = (at) => {
        clearTimeout(timer);
        expected.delete(key);
        resolve(at);
      };
      const timer = setTimeout(() => end(null), quietMs);
      expected.set(key, end);
    }),
  /** How many deliveries have come. */
  count: () => arrivals.size,
  /** Waits for these messages at so many endpoints; gives when each came first, and how often: 0 is never. */
  settle: async ({ messages, endpoints, quietMs }) => {
    const keys = Array.from(messages).flatMap((number) =>
      Array.from({ length: endpoints }, (_, endpoint) => number * MOST_ENDPOINTS + endpoint),
    );
    let missing = keys;
    await waitUntil(() => {
      missing = missing.filter((key) => !arrivals.has(key));
      return missing.length === 0;
    }, quietMs);
    // Whatever comes twice comes soon after.
    await delay(300);
    return {
      at: Float64Array.from(keys, (key) => arrivals.get(key)?.at ?? Number.NaN),
      counts: Uint32Array.from(keys, (key) => arrivals.get(key)?.count ?? 0),
      received: [...arrivals.values()].reduce((sum, { count }) => sum + count, 0),
    };
  },
});
