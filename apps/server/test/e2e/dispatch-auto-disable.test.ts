import { unwrap } from '@postrider/client';
import { describe, expect, it } from 'vitest';
import { Impatient, PATIENCE } from '../impatient.js';
import { standing } from '../messages.js';

const its = Impatient.use();

const isDisabled = async () => (await unwrap(its.client.endpoint.get(its.path))).disabled;
const row = () =>
  its.home.database.kysely
    .selectFrom('endpoint')
    .select(['first_failure_at', 'disabled', 'disabled_reason'])
    .where('id', '=', its.endpointId)
    .executeTakeFirstOrThrow();
const sendAndSettle = (status: number) => its.send({ status });
const failUntilDisabled = async () => {
  await sendAndSettle(500);
  await expect.poll(async () => (await row()).first_failure_at).not.toBeNull();
  its.server.clock.advance(PATIENCE + 1);
  await sendAndSettle(500);
  await expect.poll(isDisabled).toBe(true);
};

describe('an endpoint that only fails', () => {
  it('is disabled by the first message that has failed when the time is up, and gets nothing more', async () => {
    await sendAndSettle(500);
    await expect.poll(async () => (await row()).first_failure_at).not.toBeNull();
    const since = (await row()).first_failure_at;
    its.server.clock.advance(PATIENCE - 60);
    await sendAndSettle(500);
    await sendAndSettle(500);
    expect(await isDisabled()).toBe(false);
    expect((await row()).first_failure_at).toEqual(since);
    its.server.clock.advance(61);
    const id = await sendAndSettle(500);
    await expect.poll(isDisabled).toBe(true);
    expect((await row()).disabled_reason).toBe('failing');
    expect(await standing(its.scene, its.endpointId, id)).toMatchObject({ status: 2 });
    expect(its.server.logs.join('')).toContain(`"endpointId":"${its.endpointId}","reason":"failing"`);
    const count = its.receiver.requests.length;
    for (const svix of its.scene.sdks)
      await svix.message.create(its.scene.appId, { eventType: 'a', payload: {} });
    await its.scene.settle();
    expect(its.receiver.requests).toHaveLength(count);
  });

  it('stays enabled while nothing new fails, however long', async () => {
    await sendAndSettle(500);
    its.server.clock.advance(10 * PATIENCE);
    expect(await isDisabled()).toBe(false);
  });

  it('takes the time that it failed before a restart with it', async () => {
    await sendAndSettle(500);
    await expect.poll(async () => (await row()).first_failure_at).not.toBeNull();
    its.server.clock.advance(PATIENCE / 2);
    await its.restart();
    await sendAndSettle(500);
    expect(await isDisabled()).toBe(false);
    its.server.clock.advance(PATIENCE / 2 + 1);
    await sendAndSettle(500);
    await expect.poll(isDisabled).toBe(true);
  });

  it('does not bring down its neighbour', async () => {
    const other = await its.scene.receiver();
    const { id } = await its.scene.endpoint(other);
    await failUntilDisabled();
    expect(
      await unwrap(its.scene.client.endpoint.get({ params: { app_id: its.scene.appId, endpoint_id: id } })),
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
    its.server.clock.advance(PATIENCE - 60);
    await sendAndSettle(200);
    await expect.poll(async () => (await row()).first_failure_at).toBeNull();
    its.server.clock.advance(61);
    await sendAndSettle(500);
    await expect.poll(async () => (await row()).first_failure_at).not.toBeNull();
    expect(await isDisabled()).toBe(false);
    its.server.clock.advance(PATIENCE - 60);
    await sendAndSettle(500);
    expect(await isDisabled()).toBe(false);
    its.server.clock.advance(61);
    await sendAndSettle(500);
    await expect.poll(isDisabled).toBe(true);
  });

  it('of a resend counts as well, a failed one does not', async () => {
    const id = await sendAndSettle(500);
    await expect.poll(async () => (await row()).first_failure_at).not.toBeNull();
    its.server.clock.advance(PATIENCE + 1);
    const resend = async (status: number, attempts: number) => {
      its.receiver.reply = { status };
      await unwrap(its.scene.client.messageAttempt.resend({ params: { ...its.path.params, msg_id: id } }));
      await its.scene.recorded(id, attempts);
      await its.scene.settle();
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
    const count = its.receiver.requests.length;
    await unwrap(its.scene.client.endpoint.patch({ ...its.path, body: { disabled: false } }));
    expect(await row()).toMatchObject({ first_failure_at: null, disabled_reason: null });
    its.server.clock.advance(PATIENCE + 1);
    await sendAndSettle(500);
    expect(its.receiver.requests).toHaveLength(count + 1);
    await expect.poll(async () => (await row()).first_failure_at).not.toBeNull();
    expect(await isDisabled()).toBe(false);
    its.server.clock.advance(PATIENCE - 60);
    await sendAndSettle(500);
    expect(await isDisabled()).toBe(false);
    its.server.clock.advance(61);
    await sendAndSettle(500);
    await expect.poll(isDisabled).toBe(true);
  });
});

it('a message that is still tried again is no failure yet', async () => {
  await its.restart({ POSTRIDER_RETRY_SCHEDULE: '600,600' });
  const { client } = its;
  its.receiver.reply = { status: 500 };
  const { id } = await unwrap(
    client.message.create({ params: { app_id: its.scene.appId }, body: { eventType: 'a', payload: {} } }),
  );
  for (let attempts = 1; attempts <= 2; attempts++) {
    await its.receiver.waitFor(attempts);
    await expect
      .poll(
        async () =>
          (await unwrap(client.messageAttempt.listByMsg({ params: { app_id: its.scene.appId, msg_id: id } })))
            .data.length,
      )
      .toBe(attempts);
    expect((await row()).first_failure_at).toBeNull();
    its.server.clock.advance(725);
  }
  await its.receiver.waitFor(3);
  await expect.poll(async () => (await row()).first_failure_at).not.toBeNull();
  expect(await isDisabled()).toBe(false);
});
