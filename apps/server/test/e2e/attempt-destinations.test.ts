import { paginate, unwrap } from '@postrider/client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '3600' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
});
afterEach(() => scene.close());

const list = (msg_id: string, query = {}) => {
  const params = { app_id: scene.appId, msg_id };
  return unwrap(scene.client.messageAttempt.listAttemptedDestinations({ params, query }));
};
const idsOf = async (msgId: string, query = {}) => (await list(msgId, query)).data.map((one) => one.id);

it('the endpoints that a message was sent to are listed by id, deleted ones too', async () => {
  const endpoints = [];
  for (let n = 0; n < 3; n++) endpoints.push(await scene.endpoint(receiver, { metadata: { n: `${n}` } }));
  await scene.endpoint(receiver, { eventTypes: null, channels: ['other'] });
  const { id } = await scene.send({ eventId: 'mine' });
  await scene.recorded(id, 3);
  const ids = endpoints.map((one) => one.id).sort();
  const { data, ...rest } = await list(id);
  expect(data.map((one) => one.id)).toEqual(ids);
  expect(rest).toEqual({ iterator: ids[2], prevIterator: `-${ids[0]}`, done: true });
  // This list has what endpoints are, not why one is disabled.
  const { metadata, disabledReason, disabledAt, ...first } = Object(
    endpoints.find((one) => one.id === ids[0]),
  );
  expect([metadata, disabledReason, disabledAt]).toEqual([{ n: expect.any(String) }, null, null]);
  expect(data[0]).toEqual({ ...first, status: 0, statusText: 'success', nextAttempt: null });
  await scene.client.endpoint.delete({ params: { app_id: scene.appId, endpoint_id: ids[1] ?? '' } });
  expect(await idsOf('mine')).toEqual(ids);
});

it('pages go forwards and backwards, and `done` says when they end', async () => {
  for (let n = 0; n < 4; n++) await scene.endpoint(receiver);
  const { id } = await scene.send();
  await scene.recorded(id, 4);
  const all = await idsOf(id);
  const first = await list(id, { limit: 2 });
  expect(first).toMatchObject({ data: [{ id: all[0] }, { id: all[1] }], done: false });
  const second = await list(id, { limit: 2, iterator: first.iterator });
  expect(second).toMatchObject({ data: [{ id: all[2] }, { id: all[3] }], done: true });
  expect(await list(id, { limit: 2, iterator: second.prevIterator })).toEqual({ ...first, done: true });
  expect(await idsOf(id, { limit: 1, iterator: `-${all[2]}` })).toEqual([all[1]]);
  expect(await list(id, { iterator: all[3] })).toEqual({ data: [], iterator: null, done: true });
  const walked: string[] = [];
  const params = { app_id: scene.appId, msg_id: id };
  const { listAttemptedDestinations } = scene.client.messageAttempt;
  for await (const one of paginate(listAttemptedDestinations, { params, query: { limit: 3 } })) {
    walked.push(one.id);
  }
  expect(walked).toEqual(all);
});

it('a destination has failed so far, also while it will be tried again, which nextAttempt tells', async () => {
  const endpoint = await scene.endpoint(receiver);
  receiver.reply = { status: 500 };
  const { id } = await scene.send();
  await scene.recorded(id, 1);
  const { data } = await list(id);
  expect(data).toMatchObject([{ id: endpoint.id, status: 2, statusText: 'fail' }]);
  expect(new Date(data[0]?.nextAttempt ?? 0).getTime()).toBeGreaterThan(server.clock.now().getTime());
  server.clock.advance(2 * 3_600);
  await scene.recorded(id, 2);
  expect((await list(id)).data).toMatchObject([{ status: 2, nextAttempt: null }]);
});

it('a destination that waits for its first attempt is not listed', async () => {
  await scene.endpoint(receiver);
  const deliverAt = new Date(server.clock.now().getTime() + 3_600_000).toISOString();
  const { id } = await scene.send({ deliverAt });
  expect(await list(id)).toEqual({ data: [], iterator: null, done: true });
});
