import { unwrap } from '@postrider/client';
import type { EndpointOut, RecoverOut } from '@postrider/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';
import { openSession } from '../sessions.js';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
let endpoint: EndpointOut;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  endpoint = await scene.endpoint(receiver);
});
afterEach(() => scene.close());

const at = (endpoint_id = endpoint.id) => ({ params: { app_id: scene.appId, endpoint_id } });
/** Calls, and waits until the task has ended. */
const recover = async (body: { since: string; until?: string | null }, endpointId?: string) => {
  const answer = await scene.client.endpoint.recover({ ...at(endpointId), body });
  if (answer.status === 202) await scene.taskEnded(answer.body.id);
  return answer;
};
const ago = (seconds: number) => new Date(server.clock.now().getTime() - seconds * 1000).toISOString();
const DAY = 86_400;

/** Sends a message that is answered with this status, and waits until that is recorded. */
async function sendTo(status: number) {
  receiver.reply = { status };
  const message = await scene.send();
  await scene.recorded(message.id, 1);
  return message;
}

describe('recover', () => {
  it('sends once more what failed from an instant on, and nothing that was before or succeeded', async () => {
    const early = await sendTo(500);
    const first = await sendTo(500);
    const good = await sendTo(200);
    const last = await sendTo(500);
    receiver.reply = { status: 200 };
    const { status, body } = await recover({ since: first.timestamp });
    expect(status).toBe(202);
    expect(body).toEqual({
      id: expect.stringMatching(/^qtask_[0-9A-Za-z]{27}$/),
      status: 'running',
      task: 'endpoint.recover',
      updatedAt: expect.stringMatching(/Z$/),
    } satisfies RecoverOut);
    for (const { id } of [first, last]) {
      expect(await scene.recorded(id, 2)).toMatchObject([{ triggerType: 1, status: 0 }, { status: 2 }]);
    }
    await scene.settle();
    expect(await scene.attemptsOf(early.id)).toHaveLength(1);
    expect(await scene.attemptsOf(good.id)).toHaveLength(1);
  });

  it('adds one attempt for each call, and none for a period in which nothing failed', async () => {
    const { id, timestamp } = await sendTo(500);
    server.clock.advance(1);
    await recover({ since: server.clock.now().toISOString() });
    await recover({ since: ago(60), until: timestamp });
    await scene.settle();
    expect(await scene.attemptsOf(id)).toHaveLength(1);
    await recover({ since: ago(60) });
    await scene.recorded(id, 2);
    await scene.settle();
    await recover({ since: ago(60), until: null });
    await scene.recorded(id, 3);
    await scene.settle();
    expect(receiver.requests).toHaveLength(3);
  });

  it('leaves alone what will be tried by itself, waits for a resend or has lost its payload', async () => {
    const erased = await sendTo(500);
    await server.context.database.kysely
      .updateTable('message')
      .set({ payload: null })
      .where('id', '=', erased.id)
      .execute();
    const resent = await sendTo(500);
    const release = receiver.hold();
    await scene.client.messageAttempt.resend({ params: { ...at().params, msg_id: resent.id } });
    await receiver.waitFor(3);
    expect((await recover({ since: ago(60) })).status).toBe(202);
    release();
    await scene.recorded(resent.id, 2);
    await scene.settle();
    expect(await scene.attemptsOf(resent.id)).toHaveLength(2);
    expect(await scene.attemptsOf(erased.id)).toHaveLength(1);
  });

  it('goes through more messages than one transaction takes', async () => {
    receiver.reply = { status: 500 };
    const body = { eventType: 'a', payload: {} };
    const count = 1_100;
    const ids: string[] = [];
    while (ids.length < count) {
      const sent = await Promise.all(
        Array.from({ length: 100 }, () =>
          unwrap(scene.client.message.create({ params: { app_id: scene.appId }, body })),
        ),
      );
      ids.push(...sent.map((one) => one.id));
    }
    await receiver.waitFor(count);
    await scene.settle();
    receiver.reply = { status: 200 };
    expect((await recover({ since: ago(300) })).status).toBe(202);
    await receiver.waitFor(2 * count);
    await scene.settle();
    expect(receiver.requests).toHaveLength(2 * count);
    expect(new Set(receiver.requests.slice(count).map((one) => one.headers['svix-id'])).size).toBe(count);
  });
});

describe('refusals', () => {
  it('more than 14 days are 422, whether or not the endpoint is there', async () => {
    for (const endpointId of [endpoint.id, 'unknown']) {
      expect(await recover({ since: ago(21 * DAY) }, endpointId)).toMatchObject({
        status: 422,
        body: {
          detail: [
            {
              loc: ['body', 'since'],
              msg: 'Cannot recover more than 14 days of messages',
              type: 'value_error',
            },
          ],
        },
      });
    }
    expect((await recover({ since: ago(14 * DAY + 360) })).status).toBe(422);
    expect((await recover({ since: ago(14 * DAY + 240) })).status).toBe(202);
    expect((await recover({ since: ago(30 * DAY), until: ago(20 * DAY) })).status).toBe(202);
  });

  it('an endpoint that is not there is 404, a date that is none 422', async () => {
    expect((await recover({ since: ago(60) }, 'unknown')).status).toBe(404);
    expect((await recover({ since: 'yesterday' })).status).toBe(422);
  });

  it('a disabled endpoint gets nothing', async () => {
    const { id } = await sendTo(500);
    await unwrap(scene.client.endpoint.patch({ ...at(), body: { disabled: true } }));
    expect((await recover({ since: ago(60) })).status).toBe(202);
    await scene.settle();
    expect(await scene.attemptsOf(id)).toMatchObject([{ status: 2 }]);
  });

  it('a portal session needs the capability for it', async () => {
    const open = (capabilities: ('ViewBase' | 'CreateAttempts')[]) =>
      openSession(server, scene.environment, scene.appId, { capabilities });
    const call = { ...at(), body: { since: ago(60) } };
    expect((await (await open(['ViewBase'])).endpoint.recover(call)).status).toBe(403);
    expect((await (await open(['ViewBase', 'CreateAttempts'])).endpoint.recover(call)).status).toBe(202);
  });
});
