import { MessageStatus, StatusCodeClass, Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
let endpointId: string;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  endpointId = (await scene.endpoint(receiver)).id;
});
afterEach(() => scene.close());

const GONE = { code: 404, body: { code: 'not_found', detail: 'Entity not found' } };

/** What generations differ in: the second leaves contents out unless asked. */
const GENERATIONS = [
  ['svix 1.99', SvixV1, { payload: { n: 1 }, response: 'thanks' }],
  ['svix 2', SvixV2, { payload: {}, response: '{}' }],
] as const;

describe.each(GENERATIONS)('%s', (_name, Svix, content) => {
  const open = () => new Svix(scene.environment.key, { serverUrl: server.url }) as SvixV2;

  it('reads messages', async () => {
    const { message } = open();
    const { id } = await message.create(scene.appId, { eventType: 'a', eventId: 'mine', payload: { n: 1 } });
    expect(await message.get(scene.appId, 'mine')).toMatchObject({ id, payload: content.payload });
    expect(await message.get(scene.appId, id, { withContent: true })).toMatchObject({
      payload: { n: 1 },
      timestamp: expect.any(Date),
    });
    const after = new Date(server.clock.now().getTime() - 60_000);
    const page = await message.list(scene.appId, { limit: 10, after, eventTypes: ['a', 'b'] });
    expect(page).toMatchObject({ data: [{ id, payload: content.payload }], iterator: id, done: true });
    await expect(message.get(scene.appId, 'unknown')).rejects.toMatchObject(GONE);
  });

  it('reads attempts in every way', async () => {
    const { message, messageAttempt } = open();
    receiver.reply = { body: 'thanks' };
    const { id } = await message.create(scene.appId, { eventType: 'a', payload: {}, channels: ['red'] });
    const [attempt] = await scene.recorded(id, 1);
    const shown = {
      id: attempt?.id,
      msgId: id,
      endpointId,
      status: MessageStatus.Success,
      statusText: 'success',
    };
    const byEndpoint = await messageAttempt.listByEndpoint(scene.appId, endpointId, {
      status: MessageStatus.Success,
      statusCodeClass: StatusCodeClass.Code2xx,
      channel: 'red',
      eventTypes: ['a', 'b'],
      before: new Date(server.clock.now().getTime() + 60_000),
      withMsg: true,
    });
    expect(byEndpoint.data).toMatchObject([{ ...shown, response: content.response, msg: { id } }]);
    const byMsg = await messageAttempt.listByMsg(scene.appId, id, { endpointId, withContent: true });
    expect(byMsg.data).toMatchObject([{ ...shown, response: 'thanks' }]);
    expect(await messageAttempt.get(scene.appId, id, attempt?.id ?? '')).toMatchObject({
      ...shown,
      response: 'thanks',
      timestamp: expect.any(Date),
    });
    expect(await messageAttempt.listAttemptedMessages(scene.appId, endpointId)).toMatchObject({
      data: [{ id, status: MessageStatus.Success, statusText: 'success' }],
      done: true,
    });
    expect(await messageAttempt.listAttemptedDestinations(scene.appId, id, { limit: 5 })).toMatchObject({
      data: [{ id: endpointId, status: MessageStatus.Success, url: receiver.url }],
      done: true,
    });
    await expect(messageAttempt.get(scene.appId, 'unknown', attempt?.id ?? '')).rejects.toMatchObject(GONE);
  });

  it('resends, recovers and sends examples', async () => {
    const { endpoint, message, messageAttempt } = open();
    receiver.reply = { status: 500 };
    const { id, timestamp } = await message.create(scene.appId, { eventType: 'a', payload: { n: 1 } });
    await scene.recorded(id, 1);
    expect(await messageAttempt.resend(scene.appId, id, endpointId)).toEqual({});
    await scene.recorded(id, 2);
    expect(await endpoint.recover(scene.appId, endpointId, { since: timestamp })).toMatchObject({
      id: expect.stringMatching(/^qtask_/),
      task: 'endpoint.recover',
      status: 'running',
      updatedAt: expect.any(Date),
    });
    await scene.recorded(id, 3);
    const sent = await endpoint.sendExample(scene.appId, endpointId, { eventType: 'svix.ping' });
    expect(sent).toMatchObject({ eventType: 'svix.ping', timestamp: expect.any(Date) });
    expect((await receiver.waitFor(4))[3]?.body).toBe('{"success": true}');
    await expect(messageAttempt.resend(scene.appId, id, 'unknown')).rejects.toMatchObject(GONE);
  });
});
