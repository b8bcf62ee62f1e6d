import { unwrap } from '@postrider/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Home, openHome, startServer, type TestServer } from '../harness.js';
import { defineTypes, standing } from '../messages.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';
import { openSession } from '../sessions.js';

let home: Home;
let server: TestServer;
let scene: Scene;
let receiver: Receiver;
let endpointId: string;
beforeAll(async () => {
  home = await openHome();
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '10,100' }, home);
});
afterAll(async () => {
  await server.stop();
  await home.remove();
});
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  receiver.reply = { status: 500 };
  ({ id: endpointId } = await scene.endpoint(receiver));
  await defineTypes(scene, 'slow', 'other');
});
afterEach(() => scene.close());

const params = (event_type_name: string) => ({ params: { event_type_name } });
const wait = (seconds: number) => ({ secs: Math.floor(seconds), nanos: Math.round((seconds % 1) * 1e9) });
const set = (name: string, schedule: number[] | null) =>
  scene.client.eventType.setRetrySchedule({
    ...params(name),
    body: { retrySchedule: schedule?.map(wait) ?? null },
  });
const get = (name: string) => scene.client.eventType.getRetrySchedule(params(name));
/** Other processes, and this one, believe what they know for a second. */
const spread = () => server.clock.advance(1);

/** Seconds from the message's last attempt to its next one; undefined when there will be none. */
async function pauseOf(msgId: string, attempts: number): Promise<number | undefined> {
  const [last] = await scene.recorded(msgId, attempts);
  const { nextAttempt } = (await standing(scene, endpointId, msgId)) ?? {};
  if (!nextAttempt) return undefined;
  return (Date.parse(nextAttempt) - Date.parse(last?.timestamp ?? '')) / 1000;
}
const expectAbout = (seconds: number | undefined, entry: number) => {
  expect(seconds).toBeGreaterThanOrEqual(0.8 * entry);
  expect(seconds).toBeLessThanOrEqual(1.2 * entry + 2);
};

describe('the operations', () => {
  it('give back what was set, to the nanosecond, until it is taken away', async () => {
    expect(await get('slow')).toMatchObject({ status: 200, body: { retrySchedule: null } });
    const retrySchedule = [
      { secs: 0, nanos: 1 },
      { secs: 2_592_000, nanos: 0 },
    ];
    const put = await scene.client.eventType.setRetrySchedule({ ...params('slow'), body: { retrySchedule } });
    expect(put).toMatchObject({ status: 200, body: { retrySchedule } });
    expect((await get('slow')).body).toEqual({ retrySchedule });
    expect((await get('other')).body).toEqual({ retrySchedule: null });
    for (const body of [{}, { retrySchedule: null }]) {
      await set('slow', [1]);
      expect((await scene.client.eventType.setRetrySchedule({ ...params('slow'), body })).body).toEqual({
        retrySchedule: null,
      });
      expect((await get('slow')).body).toEqual({ retrySchedule: null });
    }
    expect((await set('slow', [])).body).toEqual({ retrySchedule: [] });
    expect((await get('slow')).body).toEqual({ retrySchedule: [] });
  });

  it.each([
    ['a number instead of a duration', [5]],
    ['a duration without nanos', [{ secs: 5 }]],
    ['a negative one', [{ secs: -1, nanos: 0 }]],
    ['a fraction', [{ secs: 0.5, nanos: 0 }]],
    ['a second of nanoseconds', [{ secs: 0, nanos: 1_000_000_000 }]],
    ['more than 30 days', [{ secs: 2_592_001, nanos: 0 }]],
    ['a nanosecond more than 30 days', [{ secs: 2_592_000, nanos: 1 }]],
    ['a hundred and one waits', Array.from({ length: 101 }, () => ({ secs: 1, nanos: 0 }))],
    ['a text', '5,10'],
  ])('refuse %s', async (_name, retrySchedule) => {
    const body = { retrySchedule: retrySchedule as never };
    const answer = await scene.client.eventType.setRetrySchedule({ ...params('slow'), body });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toMatch(/retry_?schedule/i);
    expect((await get('slow')).body).toEqual({ retrySchedule: null });
  });

  it('are 404 for what is not there, or is of another environment, and 403 for portal sessions', async () => {
    const session = await openSession(server, scene.environment, scene.appId);
    const stranger = (await server.createEnvironment()).client;
    const body = { retrySchedule: [] };
    const calls: [number, ReturnType<typeof get>][] = [
      [404, get('nobody')],
      [404, stranger.eventType.getRetrySchedule(params('slow'))],
      [403, session.eventType.getRetrySchedule(params('slow'))],
    ];
    for (const [status, call] of calls) expect((await call).status).toBe(status);
    const changes: [number, ReturnType<typeof set>][] = [
      [404, set('nobody', [])],
      [404, stranger.eventType.setRetrySchedule({ ...params('slow'), body })],
      [403, session.eventType.setRetrySchedule({ ...params('slow'), body })],
    ];
    for (const [status, call] of changes) expect((await call).status).toBe(status);
    expect((await get('slow')).body).toEqual({ retrySchedule: null });
  });
});

describe('deliveries', () => {
  it("follow the event type's schedule to its end, and others the server's", async () => {
    await set('slow', [50, 0.5]);
    spread();
    const { id } = await scene.send({ eventType: 'slow' });
    const { id: other } = await scene.send({ eventType: 'other' });
    const { id: undefinedType } = await scene.send({ eventType: 'nobody.knows' });
    expectAbout(await pauseOf(id, 1), 50);
    expectAbout(await pauseOf(other, 1), 10);
    expectAbout(await pauseOf(undefinedType, 1), 10);
    server.clock.advance(62);
    const second = await pauseOf(id, 2);
    // The attempt may have been made by now: half a second is short.
    if (second !== undefined) expect(second).toBeLessThanOrEqual(0.6 + 2);
    server.clock.advance(3);
    await scene.recorded(id, 3);
    expect(await standing(scene, endpointId, id)).toMatchObject({ status: 2, statusText: 'fail' });
  });

  it('an empty schedule means one attempt', async () => {
    await set('slow', []);
    spread();
    const { id } = await scene.send({ eventType: 'slow' });
    expect(await pauseOf(id, 1)).toBeUndefined();
    expect(await standing(scene, endpointId, id)).toMatchObject({ status: 2 });
  });

  it('of another environment are not touched', async () => {
    await set('slow', []);
    const neighbour = await Scene.open(server);
    await neighbour.endpoint(receiver);
    await defineTypes(neighbour, 'slow');
    spread();
    const { id } = await neighbour.send({ eventType: 'slow' });
    await neighbour.recorded(id, 1);
    expect(await neighbour.unsettled()).toBe(1);
    await neighbour.close();
  });

  it('under way go on by a schedule that is changed meanwhile', async () => {
    const { id } = await scene.send({ eventType: 'slow' });
    expectAbout(await pauseOf(id, 1), 10);
    await set('slow', [1, 1000, 1000]);
    server.clock.advance(12.5);
    expectAbout(await pauseOf(id, 2), 1000);
    await set('slow', [1]);
    server.clock.advance(1250);
    expect(await pauseOf(id, 3)).toBeUndefined();
    expect(await standing(scene, endpointId, id)).toMatchObject({ status: 2 });
  });

  it('keep the rules of Retry-After and 429', async () => {
    await set('slow', [5]);
    spread();
    receiver.reply = { status: 429 };
    const { id: slowed } = await scene.send({ eventType: 'slow' });
    expectAbout(await pauseOf(slowed, 1), 60);
    receiver.reply = { status: 503, headers: { 'retry-after': '3600' } };
    const { id: asked } = await scene.send({ eventType: 'slow' });
    expectAbout(await pauseOf(asked, 1), 10);
  });

  it('an archived type keeps its schedule, an expunged one has none', async () => {
    await set('slow', []);
    await scene.client.eventType.delete({ ...params('slow'), query: {} });
    spread();
    const { id } = await scene.send({ eventType: 'slow' });
    expect(await pauseOf(id, 1)).toBeUndefined();
    await unwrap(scene.client.eventType.delete({ ...params('slow'), query: { expunge: true } }));
    spread();
    const { id: next } = await scene.send({ eventType: 'slow' });
    expectAbout(await pauseOf(next, 1), 10);
  });

  it('in other processes follow within a second', async () => {
    const settings = { ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '10,100', POSTRIDER_ROLE: 'api' };
    const other = await startServer(settings, home);
    try {
      const { id: before } = await scene.send({ eventType: 'slow' });
      expectAbout(await pauseOf(before, 1), 10);
      await unwrap(
        other
          .as(scene.environment.key)
          .eventType.setRetrySchedule({ ...params('slow'), body: { retrySchedule: [wait(1000)] } }),
      );
      spread();
      const { id } = await scene.send({ eventType: 'slow' });
      expectAbout(await pauseOf(id, 1), 1000);
    } finally {
      await other.stop();
    }
  });

  it('are recorded by what was known last while schedules cannot be read', async () => {
    await set('slow', [50]);
    spread();
    const { id } = await scene.send({ eventType: 'slow' });
    expectAbout(await pauseOf(id, 1), 50);
    const { kysely } = server.context.database;
    await kysely.schema.alterTable('event_type').renameColumn('retry_schedule', 'gone').execute();
    try {
      spread();
      const { id: next } = await scene.send({ eventType: 'slow' });
      expectAbout(await pauseOf(next, 1), 50);
    } finally {
      await kysely.schema.alterTable('event_type').renameColumn('gone', 'retry_schedule').execute();
    }
  });
});
