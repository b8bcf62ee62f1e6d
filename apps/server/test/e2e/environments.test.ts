import { unwrap } from '@postrider/client';
import type { EnvironmentModelOut } from '@postrider/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApiKey } from '../../src/api-keys.js';
import { createId } from '../../src/ids.js';
import { maintain } from '../../src/maintenance.js';
import { type Home, openHome, startServer, type TestEnvironment, type TestServer } from '../harness.js';
import { Receiver } from '../receiver.js';
import { REACH_RECEIVERS } from '../scene.js';
import { openSession } from '../sessions.js';

let home: Home;
let server: TestServer;
/** A second process on the same database: it learns of changes by itself. */
let other: TestServer;
let manager: TestEnvironment;
beforeAll(async () => {
  home = await openHome();
  server = await startServer(REACH_RECEIVERS, home);
  other = await startServer(REACH_RECEIVERS, home);
  manager = await server.createEnvironment(['environment', 'management']);
});
afterAll(async () => {
  await server.stop();
  await other.stop();
  await home.remove();
});

const api = () => manager.client.management.environment;
const make = (name = 'Staging'): Promise<EnvironmentModelOut> =>
  unwrap(api().create({ body: { name, type: 'development' } }));

/** An environment with a key of its own. */
async function makeWithKey() {
  const { id } = await make();
  const { token } = await unwrap(
    manager.client.management.authentication.createApiToken({
      params: { env_id: id },
      body: { name: 'first' },
    }),
  );
  return { id, key: token, client: server.as(token) };
}

describe('create, get, update', () => {
  it('gives what was made, and gets and renames it', async () => {
    const made = await make('Staging');
    expect(made).toMatchObject({ name: 'Staging', type: 'development', region: 'self-hosted' });
    expect(made.id).toMatch(/^org_[A-Za-z0-9]{27}$/);
    expect(await unwrap(api().get({ params: { env_id: made.id } }))).toEqual(made);
    server.clock.advance(1);
    const renamed = await unwrap(api().update({ params: { env_id: made.id }, body: { name: 'Test' } }));
    expect(renamed).toMatchObject({ id: made.id, name: 'Test', createdAt: made.createdAt });
    expect(renamed.updatedAt > made.updatedAt).toBe(true);
  });

  it.each([
    [{ name: '', type: 'production' }, 'name'],
    [{ name: 'x'.repeat(256), type: 'production' }, 'name'],
    [{ name: 'x' }, 'type'],
    [{ name: 'x', type: 'staging' }, 'type'],
  ])('refuses %j', async (body, field) => {
    const answer = await api().create({ body: body as never });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ detail: [{ loc: ['body', field] }] });
  });

  it('is apart from others: its key sees nothing of theirs', async () => {
    const { client, id } = await makeWithKey();
    await manager.client.application.create({ body: { name: 'theirs', uid: `of-${id}` } });
    expect((await unwrap(client.application.list())).data).toEqual([]);
    expect((await client.application.get({ params: { app_id: `of-${id}` } })).status).toBe(404);
    expect((await unwrap(client.portalSession.whoami())).envId).toBe(id);
  });
});

describe('list', () => {
  it('pages through all of them, also those with an id from the command line', async () => {
    const made = [await make('a'), await make('b')];
    const seen: string[] = [];
    let iterator: string | undefined;
    for (let done = false; !done; ) {
      const page = await unwrap(
        api().list({ query: { limit: 1, ...(iterator === undefined ? {} : { iterator }) } }),
      );
      seen.push(...page.data.map(({ id }) => id));
      iterator = page.iterator ?? undefined;
      done = page.done;
    }
    expect(seen).toEqual([...new Set(seen)].sort());
    for (const { id } of [...made, { id: manager.id }]) expect(seen).toContain(id);
  });
});

describe('who may', () => {
  const calls = (env_id: string) =>
    [
      ['list', (client: TestEnvironment['client']) => client.management.environment.list()],
      [
        'create',
        (client) => client.management.environment.create({ body: { name: 'x', type: 'production' } }),
      ],
      ['get', (client) => client.management.environment.get({ params: { env_id } })],
      [
        'update',
        (client) => client.management.environment.update({ params: { env_id }, body: { name: 'x' } }),
      ],
      ['delete', (client) => client.management.environment.delete({ params: { env_id } })],
    ] as [string, (client: TestEnvironment['client']) => Promise<{ status: number; body: unknown }>][];

  it('a key without the scope gets 403, a session too, nobody 401, and nothing is changed', async () => {
    const plain = await server.createEnvironment();
    await plain.client.application.create({ body: { name: 'a', uid: 'a' } });
    const session = await openSession(server, plain, 'a');
    const { id } = await make();
    for (const [name, call] of calls(id)) {
      const refused = await call(plain.client);
      expect(refused, name).toMatchObject({ status: 403, body: { code: 'insufficient access' } });
      expect(JSON.stringify(refused.body)).toContain('management');
      expect((await call(session)).status, name).toBe(403);
      expect((await call(server.as(undefined))).status, name).toBe(401);
    }
    expect((await api().get({ params: { env_id: id } })).body).toMatchObject({ name: 'Staging' });
  });

  it.each([
    ['org_00000000000000000000000000a'],
    // Postrider's own, which holds operational endpoints.
    ['operational'],
  ])('what is not there is 404: %s', async (env_id) => {
    for (const [name, call] of calls(env_id).slice(2)) {
      expect((await call(manager.client)).status, name).toBe(404);
    }
  });

  it('the first key of a server may', async () => {
    const first = await home.database.kysely
      .selectFrom('api_key')
      .innerJoin('environment', 'environment.id', 'api_key.environment_id')
      .select('scopes')
      .where('is_default', '=', true)
      .executeTakeFirstOrThrow();
    expect(first.scopes).toEqual(['environment', 'management']);
  });
});

describe('delete', () => {
  it('refuses the default one and that of the calling key', async () => {
    const { id } = await home.database.kysely
      .selectFrom('environment')
      .select('id')
      .where('is_default', '=', true)
      .executeTakeFirstOrThrow();
    const standard = await api().delete({ params: { env_id: id } });
    expect(standard).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(standard.body).toMatchObject({ detail: expect.stringContaining('default') });
    expect((await api().delete({ params: { env_id: manager.id } })).status).toBe(409);
    expect((await manager.client.application.list()).status).toBe(200);
  });

  it('ends its keys, sessions and links in every process within a second, and is 404 from then on', async () => {
    const environment = await makeWithKey();
    await environment.client.application.create({ body: { name: 'a', uid: 'a' } });
    const access = await unwrap(
      environment.client.authentication.getAppPortalAccess({ params: { app_id: 'a' }, body: {} }),
    );
    const holders = [environment.key, access.token].flatMap((token) => [server.as(token), other.as(token)]);
    for (const client of holders) expect((await client.portalSession.whoami()).status).toBe(200);

    expect((await api().delete({ params: { env_id: environment.id } })).status).toBe(204);
    server.clock.advance(1);

    for (const client of holders) expect((await client.portalSession.whoami()).status).toBe(401);
    const { oneTimeToken } = JSON.parse(
      Buffer.from(access.url.split('#key=')[1] ?? '', 'base64').toString(),
    ) as { oneTimeToken: string };
    const exchange = server.as(undefined).portalSession.exchangeOneTimeToken({ body: { oneTimeToken } });
    expect((await exchange).status).toBe(401);
    expect((await api().get({ params: { env_id: environment.id } })).status).toBe(404);
    expect((await api().delete({ params: { env_id: environment.id } })).status).toBe(404);
    const listed = await unwrap(api().list({ query: { limit: 250 } }));
    expect(listed.data.map(({ id }) => id)).not.toContain(environment.id);
    await expect(createApiKey(server.context, environment.id)).rejects.toThrow('was deleted');
  });

  it('closes every application, however many there are', async () => {
    const environment = await makeWithKey();
    const createdAt = server.clock.now();
    const ids = Array.from({ length: 450 }, () => createId('app_', createdAt));
    const { kysely } = home.database;
    await kysely
      .insertInto('application')
      .values(
        ids.map((id) => ({
          environment_id: environment.id,
          id,
          uid: `uid-${id}`,
          name: 'x',
          throttle_rate: null,
          metadata: '{}',
          created_at: createdAt,
          updated_at: createdAt,
          deleted_at: null,
        })),
      )
      .execute();
    await api().delete({ params: { env_id: environment.id } });
    const open = kysely
      .selectFrom('application')
      .select('id')
      .where('environment_id', '=', environment.id)
      .where('deleted_at', 'is', null);
    expect(await open.execute()).toEqual([]);
    server.clock.advance(16 * 60);
    await maintain(server.context);
    const left = kysely.selectFrom('application').select('id').where('id', 'in', ids);
    expect(await left.execute()).toEqual([]);
  });

  it('cancels what waits, and maintenance removes every row of it and none of another', async () => {
    const receiver = await Receiver.start();
    const environment = await makeWithKey();
    const neighbour = await makeWithKey();
    for (const { client } of [environment, neighbour]) {
      await unwrap(client.operationalWebhookEndpoint.create({ body: { url: receiver.url } }));
      await client.eventType.create({ body: { name: 'invoice.paid', description: 'x' } });
      await client.application.create({ body: { name: 'a', uid: 'a' } });
      await client.endpoint.create({ params: { app_id: 'a' }, body: { url: receiver.url } });
      await client.message.create({
        params: { app_id: 'a' },
        body: {
          eventType: 'invoice.paid',
          payload: {},
          deliverAt: new Date(server.clock.now().getTime() + 3_600_000) as never,
        },
      });
      await openSession(server, { ...environment, client }, 'a');
    }
    const { kysely } = home.database;
    const appsOf = async (id: string) =>
      (await kysely.selectFrom('application').select('id').where('environment_id', '=', id).execute()).map(
        (row) => row.id,
      );
    const [gone, stays] = [await appsOf(environment.id), await appsOf(neighbour.id)];
    const deliveries = (ids: string[]) =>
      kysely.selectFrom('delivery').select(['status']).where('application_id', 'in', ids).execute();

    expect((await api().delete({ params: { env_id: environment.id } })).status).toBe(204);
    await vi.waitFor(async () => expect(await deliveries(gone)).toEqual([{ status: 4 }]), 30_000);

    // What was under way when it was deleted has its time to end.
    await maintain(server.context);
    expect(await appsOf(environment.id)).toEqual(gone);
    server.clock.advance(16 * 60);
    await maintain(server.context);

    const rows = async (id: string, apps: string[]) => {
      const counts: Record<string, number> = {};
      for (const table of [
        'application',
        'event_type',
        'api_key',
        'portal_session',
        'one_time_code',
        'audit_entry',
      ] as const) {
        counts[table] = (
          await kysely.selectFrom(table).select('environment_id').where('environment_id', '=', id).execute()
        ).length;
      }
      for (const table of [
        'endpoint',
        'endpoint_secret',
        'endpoint_work',
        'message',
        'delivery',
        'attempt',
      ] as const) {
        counts[table] = (
          await kysely
            .selectFrom(table)
            .select('application_id')
            .where('application_id', 'in', apps)
            .execute()
        ).length;
      }
      counts['environment'] = (
        await kysely.selectFrom('environment').select('id').where('id', '=', id).execute()
      ).length;
      return counts;
    };
    const operational = kysely
      .selectFrom('application')
      .select('uid')
      .where('environment_id', '=', 'operational');
    const uids = (await operational.execute()).map(({ uid }) => uid);
    expect(uids).toContain(neighbour.id);
    expect(uids).not.toContain(environment.id);
    const left = await rows(environment.id, gone);
    expect(left).toEqual(Object.fromEntries(Object.keys(left).map((table) => [table, 0])));
    const untouched = await rows(neighbour.id, stays);
    expect(untouched).toMatchObject({
      environment: 1,
      application: 1,
      event_type: 1,
      api_key: 1,
      message: 1,
      delivery: 1,
      endpoint: 1,
    });
    await receiver.stop();
  });
});
