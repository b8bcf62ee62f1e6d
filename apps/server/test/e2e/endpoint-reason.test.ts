import { unwrap } from '@postrider/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, openHome, startServer, type TestServer } from '../harness.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';
import { openSession } from '../sessions.js';

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
  ({ id: endpointId } = await scene.endpoint(receiver));
});
afterEach(async () => {
  await scene.close();
  await server.stop();
  await home.remove();
});

const call = () => server.as(scene.environment.key);
const path = () => ({ params: { app_id: scene.appId, endpoint_id: endpointId } });
const get = () => unwrap(call().endpoint.get(path()));
const listed = async () => {
  const { data } = await unwrap(call().endpoint.list({ params: { app_id: scene.appId }, query: {} }));
  return data.find(({ id }) => id === endpointId);
};
const send = async (reply: Receiver['reply']) => {
  receiver.reply = reply;
  await call().message.create({
    params: { app_id: scene.appId },
    body: { eventType: 'a', payload: {} },
  });
  await scene.settle();
};
const nothing = { disabledReason: null, disabledAt: null, failingSince: null };

describe('an endpoint that is disabled says why, and since when', () => {
  it('by a key of the environment, by PATCH and PUT', async () => {
    expect(await get()).toMatchObject({ disabled: false, ...nothing });
    await call().endpoint.patch({ ...path(), body: { disabled: true } });
    const { updatedAt } = await get();
    const told = { disabled: true, disabledReason: 'operator', disabledAt: updatedAt };
    expect(await get()).toMatchObject(told);
    server.clock.advance(60);
    const { url } = await get();
    const body = { url, description: '', version: 1, disabled: true };
    expect((await call().endpoint.upsert({ ...path(), body })).body).toMatchObject(told);
    await call().endpoint.patch({ ...path(), body: { disabled: false } });
    expect(await get()).toMatchObject({ disabled: false, ...nothing });
  });

  it('by a portal session, also from the start', async () => {
    const session = await openSession(server, scene.environment, scene.appId);
    await session.endpoint.patch({ ...path(), body: { disabled: true } });
    expect(await listed()).toMatchObject({ disabledReason: 'customer' });
    const made = await session.endpoint.create({
      params: { app_id: scene.appId },
      body: { url: receiver.url, description: '', version: 1, disabled: true },
    });
    if (made.status !== 201) throw new Error(`not made: ${made.status}`);
    expect(made.body).toMatchObject({ disabledReason: 'customer', disabledAt: made.body.createdAt });
  });

  it.each([
    ['gone', { status: 410 }],
    ['asked', { status: 200, headers: { 'webhook-delivery': 'disable' } }],
  ])('by its answer: %s', async (reason, reply) => {
    await send(reply);
    await expect.poll(get).toMatchObject({ disabled: true, disabledReason: reason, failingSince: null });
    expect((await get()).disabledAt).not.toBeNull();
  });

  it('by failing for too long, which is told while it lasts', async () => {
    await send({ status: 500 });
    await expect.poll(async () => (await get()).failingSince).not.toBeNull();
    const { failingSince } = await get();
    expect(await listed()).toMatchObject({ failingSince });
    server.clock.advance(PATIENCE + 1);
    await send({ status: 500 });
    await expect.poll(get).toMatchObject({ disabled: true, disabledReason: 'failing', failingSince });
    await call().endpoint.patch({ ...path(), body: { disabled: false } });
    expect(await get()).toMatchObject(nothing);
  });
});

describe('failing', () => {
  it('is over with a success, also where another process made it', async () => {
    await send({ status: 500 });
    await expect.poll(async () => (await get()).failingSince).not.toBeNull();
    await server.stop();
    server = await startServer(SETTINGS, home);
    server.clock.advance(10);
    await send({ status: 200 });
    await expect.poll(async () => (await get()).failingSince).toBeNull();
    expect(await listed()).toMatchObject({ failingSince: null });
  });
});

describe('the SDKs', () => {
  it('read such an endpoint as ever', async () => {
    await call().endpoint.patch({ ...path(), body: { disabled: true } });
    for (const svix of scene.sdks) {
      const endpoint = await svix.endpoint.get(scene.appId, endpointId);
      expect(endpoint).toMatchObject({ id: endpointId, disabled: true });
    }
  });
});
