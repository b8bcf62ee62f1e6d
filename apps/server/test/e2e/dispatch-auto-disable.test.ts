import { unwrap } from '@postrider/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, openHome, startServer, type TestServer } from '../harness.js';
import { standing } from '../messages.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

/** Seconds of failure after which an endpoint is disabled. */
const PATIENCE = 1_000;
const SETTINGS = {
  ...REACH_RECEIVERS,
  POSTRIDER_RETRY_SCHEDULE: '',
  POSTRIDER_ENDPOINT_FAILURE_DISABLE_AFTER: `${PATIENCE}`,
};

let home: Home;
let server: TestServer;
let scene: Scene;
let receiver: Receiver;
let endpointId: string;
beforeEach(async () => {
  home = await openHome();
  server = await startServer(SETTINGS, home);
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  receiver.reply = { status: 500 };
  ({ id: endpointId } = await scene.endpoint(receiver));
});
afterEach(async () => {
  await scene.close();
  await server.stop();
  await home.remove();
});

const path = () => ({ params: { app_id: scene.appId, endpoint_id: endpointId } });
const isDisabled = async () => (await unwrap(server.as(scene.environment.key).endpoint.get(path()))).disabled;
const row = () =>
  home.database.kysely
    .selectFrom('endpoint')
    .select(['first_failure_at', 'disabled', 'disabled_reason'])
    .where('id', '=', endpointId)
    .executeTakeFirstOrThrow();
/** Sends a message and waits until everything that follows from its one attempt is done. */
const sendAndSettle = async (status: number) => {
  receiver.reply = { status };
  const { body } = await server
    .as(scene.environment.key)
    .message.create({ params: { app_id: scene.appId }, body: { eventType: 'a', payload: {} } });
  const { id } = body as { id: string };
  await scene.settle();
  return id;
};
const failUntilDisabled = async () => {
  await sendAndSettle(500);
  await expect.poll(async () => (await row()).first_failure_at).not.toBeNull();
  server.clock.advance(PATIENCE + 1);
  await sendAndSettle(500);
  await expect.poll(isDisabled).toBe(true);
};

describe('an endpoint that only fails', () => {
  it('is disabled by the first message that has failed when the time is up, and gets nothing more', async () => {
    await sendAndSettle(500);
    await expect.poll(async () => (await row()).first_failure_at).not.toBeNull();
    const since = (await row()).first_failure_at;
    server.clock.advance(PATIENCE - 60);
    await sendAndSettle(500);
    await sendAndSettle(500);
    expect(await isDisabled()).toBe(false);
    expect((await row()).first_failure_at).toEqual(since);
    server.clock.advance(61);
    const id = await sendAndSettle(500);
    await expect.poll(isDisabled).toBe(true);
    expect((await row()).disabled_reason).toBe('failing');
    expect(await standing(scene, endpointId, id)).toMatchObject({ status: 2 });
    expect(server.logs.join('')).toContain(`"endpointId":"${endpointId}","reason":"failing"`);
    const count = receiver.requests.length;
    for (const svix of scene.sdks) await svix.message.create(scene.appId, { eventType: 'a', payload: {} });
    await scene.settle();
    expect(receiver.requests).toHaveLength(count);
  });

  it('stays enabled while nothing new fails, however long', async () => {
    await sendAndSettle(500);
    server.clock.advance(10 * PATIENCE);
    expect(await isDisabled()).toBe(false);
  });

  it('takes the time that it failed before a restart with it', async () => {
    await sendAndSettle(500);
    await expect.poll(async () => (await row()).first_failure_at).not.toBeNull();
    server.clock.advance(PATIENCE / 2);
    await server.stop();
    server = await startServer(SETTINGS, home);
    await sendAndSettle(500);
    expect(await isDisabled()).toBe(false);
    server.clock.advance(PATIENCE / 2 + 1);
    await sendAndSettle(500);
    await expect.poll(isDisabled).toBe(true);
  });

  it('does not bring down its neighbour', async () => {
    const other = await scene.receiver();
    const { id } = await scene.endpoint(other);
    await failUntilDisabled();
    expect(
      await unwrap(scene.client.endpoint.get({ params: { app_id: scene.appId, endpoint_id: id } })),
    ).toMatchObject({
      disabled: false,
    });
    const count = other.requests.length;
    await sendAndSettle(500);
    expect(other.requests).toHaveLength(count + 1);
  });
});

describe('a success', () => {
  it('stops the clock: failures before and after it do not count together', async () => {
    await sendAndSettle(500);
    await expect.poll(async () => (await row()).first_failure_at).not.toBeNull();
    server.clock.advance(PATIENCE - 60);
    await sendAndSettle(200);
    await expect.poll(async () => (await row()).first_failure_at).toBeNull();
    server.clock.advance(61);
    await sendAndSettle(500);
    await expect.poll(async () => (await row()).first_failure_at).not.toBeNull();
    expect(await isDisabled()).toBe(false);
    server.clock.advance(PATIENCE - 60);
    await sendAndSettle(500);
    expect(await isDisabled()).toBe(false);
    server.clock.advance(61);
    await sendAndSettle(500);
    await expect.poll(isDisabled).toBe(true);
  });

  it('of a resend counts as well, a failed one does not', async () => {
    const id = await sendAndSettle(500);
    await expect.poll(async () => (await row()).first_failure_at).not.toBeNull();
    server.clock.advance(PATIENCE + 1);
    const resend = async (status: number, attempts: number) => {
      receiver.reply = { status };
      await unwrap(scene.client.messageAttempt.resend({ params: { ...path().params, msg_id: id } }));
      await scene.recorded(id, attempts);
      await scene.settle();
    };
    await resend(500, 2);
    expect(await isDisabled()).toBe(false);
    await resend(200, 3);
    await expect.poll(async () => (await row()).first_failure_at).toBeNull();
  });
});

describe('to enable it', () => {
  it('starts anew: it takes the whole time again to be disabled', async () => {
    await failUntilDisabled();
    const count = receiver.requests.length;
    await unwrap(scene.client.endpoint.patch({ ...path(), body: { disabled: false } }));
    expect(await row()).toMatchObject({ first_failure_at: null, disabled_reason: null });
    server.clock.advance(PATIENCE + 1);
    await sendAndSettle(500);
    expect(receiver.requests).toHaveLength(count + 1);
    await expect.poll(async () => (await row()).first_failure_at).not.toBeNull();
    expect(await isDisabled()).toBe(false);
    server.clock.advance(PATIENCE - 60);
    await sendAndSettle(500);
    expect(await isDisabled()).toBe(false);
    server.clock.advance(61);
    await sendAndSettle(500);
    await expect.poll(isDisabled).toBe(true);
  });
});

it('a message that is still tried again is no failure yet', async () => {
  await server.stop();
  server = await startServer({ ...SETTINGS, POSTRIDER_RETRY_SCHEDULE: '600,600' }, home);
  const client = server.as(scene.environment.key);
  receiver.reply = { status: 500 };
  const { id } = await unwrap(
    client.message.create({ params: { app_id: scene.appId }, body: { eventType: 'a', payload: {} } }),
  );
  for (let attempts = 1; attempts <= 2; attempts++) {
    await receiver.waitFor(attempts);
    await expect
      .poll(
        async () =>
          (await unwrap(client.messageAttempt.listByMsg({ params: { app_id: scene.appId, msg_id: id } })))
            .data.length,
      )
      .toBe(attempts);
    expect((await row()).first_failure_at).toBeNull();
    server.clock.advance(725);
  }
  await receiver.waitFor(3);
  await expect.poll(async () => (await row()).first_failure_at).not.toBeNull();
  expect(await isDisabled()).toBe(false);
});
