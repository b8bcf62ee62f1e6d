import { unwrap } from '@postrider/client';
import { describe, expect, it } from 'vitest';
import { Impatient, PATIENCE } from '../impatient.js';
import { openSession } from '../sessions.js';

const its = Impatient.use();

const get = () => unwrap(its.client.endpoint.get(its.path));
const listed = async () => {
  const { data } = await unwrap(its.client.endpoint.list({ params: { app_id: its.scene.appId }, query: {} }));
  return data.find(({ id }) => id === its.endpointId);
};
const nothing = { disabledReason: null, disabledAt: null, failingSince: null };

describe('an endpoint that is disabled says why, and since when', () => {
  it('by a key of the environment, by PATCH and PUT', async () => {
    expect(await get()).toMatchObject({ disabled: false, ...nothing });
    await its.client.endpoint.patch({ ...its.path, body: { disabled: true } });
    const { updatedAt } = await get();
    const told = { disabled: true, disabledReason: 'operator', disabledAt: updatedAt };
    expect(await get()).toMatchObject(told);
    its.server.clock.advance(60);
    const { url } = await get();
    const body = { url, description: '', version: 1, disabled: true };
    expect((await its.client.endpoint.upsert({ ...its.path, body })).body).toMatchObject(told);
    await its.client.endpoint.patch({ ...its.path, body: { disabled: false } });
    expect(await get()).toMatchObject({ disabled: false, ...nothing });
  });

  it('by a portal session, also from the start', async () => {
    const session = await openSession(its.server, its.scene.environment, its.scene.appId);
    await session.endpoint.patch({ ...its.path, body: { disabled: true } });
    expect(await listed()).toMatchObject({ disabledReason: 'customer' });
    const made = await session.endpoint.create({
      params: { app_id: its.scene.appId },
      body: { url: its.receiver.url, description: '', version: 1, disabled: true },
    });
    if (made.status !== 201) throw new Error(`not made: ${made.status}`);
    expect(made.body).toMatchObject({ disabledReason: 'customer', disabledAt: made.body.createdAt });
  });

  it.each([
    ['gone', { status: 410 }],
    ['asked', { status: 200, headers: { 'webhook-delivery': 'disable' } }],
  ])('by its answer: %s', async (reason, reply) => {
    await its.send(reply);
    await expect.poll(get).toMatchObject({ disabled: true, disabledReason: reason, failingSince: null });
    expect((await get()).disabledAt).not.toBeNull();
  });

  it('by failing for too long, which is told while it lasts', async () => {
    await its.send({ status: 500 });
    await expect.poll(async () => (await get()).failingSince).not.toBeNull();
    const { failingSince } = await get();
    expect(await listed()).toMatchObject({ failingSince });
    its.server.clock.advance(PATIENCE + 1);
    await its.send({ status: 500 });
    await expect.poll(get).toMatchObject({ disabled: true, disabledReason: 'failing', failingSince });
    await its.client.endpoint.patch({ ...its.path, body: { disabled: false } });
    expect(await get()).toMatchObject(nothing);
  });
});

describe('failing', () => {
  it('is over with a success, also where another process made it', async () => {
    await its.send({ status: 500 });
    await expect.poll(async () => (await get()).failingSince).not.toBeNull();
    await its.restart();
    its.server.clock.advance(10);
    await its.send({ status: 200 });
    await expect.poll(async () => (await get()).failingSince).toBeNull();
    expect(await listed()).toMatchObject({ failingSince: null });
  });
});

describe('the SDKs', () => {
  it('read such an endpoint as ever', async () => {
    await its.client.endpoint.patch({ ...its.path, body: { disabled: true } });
    for (const svix of its.scene.sdks) {
      const endpoint = await svix.endpoint.get(its.scene.appId, its.endpointId);
      expect(endpoint).toMatchObject({ id: its.endpointId, disabled: true });
    }
  });
});
