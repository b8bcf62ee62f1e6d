import { unwrap } from '@postrider/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { standing } from '../messages.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

/** Short enough that no lease ends meanwhile. */
const RETRY_SECONDS = 30;

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
let endpointId: string;
beforeAll(async () => {
  server = await startServer({
    ...REACH_RECEIVERS,
    POSTRIDER_RETRY_SCHEDULE: `${RETRY_SECONDS},${RETRY_SECONDS},${RETRY_SECONDS}`,
  });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  receiver.reply = { status: 500 };
  ({ id: endpointId } = await scene.endpoint(receiver));
});
afterEach(() => scene.close());

const resend = (msg_id: string) =>
  unwrap(
    scene.client.messageAttempt.resend({
      params: { app_id: scene.appId, msg_id, endpoint_id: endpointId },
    }),
  );
const passRetry = () => server.clock.advance(1.25 * RETRY_SECONDS);
/** Trigger and status code of the attempts, oldest first: 0 is the schedule's, 1 a resend. */
const attemptsOf = async (msgId: string) =>
  (await scene.attemptsOf(msgId)).map((one) => [one.triggerType, one.responseStatusCode]).reverse();
const failOnce = async () => {
  const { id } = await scene.send();
  await scene.recorded(id, 1);
  return id;
};

describe('resends in the middle of the schedule', () => {
  it('that fail leave all of it to come, at the times that were told', async () => {
    const id = await failOnce();
    const { nextAttempt } = (await standing(scene, endpointId, id)) ?? {};
    for (let n = 2; n <= 4; n++) {
      await resend(id);
      await scene.recorded(id, n);
      expect(await standing(scene, endpointId, id)).toMatchObject({ status: 3, nextAttempt });
    }
    for (let n = 5; n <= 7; n++) {
      passRetry();
      await scene.recorded(id, n);
    }
    await scene.settle();
    expect((await attemptsOf(id)).map(([trigger]) => trigger)).toEqual([0, 1, 1, 1, 0, 0, 0]);
    expect(await standing(scene, endpointId, id)).toMatchObject({ status: 2 });
  });

  it('that succeed end it: nothing comes after', async () => {
    const id = await failOnce();
    receiver.reply = { status: 200 };
    for (const [index, svix] of scene.sdks.entries()) {
      await svix.messageAttempt.resend(scene.appId, id, endpointId);
      await scene.recorded(id, index + 2);
    }
    await scene.settle();
    passRetry();
    await scene.settle();
    expect(await attemptsOf(id)).toEqual([
      [0, 500],
      [1, 200],
      [1, 200],
    ]);
    expect(await standing(scene, endpointId, id)).toMatchObject({ status: 0 });
  });

  it('do not use up its attempts', async () => {
    const id = await failOnce();
    for (let n = 2; n <= 6; n++) {
      await resend(id);
      await scene.recorded(id, n);
    }
    passRetry();
    await scene.recorded(id, 7);
    expect(await standing(scene, endpointId, id)).toMatchObject({
      status: 3,
      nextAttempt: expect.any(String),
    });
  });
});

describe('resends while an attempt is under way', () => {
  it.each([200, 500])('the first one, that ends with %d: each is made after it', async (status) => {
    const release = receiver.hold();
    receiver.reply = () => ({ status: receiver.requests.length === 0 ? status : 200 });
    const { id } = await scene.send();
    await receiver.waitFor(1);
    await Promise.all([resend(id), resend(id), resend(id)]);
    release();
    await scene.recorded(id, 4);
    await scene.settle();
    expect(await attemptsOf(id)).toEqual([
      [0, status],
      [1, 200],
      [1, 200],
      [1, 200],
    ]);
    expect(await standing(scene, endpointId, id)).toMatchObject({ status: 0 });
  });

  it('a later one of the schedule: the resend is made after it, and the schedule goes on', async () => {
    const id = await failOnce();
    const release = receiver.hold();
    passRetry();
    await receiver.waitFor(2);
    await resend(id);
    release();
    await scene.recorded(id, 3);
    expect(await standing(scene, endpointId, id)).toMatchObject({
      status: 3,
      nextAttempt: expect.any(String),
    });
    passRetry();
    await scene.recorded(id, 4);
    expect((await attemptsOf(id)).map(([trigger]) => trigger)).toEqual([0, 0, 1, 0]);
  });

  it('another resend: both are made', async () => {
    const id = await failOnce();
    const release = receiver.hold();
    await resend(id);
    await receiver.waitFor(2);
    await resend(id);
    release();
    await scene.recorded(id, 3);
    expect((await attemptsOf(id)).map(([trigger]) => trigger)).toEqual([0, 1, 1]);
  });

  it('and the schedule is due too: both are made', async () => {
    const id = await failOnce();
    const release = receiver.hold();
    await resend(id);
    await receiver.waitFor(2);
    passRetry();
    release();
    await scene.recorded(id, 3);
    expect((await attemptsOf(id)).map(([trigger]) => trigger)).toEqual([0, 1, 0]);
    expect(await standing(scene, endpointId, id)).toMatchObject({
      status: 3,
      nextAttempt: expect.any(String),
    });
  });
});

it('a resend of a message that has failed to the end is one attempt, and no new schedule', async () => {
  receiver.reply = { status: 500, headers: { 'webhook-delivery': 'abort-message' } };
  const id = await failOnce();
  receiver.reply = { status: 500 };
  await resend(id);
  await scene.recorded(id, 2);
  await scene.settle();
  expect(await standing(scene, endpointId, id)).toMatchObject({ status: 2 });
  expect(await standing(scene, endpointId, id)).not.toHaveProperty('nextAttempt');
});
