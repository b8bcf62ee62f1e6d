import { type Client, unwrap } from '@postrider/client';
import type { EndpointOut, MessageOut } from '@postrider/contract';
import { BackgroundTaskStatus, type Svix as SvixV2 } from 'svix';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { defineTypes, idsOf } from '../messages.js';
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

type Bulk = Parameters<Client['endpoint']['bulkReplay']>[0]['body'];

const at = (endpoint_id = endpoint.id) => ({ params: { app_id: scene.appId, endpoint_id } });
const ago = (seconds: number) => new Date(server.clock.now().getTime() - seconds * 1000).toISOString();
const HOUR_AGO = () => ago(3600);

/** Sends a message that is answered with this status, and waits until that is recorded. */
async function sendTo(status: number, input: Parameters<Scene['send']>[0] = {}): Promise<MessageOut> {
  receiver.reply = { status };
  const message = await scene.send(input);
  await scene.recorded(message.id, 1);
  return message;
}

/** What came once more: ids in their order, when the task has ended and everything is sent. */
async function replayed(
  call: Promise<{ status: number; body: unknown }>,
  from = receiver,
): Promise<string[]> {
  const before = from.requests.length;
  const { status, body } = await call;
  expect(status).toBe(202);
  const task = await scene.taskEnded((body as { id: string }).id);
  await scene.settle();
  const ids = idsOf(from.requests.slice(before)).sort();
  expect(task).toMatchObject({ status: 'finished', data: { messagesSent: ids.length } });
  return ids;
}
const bulk = (body: Partial<Bulk> = {}) =>
  replayed(scene.client.endpoint.bulkReplay({ ...at(), body: { since: HOUR_AGO(), ...body } }));
const sorted = (...messages: MessageOut[]) => messages.map(({ id }) => id).sort();

describe('bulk-replay', () => {
  it('sends everything of the period once more, successes too, as attempts by hand', async () => {
    const early = await sendTo(200);
    const first = await sendTo(200);
    const failed = await sendTo(500);
    const late = await sendTo(200);
    receiver.reply = { status: 200 };
    expect(await bulk({ since: first.timestamp, until: late.timestamp })).toEqual(sorted(first, failed));
    expect(await scene.attemptsOf(first.id)).toMatchObject([{ triggerType: 1 }, { triggerType: 0 }]);
    expect(await scene.attemptsOf(failed.id)).toMatchObject([{ triggerType: 1, status: 0 }, { status: 2 }]);
    expect(await scene.attemptsOf(early.id)).toHaveLength(1);
    expect(await bulk()).toEqual(sorted(early, first, failed, late));
  });

  it('answers with a task that can be followed', async () => {
    await sendTo(500);
    const { body } = await scene.client.endpoint.bulkReplay({ ...at(), body: { since: HOUR_AGO() } });
    expect(body).toEqual({
      id: expect.stringMatching(/^qtask_[0-9A-Za-z]{27}$/),
      status: 'running',
      task: 'endpoint.bulk-replay',
      updatedAt: expect.stringMatching(/Z$/),
    });
    const { id } = body as { id: string };
    await scene.taskEnded(id);
    expect(await unwrap(scene.client.backgroundTask.get({ params: { task_id: id } }))).toMatchObject({
      id,
      status: 'finished',
      data: { messagesSent: 1 },
    });
  });

  it('filters by type, channel, tag, status and class of the newest answer', async () => {
    const paid = await sendTo(200, { eventType: 'invoice.paid', channels: ['red'], tags: ['spring'] });
    const sent = await sendTo(404, { eventType: 'invoice.sent', channels: ['red', 'blue'] });
    const gone = await sendTo(503, { eventType: 'invoice.gone', tags: ['spring'] });
    receiver.reply = { status: 500 };
    expect(await bulk({ eventTypes: ['invoice.paid', 'invoice.gone'] })).toEqual(sorted(paid, gone));
    expect(await bulk({ channel: 'red' })).toEqual(sorted(paid, sent));
    expect(await bulk({ tag: 'spring', status: 2 })).toEqual(sorted(gone));
    expect(await bulk({ status: 0 })).toEqual(sorted(paid));
    receiver.reply = { status: 404 };
    expect(await bulk({ statusCodeClass: 500, eventTypes: ['invoice.gone'] })).toEqual(sorted(gone));
    expect(await bulk({ statusCodeClass: 400, eventTypes: ['invoice.gone'] })).toEqual(sorted(gone));
    expect(await bulk({ statusCodeClass: 0 })).toEqual([]);
    const nothing = { eventTypes: [], channel: null, tag: null, status: null, statusCodeClass: null };
    expect(await bulk({ ...nothing, until: null })).toEqual(sorted(paid, sent, gone));
  });

  it('leaves out what has lost its payload', async () => {
    const erased = await sendTo(200);
    const kept = await sendTo(200);
    await server.context.database.kysely
      .updateTable('message')
      .set({ payload: null })
      .where('id', '=', erased.id)
      .execute();
    expect(await bulk()).toEqual(sorted(kept));
  });

  it('fails when the endpoint is disabled, and says so', async () => {
    await sendTo(500);
    await unwrap(scene.client.endpoint.patch({ ...at(), body: { disabled: true } }));
    const { body } = await scene.client.endpoint.bulkReplay({ ...at(), body: { since: HOUR_AGO() } });
    expect(await scene.taskEnded((body as { id: string }).id)).toMatchObject({
      status: 'failed',
      data: { messagesSent: 0, reason: 'endpoint_closed' },
    });
    expect(server.logs.some((line) => line.includes('"background_task.failed"'))).toBe(true);
  });
});

describe('replay-missing', () => {
  const missing = (endpointId: string, from: Receiver, body: { since?: string; until?: string } = {}) =>
    replayed(
      scene.client.endpoint.replayMissing({ ...at(endpointId), body: { since: HOUR_AGO(), ...body } }),
      from,
    );

  it('sends a new endpoint what came before it, and nothing twice', async () => {
    const before = await sendTo(200);
    const also = await sendTo(500);
    receiver.reply = { status: 200 };
    const other = await scene.receiver();
    const { id } = await scene.endpoint(other);
    const after = await scene.send();
    await scene.settle();
    expect(await missing(id, other)).toEqual(sorted(before, also));
    expect(await missing(id, other)).toEqual([]);
    expect(idsOf(other.requests)).toContain(after.id);
    expect(await missing(endpoint.id, receiver)).toEqual([]);
  });

  it('sends what was not sent while the endpoint was disabled', async () => {
    await unwrap(scene.client.endpoint.patch({ ...at(), body: { disabled: true } }));
    const lost = await scene.send();
    await unwrap(scene.client.endpoint.patch({ ...at(), body: { disabled: false } }));
    const come = await sendTo(200);
    expect(await missing(endpoint.id, receiver)).toEqual(sorted(lost));
    expect(await scene.attemptsOf(come.id)).toHaveLength(1);
  });

  it('keeps to what the endpoint listens to by now, and to the period', async () => {
    await defineTypes(scene, 'invoice.paid', 'invoice.sent');
    const other = await scene.receiver();
    const early = await sendTo(200);
    const paid = await sendTo(200, { channels: ['red'] });
    await sendTo(200, { eventType: 'invoice.sent', channels: ['red'] });
    await sendTo(200, { channels: ['blue'] });
    await sendTo(200);
    const { id } = await scene.endpoint(other, { filterTypes: ['invoice.paid'], channels: ['red'] });
    expect(await missing(id, other, { since: paid.timestamp })).toEqual(sorted(paid));
    await unwrap(scene.client.endpoint.patch({ ...at(id), body: { channels: null, filterTypes: null } }));
    expect(await missing(id, other, { until: paid.timestamp })).toEqual(sorted(early));
    expect(await missing(id, other)).toHaveLength(3);
  });

  it('leaves out examples and test attempts, which were for another endpoint alone', async () => {
    const sent = await sendTo(200);
    const call = { ...at(), body: { eventType: 'svix.ping' } };
    await unwrap(scene.client.endpoint.sendExample(call));
    await unwrap(
      scene.client.message.testAttempt({ ...at(), body: { eventType: 'invoice.paid', payload: {} } }),
    );
    await scene.settle();
    const other = await scene.receiver();
    const { id } = await scene.endpoint(other);
    expect(await missing(id, other)).toEqual(sorted(sent));
  });

  it('sends what was canceled before it was ever tried', async () => {
    await unwrap(scene.client.endpoint.patch({ ...at(), body: { throttleRate: 1 } }));
    const [one, two] = [await scene.send(), await scene.send()];
    await receiver.waitFor(1);
    await unwrap(scene.client.endpoint.patch({ ...at(), body: { disabled: true } }));
    await scene.settle();
    const open = { disabled: false, throttleRate: null };
    await unwrap(scene.client.endpoint.patch({ ...at(), body: open }));
    const tried = new Set(idsOf(receiver.requests));
    const untried = [one, two].filter(({ id }) => !tried.has(id));
    expect(untried.length).toBeGreaterThan(0);
    expect(await missing(endpoint.id, receiver)).toEqual(sorted(...untried));
  });
});

describe('test-attempt', () => {
  const body = { eventType: 'invoice.paid', payload: { n: 7 } };

  it('sends a message to this endpoint alone and answers the attempt', async () => {
    const other = await scene.receiver();
    await scene.endpoint(other);
    receiver.reply = { status: 418, body: 'teapot' };
    const { status, body: attempt } = await scene.client.message.testAttempt({ ...at(), body });
    expect(status).toBe(201);
    expect(attempt).toMatchObject({
      endpointId: endpoint.id,
      responseStatusCode: 418,
      response: 'teapot',
      status: 2,
      triggerType: 1,
    });
    expect(receiver.requests).toMatchObject([{ body: '{"n":7}' }]);
    await scene.settle();
    expect(other.requests).toHaveLength(0);
  });

  it('is refused for a disabled endpoint, and says when a throttle holds it back', async () => {
    await unwrap(scene.client.endpoint.patch({ ...at(), body: { disabled: true } }));
    expect(await scene.client.message.testAttempt({ ...at(), body })).toMatchObject({
      status: 400,
      body: { code: 'endpoint_disabled' },
    });
    const slow = await scene.endpoint(receiver);
    const release = receiver.hold();
    const call = scene.client.message.testAttempt({ ...at(slow.id), body });
    await receiver.waitFor(1);
    server.clock.advance(60);
    expect(await call).toMatchObject({ status: 400, body: { code: 'attempt_pending' } });
    release();
    await scene.settle();
  });

  it('checks its input, and an event id that is taken is 409', async () => {
    expect((await scene.client.message.testAttempt({ ...at('unknown'), body })).status).toBe(404);
    expect((await scene.client.message.testAttempt({ ...at(), body: {} as never })).status).toBe(422);
    const named = { ...at(), body: { ...body, eventId: 'once' } };
    expect((await scene.client.message.testAttempt(named)).status).toBe(201);
    expect((await scene.client.message.testAttempt(named)).status).toBe(409);
  });
});

describe('who may', () => {
  const CALLS = [
    ['replayMissing', { since: '2026-01-01T00:00:00Z' }, 'CreateAttempts', 202],
    ['bulkReplay', { since: '2026-01-01T00:00:00Z' }, 'CreateAttempts', 202],
    ['cancelMsgs', { createdBefore: '2026-01-01T00:00:00Z' }, 'ManageEndpoint', 204],
  ] as const;

  it.each(CALLS)(
    '%s: the capability, the application, the input',
    async (name, body, capability, success) => {
      const call = (client: Client, input: unknown = body, id = endpoint.id) =>
        client.endpoint[name]({ ...at(id), body: input as never });
      const view = await openSession(server, scene.environment, scene.appId, { capabilities: ['ViewBase'] });
      expect((await call(view)).status).toBe(403);
      const may = await openSession(server, scene.environment, scene.appId, {
        capabilities: ['ViewBase', capability],
      });
      expect((await call(may)).status).toBe(success);
      expect((await call(scene.client, {})).status).toBe(422);
      expect((await call(scene.client, body, 'unknown')).status).toBe(404);
      const stranger = await server.createEnvironment();
      expect((await call(stranger.client)).status).toBe(404);
    },
  );

  it('a filter that cannot be is 422 and names the field', async () => {
    for (const [field, value] of Object.entries({
      status: 9,
      statusCodeClass: 404,
      channel: 'a b',
      tag: '!',
    })) {
      const body = { since: HOUR_AGO(), [field]: value } as never;
      expect(await scene.client.endpoint.bulkReplay({ ...at(), body })).toMatchObject({
        status: 422,
        body: {
          detail: [{ loc: expect.arrayContaining(['body', field]) }],
        },
      });
    }
  });
});

describe('official SDKs', () => {
  it('replay, and read the task', async () => {
    await sendTo(500);
    receiver.reply = { status: 200 };
    for (const sdk of scene.sdks) {
      const since = new Date(HOUR_AGO());
      const endpoints = sdk.endpoint as (typeof scene.sdks)[0]['endpoint'];
      const started = [
        await endpoints.recover(scene.appId, endpoint.id, { since }),
        await endpoints.replayMissing(scene.appId, endpoint.id, { since }),
        await endpoints.bulkReplay(scene.appId, endpoint.id, { since, tag: 'none' }),
      ];
      expect(started.map(({ task }) => task)).toEqual([
        'endpoint.recover',
        'endpoint.replay',
        'endpoint.bulk-replay',
      ]);
      for (const { id } of started) {
        await scene.taskEnded(id);
        expect(await sdk.backgroundTask.get(id)).toMatchObject({ id, status: 'finished' });
      }
      const page = await (sdk as SvixV2).backgroundTask.list({
        limit: 2,
        status: BackgroundTaskStatus.Finished,
      });
      expect(page.data).toHaveLength(2);
    }
  });
});
