import { unwrap } from '@postrider/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type Home, openHome, startServer, type TestServer } from '../harness.js';
import { idsOf, standing } from '../messages.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

const RETRY_SECONDS = 10;

// The embedded database has room for one process.
describe.runIf(inject('database') === 'postgres')('two processes on one database', () => {
  let home: Home;
  let one: TestServer;
  let two: TestServer;
  let scene: Scene;
  let receiver: Receiver;
  beforeAll(async () => {
    home = await openHome();
    const settings = { ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: `${RETRY_SECONDS},3600` };
    [one, two] = await Promise.all([startServer(settings, home), startServer(settings, home)]);
  });
  afterAll(async () => {
    await Promise.all([one.stop(), two.stop()]);
    await home.remove();
  });
  beforeEach(async () => {
    scene = await Scene.open(one);
    receiver = await scene.receiver();
  });
  afterEach(() => scene.close());

  const at = (server: TestServer) => server.as(scene.environment.key);
  const sendAt = (server: TestServer) =>
    unwrap(
      at(server).message.create({
        params: { app_id: scene.appId },
        body: { eventType: 'a', payload: {} },
      }),
    );
  const path = (endpoint_id: string) => ({ params: { app_id: scene.appId, endpoint_id } });

  it('an endpoint that one makes is never missed by a message that the other gets next', async () => {
    await sendAt(two);
    for (let n = 1; n <= 25; n++) {
      const { id } = await scene.endpoint(receiver);
      const { id: sent } = await sendAt(two);
      await receiver.waitFor(n);
      expect(receiver.requests.at(-1)?.headers['svix-id']).toBe(sent);
      await unwrap(scene.client.endpoint.delete(path(id)));
    }
    await scene.settle();
    expect(receiver.requests).toHaveLength(25);
  });

  it('what one changes of an endpoint counts for the next message of the other', async () => {
    const { id } = await scene.endpoint(receiver);
    const other = await scene.receiver();
    await sendAt(two);
    await receiver.waitFor(1);
    await unwrap(scene.client.endpoint.patch({ ...path(id), body: { url: other.url } }));
    await sendAt(two);
    await other.waitFor(1);
    await unwrap(scene.client.endpoint.patch({ ...path(id), body: { disabled: true } }));
    await sendAt(two);
    await unwrap(at(two).endpoint.patch({ ...path(id), body: { disabled: false } }));
    await sendAt(one);
    await other.waitFor(2);
    await unwrap(scene.client.application.delete({ params: { app_id: scene.appId } }));
    const { status } = await at(two).message.create({
      params: { app_id: scene.appId },
      body: { eventType: 'a', payload: {} },
    });
    expect(status).toBe(404);
    expect([receiver.requests.length, other.requests.length]).toEqual([1, 2]);
  });

  it('retries are made once, by whichever comes first', async () => {
    receiver.reply = { status: 500 };
    await scene.endpoint(receiver);
    const sent = await Promise.all(Array.from({ length: 100 }, (_, n) => sendAt(n % 2 ? one : two)));
    for (const { id } of sent) await scene.recorded(id, 1);
    receiver.reply = { status: 200 };
    home.clock.advance(1.25 * RETRY_SECONDS);
    await receiver.waitFor(200);
    await scene.settle();
    const counts = new Map<string, number>();
    for (const id of idsOf(receiver.requests)) counts.set(id, (counts.get(id) ?? 0) + 1);
    expect([...counts.values()]).toEqual(Array(100).fill(2));
  });

  it('a resend that one gets while the other has the message under way is made after it', async () => {
    const { id: endpointId } = await scene.endpoint(receiver);
    const release = receiver.hold();
    const { id } = await sendAt(two);
    await receiver.waitFor(1);
    await unwrap(at(one).messageAttempt.resend({ params: { ...path(endpointId).params, msg_id: id } }));
    release();
    const attempts = await scene.recorded(id, 2);
    expect(attempts.map((attempt) => attempt.triggerType)).toEqual([1, 0]);
    await scene.settle();
    expect(await standing(scene, endpointId, id)).toMatchObject({ status: 0 });
  });

  it('what one disables cancels what waits, also where the other had it under way', async () => {
    receiver.reply = { status: 500 };
    const { id: endpointId } = await scene.endpoint(receiver);
    const release = receiver.hold();
    const { id } = await sendAt(two);
    await receiver.waitFor(1);
    await unwrap(scene.client.endpoint.patch({ ...path(endpointId), body: { disabled: true } }));
    release();
    await scene.settle();
    expect(await standing(scene, endpointId, id)).toMatchObject({ status: 4 });
  });

  it('one that only serves the API leaves the deliveries to the others, and tells them', async () => {
    const api = await startServer({ ...REACH_RECEIVERS, POSTRIDER_ROLE: 'api' }, home);
    try {
      await scene.endpoint(receiver);
      const { id } = await sendAt(api);
      expect(idsOf(await receiver.waitFor(1))).toEqual([id]);
      await scene.settle();
      expect(api.logs.join('')).not.toContain('attempt.made');
    } finally {
      await api.stop();
    }
  });

  it('one that only makes deliveries serves no API', async () => {
    const worker = await startServer({ ...REACH_RECEIVERS, POSTRIDER_ROLE: 'worker' }, home);
    try {
      const answer = await worker.as(scene.environment.key).application.list({ query: {} });
      expect(answer.status).toBe(404);
    } finally {
      await worker.stop();
    }
  });
});
