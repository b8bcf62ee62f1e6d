import { type Client, unwrap } from '@postrider/client';
import type { ApiKeyScope, ApiTokenOut } from '@postrider/contract';
import { Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { maintain } from '../../src/maintenance.js';
import { hashToken } from '../../src/tokens.js';
import { type Home, openHome, startServer, type TestEnvironment, type TestServer } from '../harness.js';
import { openSession } from '../sessions.js';

let home: Home;
let server: TestServer;
let other: TestServer;
let manager: TestEnvironment;
let environment: TestEnvironment;
beforeAll(async () => {
  home = await openHome();
  server = await startServer({}, home);
  other = await startServer({}, home);
  manager = await server.createEnvironment(['management']);
});
afterAll(async () => {
  await server.stop();
  await other.stop();
  await home.remove();
});
beforeEach(async () => {
  environment = await server.createEnvironment();
});

const keysOf = (client: Client) => client.management.authentication;
const create = (
  client: Client,
  env_id: string,
  body: { name: string; scopes?: ApiKeyScope[] } = { name: 'Billing' },
) => keysOf(client).createApiToken({ params: { env_id }, body });
const make = (scopes?: ApiKeyScope[]): Promise<ApiTokenOut> =>
  unwrap(create(environment.client, environment.id, { name: 'Billing', ...(scopes ? { scopes } : {}) }));
const one = (id: string) => ({ params: { env_id: environment.id, key_id: id } });
const works = async (token: string, on = server) => (await on.as(token).application.list()).status === 200;

describe('a new key', () => {
  it('works at once, with the client and both SDKs, and is stored as a hash only', async () => {
    const made = await make();
    expect(made).toMatchObject({ name: 'Billing', scopes: ['environment'], expiresAt: null });
    expect(made.token).toMatch(/^sk_[0-9A-Za-z]{32}$/);
    expect(await works(made.token)).toBe(true);
    const options = { serverUrl: server.url };
    expect((await new SvixV1(made.token, options).application.list()).data).toEqual([]);
    expect((await new SvixV2(made.token, options).application.list()).data).toEqual([]);
    const row = await home.database.kysely
      .selectFrom('api_key')
      .selectAll()
      .where('id', '=', made.id)
      .executeTakeFirstOrThrow();
    expect(Buffer.from(row.token_hash)).toEqual(hashToken(made.token));
    expect(JSON.stringify(row)).not.toContain(made.token.slice(0, 20));
    expect(server.logs.join('')).not.toContain(made.token);
  });

  it('is shown once: afterwards beginning and end alone', async () => {
    const made = await make();
    const got = await unwrap(keysOf(environment.client).getApiToken(one(made.id)));
    expect(got).toEqual({
      id: made.id,
      name: 'Billing',
      scopes: ['environment'],
      censoredToken: `sk_…${made.token.slice(-4)}`,
      createdAt: made.createdAt,
      expiresAt: null,
      lastUsedAt: null,
    });
    const page = await unwrap(
      keysOf(environment.client).listApiTokens({ params: { env_id: environment.id }, query: {} }),
    );
    expect(page.data).toContainEqual(got);
    expect(page.data).toHaveLength(2);
  });

  it.each([
    [{ name: 'x'.repeat(256) }, 'name'],
    [{ scopes: ['environment'] }, 'name'],
    [{ name: 'x', scopes: [] }, 'scopes'],
    [{ name: 'x', scopes: ['everything'] }, 'scopes[0]'],
  ])('is refused for %j', async (body, field) => {
    const answer = await create(environment.client, environment.id, body as never);
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain(`"${field}"`);
  });

  it('is the same for a repeated call', async () => {
    const call = () =>
      keysOf(environment.client).createApiToken({
        params: { env_id: environment.id },
        body: { name: 'x' },
        headers: { 'idempotency-key': 'once' },
      });
    expect((await call()).body).toEqual((await call()).body);
  });
});

describe('changes', () => {
  it('of the name by PUT, of name and scopes by PATCH; null takes the name away', async () => {
    const { id } = await make();
    const api = keysOf(environment.client);
    expect(await unwrap(api.updateApiToken({ ...one(id), body: { name: 'New' } }))).toMatchObject({
      name: 'New',
      scopes: ['environment'],
    });
    expect(
      await unwrap(api.patchApiToken({ ...one(id), body: { scopes: ['message:create'] } })),
    ).toMatchObject({ name: 'New', scopes: ['message:create'] });
    expect(await unwrap(api.patchApiToken({ ...one(id), body: { name: null } }))).toMatchObject({
      name: null,
    });
  });

  it('of scopes hold within a second', async () => {
    const { id, token } = await make();
    expect(await works(token)).toBe(true);
    await unwrap(
      keysOf(environment.client).patchApiToken({ ...one(id), body: { scopes: ['message:create'] } }),
    );
    server.clock.advance(1);
    expect((await server.as(token).application.list()).status).toBe(403);
  });
});

describe('the end', () => {
  it('comes within a second in every process, and for good', async () => {
    const { id, token } = await make();
    for (const on of [server, other]) expect(await works(token, on)).toBe(true);
    const answer = await keysOf(environment.client).expireApiToken({ ...one(id), body: {} });
    expect(answer.status).toBe(204);
    server.clock.advance(1);
    for (const on of [server, other]) {
      expect((await on.as(token).application.list()).status).toBe(401);
    }
    const later = keysOf(environment.client).expireApiToken({ ...one(id), body: { expiry: 3600 } });
    expect((await later).status).toBe(204);
    expect(await works(token)).toBe(false);
  });

  it('comes later where that is asked for, to the second, and no sooner end is put off', async () => {
    const { id, token } = await make();
    await keysOf(environment.client).expireApiToken({ ...one(id), body: { expiry: 60 } });
    await keysOf(environment.client).expireApiToken({ ...one(id), body: { expiry: 259_200 } });
    server.clock.advance(58);
    expect(await works(token)).toBe(true);
    server.clock.advance(2);
    expect(await works(token)).toBe(false);
    const { expiresAt } = await unwrap(keysOf(environment.client).getApiToken(one(id)));
    expect(new Date(expiresAt ?? 0) < server.clock.now()).toBe(true);
  });

  it.each([[-1], [259_201], [1.5]])('is refused after %d seconds', async (expiry) => {
    const { id } = await make();
    const answer = await keysOf(environment.client).expireApiToken({ ...one(id), body: { expiry } });
    expect(answer.status).toBe(422);
  });
});

describe('a key from POSTRIDER_API_KEY', () => {
  it('that was ended stays so, as long as it is configured, also after a restart', async () => {
    const configured = 'sk_0123456789abcdef';
    const settings = { POSTRIDER_API_KEY: configured, POSTRIDER_RETENTION_DAYS: '1' };
    const own = await openHome();
    const first = await startServer(settings, own);
    const client = first.as(configured);
    const { envId, scopes } = await unwrap(client.portalSession.whoami());
    expect(scopes).toEqual(['environment', 'management']);
    const list = { params: { env_id: envId }, query: {} };
    const [key] = (await unwrap(keysOf(client).listApiTokens(list))).data;
    const params = { env_id: envId, key_id: key?.id ?? '' };
    expect((await keysOf(client).expireApiToken({ params, body: {} })).status).toBe(204);
    first.clock.advance(3 * 86_400);
    await maintain(first.context);
    await first.stop();
    const second = await startServer(settings, own);
    expect(await works(configured, second)).toBe(false);
    await second.stop();
    await own.remove();
  });
});

describe('the last use', () => {
  const lastUsed = async (id: string) =>
    (await unwrap(keysOf(environment.client).getApiToken(one(id)))).lastUsedAt;

  it('is noted, at most once a minute', async () => {
    const { id, token } = await make();
    expect(await works(token)).toBe(true);
    const first = await vi.waitFor(async () => {
      const at = await lastUsed(id);
      expect(at).toEqual(expect.any(String));
      return at;
    }, 30_000);
    server.clock.advance(30);
    await works(token);
    expect(await lastUsed(id)).toBe(first);
    server.clock.advance(31);
    await works(token);
    await vi.waitFor(async () => expect(await lastUsed(id)).not.toBe(first), 30_000);
  });
});

describe('scopes', () => {
  it('message:create creates messages, and nothing else', async () => {
    await environment.client.application.create({ body: { name: 'a', uid: 'a' } });
    const { token } = await make(['message:create']);
    const client = server.as(token);
    const sent = await client.message.create({
      params: { app_id: 'a' },
      body: { eventType: 'invoice.paid', payload: {} },
    });
    expect(sent.status).toBe(202);
    expect((await client.portalSession.whoami()).body).toMatchObject({ scopes: ['message:create'] });
    for (const refused of [
      await client.message.list({ params: { app_id: 'a' } }),
      await client.application.get({ params: { app_id: 'a' } }),
      await client.application.list(),
      await create(client, environment.id),
    ]) {
      expect(refused).toMatchObject({ status: 403, body: { code: 'insufficient access' } });
    }
  });

  it('nobody makes a key that may do more than they, or changes one', async () => {
    expect(
      (await create(environment.client, environment.id, { name: 'x', scopes: ['management'] })).status,
    ).toBe(403);
    const { id } = await make();
    const api = keysOf(environment.client);
    const raised = await api.patchApiToken({ ...one(id), body: { scopes: ['environment', 'management'] } });
    expect(raised.status).toBe(403);
    const strong = await unwrap(
      create(manager.client, environment.id, { name: 'x', scopes: ['environment', 'management'] }),
    );
    expect((await api.updateApiToken({ ...one(strong.id), body: { name: 'y' } })).status).toBe(403);
    expect((await api.expireApiToken({ ...one(strong.id), body: {} })).status).toBe(403);
    expect(await works(strong.token)).toBe(true);
  });

  it('management looks after the keys of all environments, and nothing in them', async () => {
    const made = await unwrap(create(manager.client, environment.id));
    expect(await works(made.token)).toBe(true);
    expect((await unwrap(server.as(made.token).portalSession.whoami())).envId).toBe(environment.id);
    expect((await keysOf(manager.client).expireApiToken({ ...one(made.id), body: {} })).status).toBe(204);
    expect((await manager.client.application.list()).status).toBe(403);
    const nowhere = { params: { env_id: 'org_nowhere' } };
    expect((await keysOf(manager.client).listApiTokens({ ...nowhere, query: {} })).status).toBe(404);
  });

  it("another environment's keys are 404, a session gets 403", async () => {
    const stranger = await server.createEnvironment();
    const { id, token } = await make();
    const api = keysOf(stranger.client);
    const query = {};
    for (const answer of [
      await api.listApiTokens({ params: { env_id: environment.id }, query }),
      await create(stranger.client, environment.id),
      await api.getApiToken(one(id)),
      await api.updateApiToken({ ...one(id), body: { name: 'y' } }),
      await api.patchApiToken({ ...one(id), body: {} }),
      await api.expireApiToken({ ...one(id), body: {} }),
      // By way of their own environment.
      await api.getApiToken({ params: { env_id: stranger.id, key_id: id } }),
      await api.expireApiToken({ params: { env_id: stranger.id, key_id: id }, body: {} }),
    ]) {
      expect(answer.status).toBe(404);
    }
    expect(await works(token)).toBe(true);
    await environment.client.application.create({ body: { name: 'a', uid: 'a' } });
    const session = await openSession(server, environment, 'a');
    expect((await keysOf(session).getApiToken(one(id))).status).toBe(403);
  });
});
