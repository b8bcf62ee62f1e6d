// One run of messages through a server: who posts and who receives are processes of their own.

import { startHelper } from './helper.mjs';
import { call, openConnections, quantile } from './load.mjs';
import { WARM_UP_FROM } from './numbers.mjs';
import { API_KEY, startServer } from './server.mjs';

/** Messages before the measurement, and how many of them are under way at once. */
const WARM_UP = { count: 1_000, inFlight: 16 };
/** What does not come within this long after the last arrival counts as lost, in ms. */
export const QUIET_MS = 10_000;

/** What a measured server needs besides its place: receivers are on this machine, and a dead one must not hold up its end. */
const SETTINGS = { POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/8', POSTRIDER_DRAIN_TIMEOUT: '1' };

async function post(connections, path, body) {
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
  const request = {
    method: 'POST',
    path: `/api/v1${path}`,
    headers,
    body: JSON.stringify(body),
    expect: 201,
  };
  return JSON.parse(await call(connections, request));
}

/** Makes an application with an endpoint at each URL; gives the path of its messages. */
export async function createCustomer(serverUrl, urls) {
  const connections = openConnections(serverUrl, 1);
  try {
    const { id } = await post(connections, '/app/', { name: 'Bench' });
    for (const url of urls) await post(connections, `/app/${id}/endpoint/`, { url });
    return `/api/v1/app/${id}/msg/`;
  } finally {
    await connections.close();
  }
}

/**
 * The server of a place with a sender and a receiver beside it, and how to end all three.
 *
 * @param prepare what is to be done between, when the receiver has its address and the server does not run yet
 */
export async function openStage(place, delayMs = 0, prepare) {
  const receiver = startHelper('receiver.mjs');
  const sender = startHelper('sender.mjs');
  const endHelpers = () => {
    receiver.end();
    sender.end();
  };
  try {
    const receiverUrl = await receiver.ask('listen', { delayMs });
    await prepare?.(receiverUrl);
    const server = await startServer({ ...place, settings: { ...place.settings, ...SETTINGS } });
    return {
      server,
      receiver,
      sender,
      receiverUrl,
      /** Posts to a customer's path; see sender.mjs. */
      send: (path, parameters) =>
        sender.ask('send', { url: server.url, token: API_KEY, path, ...parameters }),
      end: async () => {
        await server.end();
        endHelpers();
      },
    };
  } catch (error) {
    endHelpers();
    throw error;
  }
}

/** Processor seconds so far, by who used them; null where nobody knows. */
async function cpuOf(stage, place) {
  const [server, database, sender, receiver] = await Promise.all([
    stage.server.cpuSeconds(),
    place.cpuSeconds(),
    stage.sender.cpuSeconds(),
    stage.receiver.cpuSeconds(),
  ]);
  return { server, database, load: sender === null || receiver === null ? null : sender + receiver };
}

export const sorted = (values) => Float64Array.from(values).sort();

/** What arrived against what was acknowledged, by message and endpoint. */
export function compare(sent, arrived, endpoints) {
  const delays = [];
  let [lost, duplicated, last] = [0, 0, sent.start];
  arrived.counts.forEach((count, index) => {
    if (count === 0) lost += 1;
    else {
      duplicated += count - 1;
      const at = arrived.at[index];
      delays.push(at - sent.at[Math.floor(index / endpoints)]);
      last = Math.max(last, at);
    }
  });
  return { delays: sorted(delays), lost, duplicated, seconds: (last - sent.start) / 1000 };
}

/**
 * Measures one shape on a server of its own, in a place of its own.
 *
 * @param shape `endpoints` of each message, `inFlight` posts at most, `rate` a second (0: as fast as it goes), `delayMs`
 *   that endpoints take to answer, `dead`: messages that wait for another customer's endpoint, which never answers
 */
export async function measureShape(place, shape, { seconds, bytes, keys }) {
  const { endpoints = 1, inFlight, rate = 0, delayMs = 0, dead = 0 } = shape;
  const stage = await openStage(place, delayMs);
  try {
    const { receiver, receiverUrl, server } = stage;
    const urls = Array.from({ length: endpoints }, (_, index) => `${receiverUrl}/ep/${index}`);
    const customer = await createCustomer(server.url, urls);
    const common = { bytes, keys };
    const warmUp = { ...common, first: WARM_UP_FROM, ...WARM_UP };
    await stage.send(customer, warmUp);
    await receiver.ask('begin', { warmUp: WARM_UP.count * endpoints, quietMs: QUIET_MS });
    if (dead > 0) {
      const other = await createCustomer(server.url, [`${receiverUrl}/dead`]);
      await stage.send(other, { ...warmUp, count: dead });
    }
    const before = await cpuOf(stage, place);
    const sent = await stage.send(customer, { ...common, first: 1, inFlight, seconds, rate });
    const atEndOfPosts = await receiver.ask('count');
    const arrived = await receiver.ask('settle', { messages: sent.messages, endpoints, quietMs: QUIET_MS });
    const after = await cpuOf(stage, place);
    const { delays, lost, duplicated, seconds: taken } = compare(sent, arrived, endpoints);
    const perThousand = (who) =>
      before[who] === null || arrived.received === 0
        ? null
        : ((after[who] - before[who]) / arrived.received) * 1000;
    const took = sorted(sent.tookMs);
    return {
      deliveriesPerSecond: delays.length / taken,
      acceptP50Ms: quantile(took, 0.5),
      acceptP99Ms: quantile(took, 0.99),
      receiveP50Ms: quantile(delays, 0.5),
      receiveP99Ms: quantile(delays, 0.99),
      cpuServer: perThousand('server'),
      cpuDatabase: perThousand('database'),
      cpuLoad: perThousand('load'),
      acknowledged: sent.messages.length,
      refused: sent.refused,
      behindAtEndOfPosts: sent.messages.length * endpoints - atEndOfPosts,
      lost,
      duplicated,
      peakMemoryMiB: await server.peakMemory(),
    };
  } finally {
    await stage.end();
  }
}
