// The caller in a process of its own: posts numbered messages, so many at a time or so many a second.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { answerParent, now } from './helper.mjs';

const REQUEST_TIMEOUT_MS = 30_000;
/** Pause after a refusal. */
const REFUSED_MS = 50;

/** A message of so many bytes, its number first. */
function bodyOf(number, bytes) {
  const head = `{"n":${number},"pad":"`;
  return `{"eventType":"bench.sent","payload":${head}${'x'.repeat(Math.max(0, bytes - head.length - 2))}"}}`;
}

function createPost({ url, path, token, connections, bytes, keys }) {
  const pool = new Pool(url, {
    connections,
    pipelining: 1,
    headersTimeout: REQUEST_TIMEOUT_MS,
    bodyTimeout: REQUEST_TIMEOUT_MS,
  });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const post = async (number) => {
    const answer = await pool.request({
      method: 'POST',
      path,
      headers: keys ? { ...headers, 'idempotency-key': `auto_${randomUUID()}` } : headers,
      body: bodyOf(number, bytes),
    });
    await answer.body.dump();
    return answer.statusCode === 202;
  };
  return { post, close: () => pool.close() };
}

/** Waits for places in turn: `take` resolves when one of `count` is free. */
function createPlaces(count) {
  let free = count;
  const queue = [];
  return {
    take: () => {
      if (free > 0) {
        free -= 1;
        return undefined;
      }
      return new Promise((resolve) => queue.push(resolve));
    },
    give: () => {
      const next = queue.shift();
      if (next) next();
      else free += 1;
    },
  };
}

/**
 * Posts messages from number `first` on: `count` of them, or for `seconds`; with `rate` so many a second, else each as
 * soon as there is a place.
 */
async function send(parameters) {
  const { inFlight, first, count = Number.POSITIVE_INFINITY, seconds = 3_600, rate = 0 } = parameters;
  const { post, close } = createPost({ ...parameters, connections: inFlight });
  const sent = { messages: [], at: [], tookMs: [], refused: 0 };
  const one = async (number) => {
    const at = now();
    const accepted = await post(number).catch(() => false);
    if (!accepted) {
      sent.refused += 1;
      return delay(REFUSED_MS);
    }
    sent.messages.push(number);
    sent.at.push(at);
    sent.tookMs.push(now() - at);
  };
  const places = createPlaces(inFlight);
  const start = now();
  const isOver = (done) => done >= count || now() - start >= seconds * 1000;
  const underWay = new Set();
  for (let done = 0; !isOver(done); done++) {
    // A timer takes a millisecond at least: what is due already goes without one.
    const earlyMs = rate > 0 ? start + (done / rate) * 1000 - now() : 0;
    if (earlyMs > 0) await delay(earlyMs);
    await places.take();
    const call = one(first + done).finally(() => {
      underWay.delete(call);
      places.give();
    });
    underWay.add(call);
  }
  await Promise.all(underWay);
  const end = now();
  await close();
  return {
    start,
    end,
    refused: sent.refused,
    messages: Uint32Array.from(sent.messages),
    at: Float64Array.from(sent.at),
    tookMs: Float64Array.from(sent.tookMs),
  };
}

answerParent({ send });
