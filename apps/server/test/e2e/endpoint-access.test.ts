import type { Client } from '@postrider/client';
import { ALL_CAPABILITIES, type Capability, type EndpointOut } from '@postrider/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';
import { bodyOf, openSession } from '../sessions.js';

let server: TestServer;
let environment: TestEnvironment;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  environment = await server.createEnvironment();
  for (const uid of ['a', 'b']) {
    await environment.client.application.create({ body: { name: uid, uid } });
    await environment.client.endpoint.create({ params: { app_id: uid }, body: { url, uid: 'e' } });
  }
});

const url = 'https://example.com/hook';
type Call = (
  client: Client,
  app_id: string,
  endpoint_id: string,
) => Promise<{ status: number; body: unknown }>;

/** Every operation, the capabilities of which one is enough, its success, and a call of it. */
const OPERATIONS: readonly [name: string, enough: readonly Capability[], status: number, call: Call][] = [
  ['list', ['ViewBase'], 200, ({ endpoint }, app_id) => endpoint.list({ params: { app_id }, query: {} })],
  [
    'get',
    ['ViewBase'],
    200,
    ({ endpoint }, app_id, endpoint_id) => endpoint.get({ params: { app_id, endpoint_id } }),
  ],
  [
    'getHeaders',
    ['ViewBase'],
    200,
    ({ endpoint }, app_id, endpoint_id) => endpoint.getHeaders({ params: { app_id, endpoint_id } }),
  ],
  [
    'getStats',
    ['ViewBase'],
    200,
    ({ endpoint }, app_id, endpoint_id) => endpoint.getStats({ params: { app_id, endpoint_id }, query: {} }),
  ],
  [
    'getAttemptStats',
    ['ViewBase'],
    200,
    ({ endpoint }, app_id, endpoint_id) =>
      endpoint.getAttemptStats({ params: { app_id, endpoint_id }, query: {} }),
  ],
  [
    'getRateLimitStatus',
    ['ViewBase'],
    200,
    ({ endpoint }, app_id, endpoint_id) => endpoint.getRateLimitStatus({ params: { app_id, endpoint_id } }),
  ],
  [
    'getSecret',
    ['ViewEndpointSecret', 'ManageEndpointSecret', 'ManageEndpoint'],
    200,
    ({ endpoint }, app_id, endpoint_id) => endpoint.getSecret({ params: { app_id, endpoint_id } }),
  ],
  [
    'rotateSecret',
    ['ManageEndpointSecret', 'ManageEndpoint'],
    204,
    ({ endpoint }, app_id, endpoint_id) =>
      endpoint.rotateSecret({ params: { app_id, endpoint_id }, body: { gracePeriodSeconds: 0 } }),
  ],
  [
    'create',
    ['ManageEndpoint'],
    201,
    ({ endpoint }, app_id) => endpoint.create({ params: { app_id }, body: { url } }),
  ],
  [
    'upsert',
    ['ManageEndpoint'],
    200,
    ({ endpoint }, app_id, endpoint_id) =>
      endpoint.upsert({ params: { app_id, endpoint_id }, body: { url, uid: 'e' } }),
  ],
  [
    'patch',
    ['ManageEndpoint'],
    200,
    ({ endpoint }, app_id, endpoint_id) => endpoint.patch({ params: { app_id, endpoint_id }, body: {} }),
  ],
  [
    'setHeaders',
    ['ManageEndpoint'],
    204,
    ({ endpoint }, app_id, endpoint_id) =>
      endpoint.setHeaders({ params: { app_id, endpoint_id }, body: { headers: {} } }),
  ],
  [
    'patchHeaders',
    ['ManageEndpoint'],
    204,
    ({ endpoint }, app_id, endpoint_id) =>
      endpoint.patchHeaders({ params: { app_id, endpoint_id }, body: { headers: {} } }),
  ],
  [
    'delete',
    ['ManageEndpoint'],
    204,
    ({ endpoint }, app_id, endpoint_id) => endpoint.delete({ params: { app_id, endpoint_id } }),
  ],
];

describe.each(OPERATIONS)('%s', (name, enough, success, call) => {
  it('needs its capability of a portal session', async () => {
    for (const capability of ALL_CAPABILITIES) {
      const session = await openSession(server, environment, 'a', {
        capabilities: [...new Set<Capability>(['ViewBase', capability])],
      });
      const allowed = enough.includes('ViewBase') || enough.includes(capability);
      const answer = await call(session, 'a', 'e');
      expect(answer.status, capability).toBe(allowed ? success : 403);
      if (!allowed) expect(answer.body).toMatchObject({ code: 'insufficient access' });
    }
  });

  it('is 401 without a token, 404 for the application of another, and for its endpoint through one’s own', async () => {
    const session = await openSession(server, environment, 'a');
    const stranger = (await server.createEnvironment()).client;
    const theirs = await bodyOf<EndpointOut>(
      environment.client.endpoint.get({ params: { app_id: 'b', endpoint_id: 'e' } }),
    );
    expect((await call(server.as(undefined), 'a', 'e')).status).toBe(401);
    expect((await call(session, 'b', 'e')).status).toBe(404);
    expect((await call(stranger, 'a', 'e')).status).toBe(404);
    expect((await call(environment.client, 'unknown', 'e')).status).toBe(404);
    if (name === 'list' || name === 'create') return;
    const foreign = await call(session, 'a', theirs.id);
    // A PUT of what is not there makes a new endpoint, of one's own.
    if (name === 'upsert') expect(foreign.body).not.toMatchObject({ id: theirs.id });
    else expect(foreign.status).toBe(404);
    const after = await environment.client.endpoint.get({ params: { app_id: 'b', endpoint_id: 'e' } });
    expect(after.body).toEqual(theirs);
  });
});

describe('isolation', () => {
  it('lists hold the endpoints of one application', async () => {
    const other = await server.createEnvironment();
    await other.client.application.create({ body: { name: 'a', uid: 'a' } });
    await other.client.endpoint.create({ params: { app_id: 'a' }, body: { url, uid: 'theirs' } });
    const uids = async (client: Client, app_id: string) =>
      (
        await bodyOf<{ data: EndpointOut[] }>(client.endpoint.list({ params: { app_id }, query: {} }))
      ).data.map((one) => one.uid);
    await environment.client.endpoint.create({ params: { app_id: 'b' }, body: { url, uid: 'f' } });
    expect(await uids(environment.client, 'a')).toEqual(['e']);
    expect(await uids(environment.client, 'b')).toEqual(['f', 'e']);
    expect(await uids(other.client, 'a')).toEqual(['theirs']);
  });

  it('a portal session can let an endpoint listen to a type that it does not see', async () => {
    await environment.client.eventType.create({
      body: { name: 'hidden', description: '', featureFlags: ['beta'] },
    });
    const session = await openSession(server, environment, 'a');
    expect((await session.eventType.get({ params: { event_type_name: 'hidden' } })).status).toBe(404);
    const answer = await session.endpoint.patch({
      params: { app_id: 'a', endpoint_id: 'e' },
      body: { eventTypes: ['hidden'] },
    });
    expect(answer).toMatchObject({ status: 200, body: { eventTypes: ['hidden'] } });
  });
});
