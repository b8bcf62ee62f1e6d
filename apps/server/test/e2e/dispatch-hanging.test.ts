import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, openHome, startServer, type TestServer } from '../harness.js';
import { idsOf, standing } from '../messages.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

const TIMED_OUT = { status: 2, responseStatusCode: 0, response: 'request timed out', triggerType: 0 };

let home: Home;
let servers: TestServer[];
let scene: Scene;
let receiver: Receiver;
let endpointId: string;
/** Makes the receiver answer, and those who wait for it. */
let release: () => void;
const start = async () => {
  const settings = { ...REACH_RECEIVERS, POSTRIDER_REQUEST_TIMEOUT: '0.4', POSTRIDER_RETRY_SCHEDULE: '5' };
  const server = await startServer(settings, home);
  servers.push(server);
  return server;
};
beforeEach(async () => {
  home = await openHome();
  servers = [];
  scene = await Scene.open(await start());
  receiver = await scene.receiver();
  ({ id: endpointId } = await scene.endpoint(receiver));
  release = receiver.hold();
});
afterEach(async () => {
  release();
  await scene.close();
  await Promise.all(servers.map((server) => server.stop()));
  await home.remove();
});

const rowsOf = async (msgId: string) => ({
  attempts: await home.database.kysely
    .selectFrom('attempt')
    .select(['status', 'status_code'])
    .where('message_id', '=', msgId)
    .execute(),
  delivery: await home.database.kysely
    .selectFrom('delivery')
    .select(['status', 'owner', 'attempts'])
    .where('message_id', '=', msgId)
    .executeTakeFirstOrThrow(),
});
const TRIED_ONCE = {
  attempts: [{ status: 2, status_code: 0 }],
  delivery: { status: 3, owner: null, attempts: 1 },
};

describe('a receiver that never answers', () => {
  it('has the request until the time is up; that is recorded once, and a minute is left to it', async () => {
    const { id } = await scene.send();
    await receiver.waitFor(1);
    expect((await rowsOf(id)).attempts).toEqual([]);
    const [attempt] = await scene.recorded(id, 1);
    expect(attempt).toMatchObject(TIMED_OUT);
    expect(attempt?.responseDurationMs).toBeGreaterThanOrEqual(400);
    await expect.poll(async () => (await rowsOf(id)).delivery.owner).toBeNull();
    expect(await rowsOf(id)).toEqual(TRIED_ONCE);
    const { nextAttempt } = (await standing(scene, endpointId, id)) ?? {};
    const pause = (Date.parse(nextAttempt ?? '') - Date.parse(attempt?.timestamp ?? '')) / 1000;
    expect(pause).toBeGreaterThanOrEqual(48);
    expect(pause).toBeLessThanOrEqual(73);
    // What comes of it afterwards is of no interest any more.
    release();
    scene.server.clock.advance(pause + 1);
    expect(idsOf(await receiver.waitFor(2))).toEqual([id, id]);
    expect(await scene.recorded(id, 2)).toMatchObject([{ status: 0, responseStatusCode: 200 }, TIMED_OUT]);
  });

  it('does not keep a process from stopping: what came of it is recorded once, and the next one goes on', async () => {
    const { id } = await scene.send();
    await receiver.waitFor(1);
    await scene.server.stop();
    expect(await rowsOf(id)).toEqual(TRIED_ONCE);
    const next = await start();
    release();
    next.clock.advance(74);
    expect(idsOf(await receiver.waitFor(2))).toEqual([id, id]);
    const at = new Scene(next, scene.environment, scene.appId);
    await at.settle();
    expect(await rowsOf(id)).toEqual({
      attempts: expect.arrayContaining([
        { status: 2, status_code: 0 },
        { status: 0, status_code: 200 },
      ]),
      delivery: { status: 0, owner: null, attempts: 2 },
    });
    expect((await rowsOf(id)).attempts).toHaveLength(2);
  });
});
