import { type Client, unwrap } from '@postrider/client';
import type { AuditAction, AuditEntryOut } from '@postrider/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { maintain } from '../../src/maintenance.js';
import { codeOf } from '../callers.js';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';
import { openSession } from '../sessions.js';

let server: TestServer;
let environment: TestEnvironment;
let manager: TestEnvironment;
beforeAll(async () => {
  server = await startServer({ POSTRIDER_RETENTION_DAYS: '2' });
  manager = await server.createEnvironment(['environment', 'management']);
});
afterAll(() => server.stop());
beforeEach(async () => {
  environment = await server.createEnvironment();
  await environment.client.application.create({ body: { name: 'a', uid: 'a' } });
  await environment.client.endpoint.create({
    params: { app_id: 'a' },
    body: { url: 'https://example.com/', uid: 'e' },
  });
});

type Query = NonNullable<NonNullable<Parameters<Client['auditLog']['list']>[0]>['query']>;
const log = (query: Query = {}, client = environment.client): Promise<AuditEntryOut[]> =>
  unwrap(client.auditLog.list({ query })).then(({ data }) => data);
const keyId = async () =>
  (
    await unwrap(
      environment.client.management.authentication.listApiTokens({
        params: { env_id: environment.id },
        query: {},
      }),
    )
  ).data[0]?.id;

const at = { params: { app_id: 'a', endpoint_id: 'e' } };
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** Each change, and who is to be named for it. */
/** Of an endpoint of operational webhooks. */
const rotateOperational = async ({ operationalWebhookEndpoint: api }: Client) => {
  const { id } = await unwrap(api.create({ body: { url: 'https://example.com/' } }));
  return api.rotateSecret({ params: { endpoint_id: id }, body: {} });
};

const CHANGES: readonly [
  action: AuditAction,
  actor: 'key' | 'session',
  change: (client: Client) => Promise<{ status: number }>,
][] = [
  ['endpoint.secret_rotated', 'key', rotateOperational],
  [
    'environment.settings_changed',
    'key',
    (client) => client.management.environmentSettings.patch({ body: { readOnly: false } }),
  ],
  [
    'environment.settings_changed',
    'key',
    (client) => client.management.environmentSettings.update({ body: {} }),
  ],
  [
    'portal.access_granted',
    'key',
    (client) => client.authentication.getAppPortalAccess({ params: { app_id: 'a' }, body: {} }),
  ],
  [
    'portal.access_granted',
    'key',
    (client) => client.authentication.getDashboardAccess({ params: { app_id: 'a' } }),
  ],
  [
    'portal.sessions_expired',
    'key',
    (client) => client.authentication.expireAll({ params: { app_id: 'a' }, body: {} }),
  ],
  ['portal.logged_out', 'session', (client) => client.authentication.logout()],
  [
    'api_key.created',
    'key',
    (client) => client.authentication.createMessageToken({ params: { app_id: 'a' }, body: { name: 'x' } }),
  ],
  [
    'endpoint.secret_rotated',
    'session',
    (client) => client.endpoint.rotateSecret({ ...at, body: { key: SECRET } }),
  ],
  [
    'endpoint.headers_changed',
    'session',
    (client) => client.endpoint.setHeaders({ ...at, body: { headers: { authorization: 'top-secret' } } }),
  ],
  [
    'endpoint.headers_changed',
    'key',
    (client) => client.endpoint.patchHeaders({ ...at, body: { headers: { 'x-api-key': 'top-secret' } } }),
  ],
  [
    'application.alert_email_changed',
    'session',
    (client) =>
      client.application.patchAlertEmail({ params: { app_id: 'a' }, body: { email: 'ops@example.com' } }),
  ],
  ['application.deleted', 'key', (client) => client.application.delete({ params: { app_id: 'a' } })],
];

describe('a change', () => {
  it.each(CHANGES)('%s by a %s is written down, without secrets', async (action, actor, change) => {
    const session = await openSession(server, environment, 'a');
    const [granted] = await log({ action: 'portal.access_granted' });
    const before = (await log({ action })).length;
    expect((await change(actor === 'key' ? environment.client : session)).status).toBeLessThan(300);
    const entries = await log({ action });
    expect(entries).toHaveLength(before + 1);
    const [entry] = entries;
    const id = actor === 'key' ? await keyId() : granted?.target;
    expect(entry).toMatchObject({ action, actor: { kind: actor, id }, requestId: expect.any(String) });
    expect(JSON.stringify(entry)).not.toMatch(/top-secret|whsec_|sk_|ops@example/);
  });

  it('names the request, so that it is found in the log', async () => {
    await fetch(`${server.url}/api/v1/auth/app/a/expire-all/`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${environment.key}`,
        'content-type': 'application/json',
        'x-request-id': 'req-4711',
      },
      body: '{}',
    });
    const [entry] = await log();
    expect(entry).toMatchObject({ action: 'portal.sessions_expired', requestId: 'req-4711' });
    const line = server.logs.find((text) => text.includes('req-4711') && text.includes('portal'));
    expect(line).toBeDefined();
  });

  it('a link that is opened stands there once, with its session, and neither code nor token', async () => {
    const { url } = await unwrap(
      environment.client.authentication.getAppPortalAccess({
        params: { app_id: 'a' },
        body: { sessionId: 'user-7' },
      }),
    );
    const exchange = () =>
      fetch(`${server.url}/api/v1/auth/one-time-token/`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-request-id': 'req-4712' },
        body: JSON.stringify({ oneTimeToken: codeOf(url) }),
      });
    const answer = await exchange();
    expect(answer.status).toBe(200);
    const { token } = (await answer.json()) as { token: string };
    expect((await exchange()).status).toBe(200);
    const entries = await log({ action: 'portal.link_opened' });
    const [access] = await log({ action: 'portal.access_granted' });
    expect(entries).toEqual([
      {
        id: expect.any(String),
        createdAt: expect.any(String),
        action: 'portal.link_opened',
        actor: { kind: 'session', id: expect.stringMatching(/^\w+_\w{27}$/) },
        target: entries[0]?.actor.id,
        applicationId: access?.applicationId,
        requestId: 'req-4712',
        details: { sessionId: 'user-7' },
      },
    ]);
    expect(entries[0]?.target).not.toBe(access?.target);
    expect(JSON.stringify(entries)).not.toContain(codeOf(url));
    expect(JSON.stringify(entries)).not.toContain(token);
    expect((await server.as(token).authentication.logout()).status).toBe(204);
    expect(await log({ action: 'portal.logged_out' })).toMatchObject([{ actor: entries[0]?.actor }]);
  });

  it('that is refused is not written down', async () => {
    const before = await log();
    await environment.client.authentication.expireAll({ params: { app_id: 'none' }, body: {} });
    await environment.client.endpoint.rotateSecret({ ...at, body: { key: 'whsec_no' } });
    await environment.client.endpoint.setHeaders({
      params: { app_id: 'a', endpoint_id: 'none' },
      body: { headers: {} },
    });
    expect(await log()).toEqual(before);
  });

  it('of a key stands in the log of its environment, made by whoever made it', async () => {
    const { management } = manager.client;
    const env_id = environment.id;
    const { id } = await unwrap(
      management.authentication.createApiToken({ params: { env_id }, body: { name: 'x' } }),
    );
    const params = { env_id, key_id: id };
    server.clock.advance(0.008);
    await management.authentication.updateApiToken({ params, body: { name: 'y' } });
    server.clock.advance(0.008);
    await management.authentication.expireApiToken({ params, body: {} });
    const entries = (await log()).filter(({ target }) => target === id);
    expect(entries.map(({ action }) => action)).toEqual([
      'api_key.expired',
      'api_key.updated',
      'api_key.created',
    ]);
    const own = await unwrap(
      management.authentication.listApiTokens({ params: { env_id: manager.id }, query: {} }),
    );
    for (const { actor } of entries) expect(actor).toEqual({ kind: 'key', id: own.data[0]?.id });
  });

  it('of an environment stands in the log of whoever made it', async () => {
    const { management } = manager.client;
    const { id } = await unwrap(management.environment.create({ body: { name: 'x', type: 'production' } }));
    server.clock.advance(0.008);
    await management.environment.update({ params: { env_id: id }, body: { name: 'y' } });
    server.clock.advance(0.008);
    await management.environment.delete({ params: { env_id: id } });
    const entries = (await log({}, manager.client)).filter(({ target }) => target === id);
    expect(entries.map(({ action }) => action)).toEqual([
      'environment.deleted',
      'environment.updated',
      'environment.created',
    ]);
  });

  it('on the command line is made by the system', async () => {
    const entries = await log({ action: 'api_key.created' });
    expect(entries).toMatchObject([{ actor: { kind: 'system', id: null }, requestId: null }]);
  });
});

describe('the list', () => {
  it('pages, newest first unless another order is asked for', async () => {
    for (const _ of [1, 2]) {
      server.clock.advance(0.008);
      await openSession(server, environment, 'a');
    }
    const all = await log();
    expect(all.map(({ id }) => id)).toEqual(
      all
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
    const page = await unwrap(environment.client.auditLog.list({ query: { limit: 1 } }));
    expect(page).toMatchObject({ data: [all[0]], done: false, iterator: all[0]?.id });
    const next = await unwrap(
      environment.client.auditLog.list({ query: { limit: 1, iterator: page.iterator ?? '' } }),
    );
    expect(next.data).toEqual([all[1]]);
    expect(await log({ order: 'ascending' })).toEqual([...all].reverse());
  });

  it('is filtered by time, actor and action', async () => {
    server.clock.advance(60);
    const middle = server.clock.now();
    server.clock.advance(60);
    const session = await openSession(server, environment, 'a');
    server.clock.advance(0.008);
    await session.authentication.logout();
    const after = await log({ after: middle.toISOString() as never });
    expect(after.map(({ action }) => action)).toEqual(['portal.logged_out', 'portal.access_granted']);
    const before = await log({ before: middle.toISOString() as never });
    expect(new Set(before.map(({ action }) => action))).toEqual(
      new Set(['api_key.created', 'environment.created']),
    );
    const mine = await log({ actor: after[0]?.actor.id ?? '' });
    expect(mine).toEqual([after[0]]);
    expect(await log({ action: 'portal.access_granted' })).toEqual([after[1]]);
    const wrong = await environment.client.auditLog.list({ query: { action: 'no' as never } });
    expect(wrong.status).toBe(422);
  });

  it("is the environment's own, for its keys alone", async () => {
    const stranger = await server.createEnvironment();
    const seen = JSON.stringify(await log({}, stranger.client));
    expect(seen).not.toContain(environment.id);
    const session = await openSession(server, environment, 'a');
    expect((await session.auditLog.list({ query: {} })).status).toBe(403);
    expect((await server.as(undefined).auditLog.list({ query: {} })).status).toBe(401);
    const sender = await server.createEnvironment(['message:create']);
    expect((await sender.client.auditLog.list({ query: {} })).status).toBe(403);
  });

  it('goes back as far as the retention', async () => {
    server.clock.advance(86_400);
    await environment.client.authentication.expireAll({ params: { app_id: 'a' }, body: {} });
    server.clock.advance(1.5 * 86_400);
    await maintain(server.context);
    expect((await log()).map(({ action }) => action)).toEqual(['portal.sessions_expired']);
  });
});

describe('the address for alerts', () => {
  const stored = async () => {
    const row = await server.context.database.kysely
      .selectFrom('application')
      .select('alert_email')
      .where('environment_id', '=', environment.id)
      .executeTakeFirstOrThrow();
    return row.alert_email;
  };
  const patch = (email: string | null | undefined, client = environment.client, app_id = 'a') =>
    client.application.patchAlertEmail({ params: { app_id }, body: email === undefined ? {} : { email } });

  it('is kept, left alone and cleared', async () => {
    expect((await patch('ops@example.com')).status).toBe(204);
    expect(await stored()).toBe('ops@example.com');
    expect((await patch(undefined)).status).toBe(204);
    expect(await stored()).toBe('ops@example.com');
    expect((await patch(null)).status).toBe(204);
    expect(await stored()).toBeNull();
  });

  it('is refused when it is none', async () => {
    for (const email of ['', 'nobody', `${'x'.repeat(255)}@example.com`]) {
      const answer = await patch(email);
      expect(answer.status).toBe(422);
      expect(JSON.stringify(answer.body)).toContain('"email"');
    }
  });

  it('needs ManageEndpoint of a session, and the application to be its own', async () => {
    const viewer = await openSession(server, environment, 'a', { capabilities: ['ViewBase'] });
    expect((await patch('x@example.com', viewer)).status).toBe(403);
    const session = await openSession(server, environment, 'a', {
      capabilities: ['ViewBase', 'ManageEndpoint'],
    });
    expect((await patch('x@example.com', session)).status).toBe(204);
    await environment.client.application.create({ body: { name: 'b', uid: 'b' } });
    expect((await patch('x@example.com', session, 'b')).status).toBe(404);
    const stranger = await server.createEnvironment();
    expect((await patch('x@example.com', stranger.client)).status).toBe(404);
    expect((await patch('x@example.com', server.as(undefined))).status).toBe(401);
  });
});
