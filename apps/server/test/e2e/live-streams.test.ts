import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { unwrap } from '@postrider/client';
import type { MessageOut } from '@postrider/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { STREAMS_OF_CALLER } from '../../src/http/streams.js';
import { createId } from '../../src/ids.js';
import { type Home, openHome, startServer, type TestServer } from '../harness.js';
import { LiveReader, liveAs } from '../live-reader.js';
import { Scene } from '../scene.js';

/** What a server may have open in these tests. */
/** A place is free again as soon as its stream has ended, not when somebody clears up. */
const SOON_MS = 5_000;
const MOST = 12;

let server: TestServer;
let scene: Scene;
const open: { close(): unknown }[] = [];
beforeAll(async () => {
  server = await startServer({ POSTRIDER_MAX_STREAMS: String(MOST) });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  await expect.poll(() => openStreams(server)).toBe(0);
});

const openStreams = async (at: TestServer): Promise<number> => {
  const text = await at.context.metrics.registry.getSingleMetricAsString('postrider_live_streams');
  return Number(/^postrider_live_streams (\d+)$/m.exec(text)?.[1]);
};

const follow = async (at = server, token = scene.environment.key): Promise<LiveReader<MessageOut>> => {
  const reader = await LiveReader.open<MessageOut>((input) =>
    liveAs(at, token).messages({ params: { app_id: scene.appId }, ...input }),
  );
  open.push(reader);
  return reader;
};

/** A bare request, which is open until the test ends. */
async function ask(init: { method?: string } = {}, token = scene.environment.key): Promise<Response> {
  const ended = new AbortController();
  open.push({ close: () => ended.abort() });
  return fetch(`${server.url}/api/v1/app/${scene.appId}/live/msg`, {
    ...init,
    headers: { authorization: `Bearer ${token}` },
    signal: ended.signal,
  });
}

const sessionToken = async (): Promise<string> =>
  (
    await unwrap(
      scene.client.authentication.getAppPortalAccess({ params: { app_id: scene.appId }, body: {} }),
    )
  ).token;

describe('the answer', () => {
  it('is server-sent events that nobody on the way may gather, change or keep', async () => {
    const response = await ask();
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    const message = await scene.send({ payload: { text: 'a\nb' } });
    const text = await readUntil(response, '"id":');
    const [retry, first, second] = text.split('\n\n');
    expect(retry).toBe('retry: 1000');
    expect(first).toMatch(/^event: open\nid: [0-9a-z.]+\ndata: \{"resumed":false\}$/);
    expect(second).toMatch(/^event: message\nid: [0-9a-zA-Z_.~]+\ndata: \{.*\}$/);
    expect(JSON.parse(second?.split('data: ')[1] ?? '')).toEqual({ ...message, payload: {} });
  });

  it('says that it is alive where nothing happens, with the place where it is', async () => {
    const response = await ask();
    await readUntil(response, 'open', false);
    const passing = setInterval(() => server.clock.advance(1), 50);
    open.push({ close: () => clearInterval(passing) });
    const text = await readUntil(response, 'position');
    expect(text).toMatch(/: still here\nevent: position\nid: [0-9a-z.]+\ndata: \{\}/);
  });

  it('to HEAD is its headers alone', async () => {
    const response = await ask({ method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    await expect.poll(() => openStreams(server), { timeout: SOON_MS }).toBe(0);
  });
});

describe('too many', () => {
  it('of one session are refused, others are not; a place is free again when a stream ends', async () => {
    const token = await sessionToken();
    const streams = [];
    for (let n = 0; n < STREAMS_OF_CALLER; n += 1) streams.push(await follow(server, token));
    const refused = await ask({}, token);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await refused.json()).toEqual({
      code: 'too_many_streams',
      detail: 'Too many live streams are open. Close one, or try again later.',
    });
    expect((await ask({}, await sessionToken())).status).toBe(200);
    await streams[0]?.close();
    await expect.poll(async () => (await ask({}, token)).status, { timeout: SOON_MS }).toBe(200);
  });

  it('in all are refused', async () => {
    for (let n = 0; n < MOST; n += 1) await follow(server, await sessionToken());
    const refused = await ask({}, await sessionToken());
    expect(refused.status).toBe(429);
    expect(await openStreams(server)).toBe(MOST);
  });
});

it('a reader that does not read holds nobody up, and gets all when it reads again', async () => {
  const first = await scene.send();
  const incoming = request(`${server.url}/api/v1/app/${scene.appId}/live/msg/`, {
    headers: { authorization: `Bearer ${scene.environment.key}` },
  });
  open.push({ close: () => incoming.destroy() });
  const response = await new Promise<import('node:http').IncomingMessage>((resolve) => {
    incoming.once('response', resolve);
    incoming.end();
  });
  response.pause();
  const count = 20_000;
  await writeCopies(first, count);
  const looking = await follow();
  const { id } = await scene.send();
  await looking.has(1, server);
  let received = '';
  let bytes = 0;
  const ids = new Set<string>();
  response.setEncoding('utf8').on('data', (text: string) => {
    bytes += text.length;
    received += text;
    const events = received.split('\n\n');
    received = events.pop() ?? '';
    for (const event of events) {
      const found = /"id":"(msg_\w+)"/.exec(event)?.[1];
      if (!found) continue;
      expect(ids.has(found)).toBe(false);
      ids.add(found);
    }
  });
  response.resume();
  await expect
    .poll(
      () => {
        server.clock.advance(1);
        return ids.size;
      },
      { timeout: 30_000, interval: 50 },
    )
    .toBe(count + 1);
  expect(ids.has(id)).toBe(true);
  expect(bytes).toBeGreaterThan(count * 200);
}, 60_000);

it('a server that stops ends its streams at once, and a reader goes on at the next one', async () => {
  const home = await openHome();
  const before = await startServer({}, home);
  const its = await Scene.open(before);
  const reader = await LiveReader.open<MessageOut>((input) =>
    liveAs(before, its.environment.key).messages({ params: { app_id: its.appId }, ...input }),
  );
  const { id } = await its.send();
  await reader.has(1, before);
  // Nothing is asked on this one: it must not be waited for either.
  const spare = connect(Number(new URL(before.url).port), '127.0.0.1');
  await once(spare, 'connect');
  const since = Date.now();
  await before.stop();
  // Requests under way would have had 30 seconds.
  expect(Date.now() - since).toBeLessThan(10_000);
  await expect.poll(() => reader.told).toContain('broken');
  await reader.close();
  const after = await startServer({}, home);
  const again = await LiveReader.open<MessageOut>(
    (input) => liveAs(after, its.environment.key).messages({ params: { app_id: its.appId }, ...input }),
    reader.place,
  );
  const { id: later } = await unwrap(
    after.as(its.environment.key).message.create({
      params: { app_id: its.appId },
      body: { eventType: 'a', payload: {} },
    }),
  );
  await again.has(1, after);
  expect([...reader.ids, ...again.ids]).toEqual([id, later]);
  await again.close();
  await after.stop();
  await home.remove();
});

// The embedded database has room for one process, and for one transaction at a time.
describe.runIf(inject('database') === 'postgres')('several processes on one database', () => {
  let home: Home;
  let one: TestServer;
  let two: TestServer;
  beforeAll(async () => {
    home = await openHome();
    [one, two] = await Promise.all([startServer({}, home), startServer({}, home)]);
  });
  afterAll(async () => {
    await Promise.all([one.stop(), two.stop()]);
    await home.remove();
  });

  it('a stream tells what any of them stored, and goes on at another', async () => {
    scene = await Scene.open(one);
    const reader = await follow(two);
    const { id } = await scene.send();
    await reader.has(1, two);
    await reader.close();
    const { id: missed } = await scene.send();
    const again = await LiveReader.open<MessageOut>(
      (input) => liveAs(one, scene.environment.key).messages({ params: { app_id: scene.appId }, ...input }),
      reader.place,
    );
    open.push(again);
    await again.has(1, one);
    expect([...reader.ids, ...again.ids]).toEqual([id, missed]);
  });

  it('what was under way when newer rows were told comes when it is committed, after a break too', async () => {
    scene = await Scene.open(one);
    const known = await scene.send();
    const { kysely } = one.context.database;
    const row = await kysely
      .selectFrom('message')
      .selectAll()
      .where('id', '=', known.id)
      .executeTakeFirstOrThrow();
    const late = createId('msg_', one.clock.now());
    let commit: () => void = () => {};
    const asked = new Promise<void>((resolve) => {
      commit = resolve;
    });
    const reader = await follow(one);
    let written: () => void = () => {};
    const isWritten = new Promise<void>((resolve) => {
      written = resolve;
    });
    const slow = kysely.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('message')
        .values({ ...row, id: late })
        .execute();
      written();
      await asked;
    });
    await isWritten;
    const { id } = await scene.send();
    await reader.has(1, one);
    await reader.close();
    commit();
    await slow;
    const again = await LiveReader.open<MessageOut>(
      (input) => liveAs(two, scene.environment.key).messages({ params: { app_id: scene.appId }, ...input }),
      reader.place,
    );
    open.push(again);
    await again.has(1, two);
    expect([...reader.ids, ...again.ids]).toEqual([id, late]);
  });
});

/** The text of the answer until the piece is in it. */
const texts = new WeakMap<Response, { reader: ReadableStreamDefaultReader<string>; text: string }>();
async function readUntil(response: Response, piece: string, cancel = true): Promise<string> {
  const known = texts.get(response);
  const body = response.body as ReadableStream<Uint8Array<ArrayBuffer>>;
  const state = known ?? { reader: body.pipeThrough(new TextDecoderStream()).getReader(), text: '' };
  texts.set(response, state);
  while (!state.text.includes(piece)) {
    const { done, value } = await state.reader.read();
    if (done) break;
    state.text += value;
  }
  if (cancel) await state.reader.cancel();
  return state.text;
}

/** Many messages at once, as many accepts would have made them. */
async function writeCopies(message: MessageOut, count: number): Promise<void> {
  const { kysely } = server.context.database;
  const row = await kysely
    .selectFrom('message')
    .selectAll()
    .where('id', '=', message.id)
    .executeTakeFirstOrThrow();
  for (let written = 0; written < count; written += 1_000) {
    const now = server.clock.now();
    const rows = Array.from({ length: 1_000 }, () => ({ ...row, id: createId('msg_', now) }));
    await kysely.insertInto('message').values(rows).execute();
  }
}
