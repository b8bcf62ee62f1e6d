import { unwrap, Webhook } from '@postrider/client';
import { sql } from 'kysely';
import { Webhook as WebhookV2 } from 'svix';
import { Webhook as WebhookV1 } from 'svix-v1';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { listen, told, typesOf } from '../operational.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

let server: TestServer;
let scene: Scene;
/** Where the environment's operational endpoint is. */
let ops: Receiver;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '10' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  ops = await scene.receiver();
});
afterEach(() => scene.close());

const NOWHERE = 'https://example.com/hook';
const path = (endpoint_id: string) => ({ params: { app_id: scene.appId, endpoint_id } });
const data = (endpointId: string, endpointUid: string | null = null) => ({
  appId: scene.appId,
  appUid: null,
  endpointId,
  endpointUid,
});
/** Waits until everything that was stored for the operational endpoint has come, by one more event that is the last. */
const settleOps = async () => {
  const { id } = await scene.endpoint(NOWHERE);
  await expect.poll(() => JSON.stringify(ops.requests.map((one) => one.body))).toContain(id);
};

describe('changes of an endpoint', () => {
  it('are told with what they were made to', async () => {
    await unwrap(
      scene.client.application.patch({ params: { app_id: scene.appId }, body: { uid: 'acme-1' } }),
    );
    await listen(scene.environment, ops);
    const { id } = await scene.endpoint(NOWHERE, { uid: 'main' });
    expect(await told(ops, 1)).toEqual([
      { type: 'endpoint.created', data: { ...data(id, 'main'), appUid: 'acme-1' } },
    ]);
    await unwrap(scene.client.endpoint.patch({ ...path('main'), body: { uid: 'other' } }));
    expect((await told(ops, 2))[1]).toEqual({
      type: 'endpoint.updated',
      data: { ...data(id, 'other'), appUid: 'acme-1' },
    });
    await scene.client.endpoint.delete(path('other'));
    const [, deleted] = await told(ops, 3);
    expect(deleted).toEqual({
      type: 'endpoint.deleted',
      data: { ...data(id, 'other'), appUid: 'acme-1' },
    });
  });

  it('are told of a PUT, of one that makes the endpoint, and of a new secret; of headers they are not', async () => {
    await listen(scene.environment, ops);
    const put = async () =>
      (await unwrap(scene.client.endpoint.upsert({ ...path('p'), body: { url: NOWHERE, uid: 'p' } }))).id;
    const id = await put();
    expect(await told(ops, 1)).toEqual([{ type: 'endpoint.created', data: data(id, 'p') }]);
    await put();
    expect((await told(ops, 2))[1]).toEqual({ type: 'endpoint.updated', data: data(id, 'p') });
    await scene.client.endpoint.rotateSecret({ ...path(id), body: {} });
    expect((await told(ops, 3))[2]).toEqual({ type: 'endpoint.updated', data: data(id, 'p') });
    await scene.client.endpoint.setHeaders({ ...path(id), body: { headers: { 'x-a': '1' } } });
    await scene.client.endpoint.patchHeaders({ ...path(id), body: { headers: { 'x-a': null } } });
    await settleOps();
    expect(ops.requests).toHaveLength(4);
  });

  it('are told as disabling and enabling too, once each', async () => {
    await listen(scene.environment, ops, { eventTypes: ['endpoint.disabled', 'endpoint.enabled'] });
    const { id } = await scene.endpoint(NOWHERE);
    const patch = (disabled: boolean) =>
      unwrap(scene.client.endpoint.patch({ ...path(id), body: { disabled } }));
    await patch(true);
    expect(await told(ops, 1)).toEqual([
      { type: 'endpoint.disabled', data: { ...data(id), trigger: 'manual', failSince: null } },
    ]);
    await patch(true);
    await patch(false);
    expect((await told(ops, 2))[1]).toEqual({ type: 'endpoint.enabled', data: data(id) });
    await patch(false);
    await unwrap(scene.client.endpoint.upsert({ ...path(id), body: { url: NOWHERE, disabled: true } }));
    expect((await told(ops, 3)).map((one) => one.type)).toEqual([
      'endpoint.disabled',
      'endpoint.disabled',
      'endpoint.enabled',
    ]);
  });

  it('are told as an update besides', async () => {
    const { id } = await scene.endpoint(NOWHERE);
    await listen(scene.environment, ops);
    await unwrap(scene.client.endpoint.patch({ ...path(id), body: { disabled: true } }));
    expect((await told(ops, 2)).map((one) => one.type)).toEqual(['endpoint.disabled', 'endpoint.updated']);
  });
});

describe('who is told', () => {
  it('is each operational endpoint that listens to the type and is not disabled', async () => {
    const others = await Promise.all([scene.receiver(), scene.receiver(), scene.receiver()]);
    const [deletions, disabled, second] = others as [Receiver, Receiver, Receiver];
    await listen(scene.environment, ops);
    await listen(scene.environment, second, { eventTypes: ['endpoint.created', 'endpoint.deleted'] });
    await listen(scene.environment, deletions, { eventTypes: ['endpoint.deleted'] });
    await listen(scene.environment, disabled, { disabled: true });
    const { id } = await scene.endpoint(NOWHERE);
    await scene.client.endpoint.delete(path(id));
    await told(ops, 2);
    await told(second, 2);
    await told(deletions, 1);
    expect(typesOf(deletions)).toEqual(['endpoint.deleted']);
    expect(disabled.requests).toEqual([]);
  });

  it('is nobody of another environment, whatever the names', async () => {
    const other = await Scene.open(server);
    const theirs = await other.receiver();
    await listen(scene.environment, ops, { uid: 'ops' });
    await listen(other.environment, theirs, { uid: 'ops' });
    const mine = await scene.endpoint(NOWHERE, { uid: 'same' });
    const their = await other.endpoint(NOWHERE, { uid: 'same' });
    expect(await told(ops, 1)).toMatchObject([{ data: { appId: scene.appId, endpointId: mine.id } }]);
    expect(await told(theirs, 1)).toMatchObject([{ data: { appId: other.appId, endpointId: their.id } }]);
    await settleOps();
    expect(ops.requests).toHaveLength(2);
    expect(theirs.requests).toHaveLength(1);
    await other.close();
  });

  it('is nobody where nobody listens: nothing is written', async () => {
    const before = await countMessages();
    const { id } = await scene.endpoint(NOWHERE);
    await listen(scene.environment, ops, { eventTypes: ['endpoint.deleted'] });
    await unwrap(scene.client.endpoint.patch({ ...path(id), body: { disabled: true } }));
    expect(await countMessages()).toBe(before);
    await scene.client.endpoint.delete(path(id));
    expect(await countMessages()).toBe(before + 1);
  });

  it('is never told of operational endpoints themselves', async () => {
    const operational = scene.client.operationalWebhookEndpoint;
    const { id } = await listen(scene.environment, ops);
    const second = await listen(scene.environment, ops, { uid: 'second' });
    const params = { endpoint_id: second.id };
    await operational.upsert({ params, body: { url: ops.url, disabled: true } });
    await operational.upsert({ params, body: { url: ops.url } });
    await operational.rotateSecret({ params, body: {} });
    await operational.delete({ params });
    await settleOps();
    expect(typesOf(ops)).toEqual(['endpoint.created']);
    expect(JSON.stringify(ops.requests)).not.toContain(id);
  });
});

/** How many attempts at the operational endpoint failed. */
const failures = async (): Promise<number> => {
  const rows = await server.context.database.kysely
    .selectFrom('attempt')
    .select('id')
    .where('url', '=', ops.url)
    .where('status', '=', 2)
    .execute();
  return rows.length;
};
const countMessages = async (): Promise<number> => {
  const rows = await server.context.database.kysely.selectFrom('message').select('id').execute();
  return rows.length;
};

describe('a request', () => {
  it('is signed with the secret of its operational endpoint, as every SDK verifies', async () => {
    const { id } = await listen(scene.environment, ops, { headers: { 'x-team': 'ops' } });
    const params = { endpoint_id: id };
    const { key } = await unwrap(scene.client.operationalWebhookEndpoint.getSecret({ params }));
    const endpoint = await scene.endpoint(NOWHERE);
    await told(ops, 1);
    const { headers, body } = ops.requests[0] ?? { headers: {}, body: '' };
    const expected = { type: 'endpoint.created', data: data(endpoint.id) };
    expect(new Webhook(key).verify(body, headers)).toEqual(expected);
    expect(new WebhookV1(key).verify(body, headers as Record<string, string>)).toEqual(expected);
    expect(new WebhookV2(key).verify(body, headers as Record<string, string>)).toEqual(expected);
    expect(headers).toMatchObject({ 'x-team': 'ops', 'svix-id': expect.stringMatching(/^msg_/) });
    const wrong = new Webhook(`whsec_${Buffer.alloc(24, 1).toString('base64')}`);
    expect(() => wrong.verify(body, headers)).toThrow();
  });

  it('that fails is made again by the schedule, and ends at that', async () => {
    ops.reply = { status: 500 };
    await listen(scene.environment, ops);
    await scene.endpoint(NOWHERE);
    await told(ops, 1);
    await expect.poll(failures).toBe(1);
    server.clock.advance(12.5);
    await told(ops, 2);
    ops.reply = {};
    const ids = ops.requests.map((request) => request.headers['svix-id']);
    expect(ids[0]).toBe(ids[1]);
    await settleOps();
    expect(typesOf(ops)).toEqual(['endpoint.created', 'endpoint.created', 'endpoint.created']);
  });

  it('may go to public addresses only, as any other', async () => {
    const strict = await startServer({ POSTRIDER_RETRY_SCHEDULE: '' });
    const environment = await strict.createEnvironment();
    await listen(environment, ops);
    const { id } = await unwrap(environment.client.application.create({ body: { name: 'a' } }));
    await unwrap(environment.client.endpoint.create({ params: { app_id: id }, body: { url: NOWHERE } }));
    const attempts = () =>
      strict.context.database.kysely.selectFrom('attempt').select(['response', 'url', 'status']).execute();
    await expect.poll(attempts).toMatchObject([{ url: ops.url, status: 2 }]);
    expect((await attempts())[0]?.response).toContain('blocked');
    expect(ops.requests).toEqual([]);
    await strict.stop();
  });
});

describe('many changes at once, by callers and by receivers', () => {
  it('are all told, and wait for each other in one order', async () => {
    const second = await scene.receiver();
    await listen(scene.environment, ops, { eventTypes: ['endpoint.disabled'] });
    await listen(scene.environment, second, {
      eventTypes: ['message.attempt.exhausted', 'endpoint.updated'],
    });
    const gone = await scene.receiver();
    gone.reply = { status: 410 };
    const closing = await Promise.all(Array.from({ length: 12 }, () => scene.endpoint(gone)));
    const changed = await Promise.all(
      Array.from({ length: 12 }, () => scene.endpoint('http://127.0.0.1:9/')),
    );
    for (const one of changed) {
      await unwrap(scene.client.endpoint.patch({ ...path(one.id), body: { eventTypes: null } }));
    }
    await Promise.all([
      scene.send(),
      ...changed.map(({ id }) =>
        unwrap(scene.client.endpoint.patch({ ...path(id), body: { disabled: true } })),
      ),
    ]);
    const disabled = (await told(ops, 24)).map((event) => (event.data as { endpointId: string }).endpointId);
    expect(disabled.sort()).toEqual([...closing, ...changed].map(({ id }) => id).sort());
    await told(second, 12 + 24);
    expect(typesOf(second).filter((type) => type === 'message.attempt.exhausted')).toHaveLength(12);
    expect(server.logs.join('')).not.toMatch(/deadlock/);
  });
});

describe('a change that is refused', () => {
  it('is not told', async () => {
    await scene.endpoint(NOWHERE, { uid: 'taken' });
    const { id } = await scene.endpoint(NOWHERE);
    await listen(scene.environment, ops);
    const { client } = scene;
    const refused = [
      await client.endpoint.create({
        params: { app_id: scene.appId },
        body: { url: NOWHERE, uid: 'taken' },
      }),
      await client.endpoint.patch({ ...path(id), body: { uid: 'taken', disabled: true } }),
      await client.endpoint.patch({ ...path(id), body: { eventTypes: ['unknown'] } }),
      await client.endpoint.rotateSecret({ ...path('nobody'), body: {} }),
      await client.endpoint.delete(path('nobody')),
    ];
    expect(refused.map((one) => one.status)).toEqual([409, 409, 422, 404, 404]);
    await settleOps();
    expect(ops.requests).toHaveLength(1);
  });

  it('is refused by its event as well: when that cannot be stored, nothing has changed', async () => {
    const { id } = await scene.endpoint(NOWHERE, { description: 'before' });
    await listen(scene.environment, ops);
    const list = async () =>
      (await unwrap(scene.client.endpoint.list({ params: { app_id: scene.appId }, query: {} }))).data;
    const before = await list();
    await refuseEvents();
    const { endpoint } = scene.client;
    const calls = [
      () => endpoint.create({ params: { app_id: scene.appId }, body: { url: NOWHERE } }),
      () => endpoint.patch({ ...path(id), body: { description: 'after', disabled: true } }),
      () => endpoint.rotateSecret({ ...path(id), body: {} }),
      () => endpoint.delete(path(id)),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ status: 500 });
    await takeEvents();
    expect(await list()).toEqual(before);
    await settleOps();
    expect(ops.requests).toHaveLength(1);
  });
});

/** From now on no operational event can be stored. */
const refuseEvents = () =>
  sql`alter table message add constraint no_events check (application_id not like 'opapp_%') not valid`.execute(
    server.context.database.kysely,
  );
const takeEvents = () =>
  sql`alter table message drop constraint no_events`.execute(server.context.database.kysely);
