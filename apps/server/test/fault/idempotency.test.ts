import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient, unwrap } from '@postrider/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  freePort,
  makePlace,
  PLACES,
  type Place,
  type ServerProcess,
  type Settings,
  startProcess,
} from '../process.js';

const API_KEY = 'sk_faultfaultfaultfault';
/** Calls under way when the process is killed. */
const CALLS = 24;

const running: ServerProcess[] = [];
let receiver: Server;
/** How often each numbered message came. */
let received: Map<number, number>;
beforeEach(async () => {
  received = new Map();
  receiver = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      const { n } = JSON.parse(text) as { n: number };
      received.set(n, (received.get(n) ?? 0) + 1);
      response.end();
    });
  });
  await new Promise<void>((resolve) => {
    receiver.listen(0, '127.0.0.1', resolve);
  });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.end('SIGKILL')));
  receiver.closeAllConnections();
  receiver.close();
});

async function start(settings: Settings): Promise<ServerProcess> {
  const server = await startProcess({
    POSTRIDER_API_KEY: API_KEY,
    POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/8',
    POSTRIDER_RETRY_SCHEDULE: '0.2,0.2,0.5,1,1,1,1',
    ...settings,
  });
  running.push(server);
  return server;
}

/** An application with an endpoint at the receiver. */
async function prepare(server: ServerProcess): Promise<string> {
  const client = createClient({ serverUrl: server.url, token: API_KEY });
  const { id } = await unwrap(client.application.create({ body: { name: 'Fault' } }));
  const { port } = receiver.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/`;
  await unwrap(client.endpoint.create({ params: { app_id: id }, body: { url } }));
  return id;
}

/** One try of the call numbered `n`; undefined when no answer came. */
async function post(
  server: ServerProcess,
  app_id: string,
  n: number,
  eventId?: string,
): Promise<{ status: number; id: string } | undefined> {
  const client = createClient({ serverUrl: server.url, token: API_KEY, retries: 0 });
  try {
    const { status, body } = await client.message.create({
      params: { app_id },
      headers: { 'idempotency-key': `call-${n}` },
      body: { eventType: 'fault.test', payload: { n }, ...(eventId === undefined ? {} : { eventId }) },
    });
    return { status, id: (body as { id: string }).id };
  } catch {
    return undefined;
  }
}

async function messageIds(server: ServerProcess, app_id: string): Promise<string[]> {
  const client = createClient({ serverUrl: server.url, token: API_KEY });
  const { data } = await unwrap(client.message.list({ params: { app_id }, query: { limit: 250 } }));
  return data.map((one) => one.id);
}

describe.each(PLACES)('on %s', (_name, make) => {
  let place: Place;
  beforeEach(async () => {
    place = await make();
  });
  afterEach(() => place.remove());

  it('a call that is repeated after SIGKILL is one message with the answer of the first', async () => {
    const PORT = String(await freePort());
    let server = await start({ ...place.settings, PORT });
    const app = await prepare(server);
    const answered = new Map<number, string>();
    let next = 0;
    for (let round = 0; round < 5; round++) {
      const numbers = Array.from({ length: CALLS }, () => next++);
      const calls = numbers.map(async (n) => {
        const answer = await post(server, app, n, n % 2 ? `event-${n}` : undefined);
        if (answer?.status === 202) answered.set(n, answer.id);
        return answer;
      });
      // Killed in the midst of it: as soon as the first is answered.
      await Promise.any(calls.map(async (call) => (await call) ?? Promise.reject(new Error('no answer'))));
      await server.end('SIGKILL');
      await Promise.all(calls);
      server = await start({ ...place.settings, PORT });
      for (const n of numbers) {
        const again = await post(server, app, n, n % 2 ? `event-${n}` : undefined);
        expect(again?.status).toBe(202);
        const first = answered.get(n);
        if (first !== undefined) expect(again?.id).toBe(first);
        answered.set(n, again?.id ?? '');
      }
    }
    expect(answered.size).toBe(next);
    expect((await messageIds(server, app)).sort()).toEqual([...answered.values()].sort());
    await expect.poll(() => received.size, { timeout: 20_000 }).toBe(next);
    // A message that was sent but not recorded when the process died comes again: at least once.
    const twice = [...received.values()].filter((count) => count > 1).length;
    expect(twice).toBeLessThanOrEqual(5 * CALLS);
  });
});

describe.runIf(PLACES.length > 1)('two processes on PostgreSQL', () => {
  it('the same calls to both at once are one message each, with one answer', async () => {
    const place = await makePlace('postgres');
    try {
      const [one, two] = [await start(place.settings), await start(place.settings)];
      const app = await prepare(one);
      const numbers = Array.from({ length: 100 }, (_, n) => n);
      const answers = await Promise.all(
        numbers.map((n) => Promise.all([one, two, one, two].map((server) => post(server, app, n)))),
      );
      for (const same of answers) {
        expect(same.map((answer) => answer?.status)).toEqual([202, 202, 202, 202]);
        expect(new Set(same.map((answer) => answer?.id)).size).toBe(1);
      }
      expect(await messageIds(two, app)).toHaveLength(100);
      await expect.poll(() => received.size, { timeout: 20_000 }).toBe(100);
      expect([...received.values()].filter((count) => count > 1)).toEqual([]);
    } finally {
      await Promise.all(running.splice(0).map((server) => server.end('SIGKILL')));
      await place.remove();
    }
  });

  it('the same call goes on at the other when one is killed under it', async () => {
    const place = await makePlace('postgres');
    try {
      const [one, two] = [await start(place.settings), await start(place.settings)];
      const app = await prepare(one);
      const numbers = Array.from({ length: CALLS }, (_, n) => n);
      const calls = numbers.map((n) => post(one, app, n));
      await Promise.race(calls);
      await one.end('SIGKILL');
      const first = await Promise.all(calls);
      for (const n of numbers) {
        const again = await post(two, app, n);
        expect(again?.status).toBe(202);
        if (first[n]?.status === 202) expect(again?.id).toBe(first[n].id);
      }
      expect(await messageIds(two, app)).toHaveLength(CALLS);
      await expect.poll(() => received.size, { timeout: 20_000 }).toBe(CALLS);
    } finally {
      await Promise.all(running.splice(0).map((server) => server.end('SIGKILL')));
      await place.remove();
    }
  });
});
