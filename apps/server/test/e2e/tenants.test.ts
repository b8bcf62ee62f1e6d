import { unwrap } from '@postrider/client';
import type { Access, Operation } from '@postrider/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '../../src/api-keys.js';
import { startServer, type TestServer } from '../harness.js';
import { REACH_RECEIVERS } from '../scene.js';
import { type Answer, callAs, type Holdings, MAKES_ITS_OWN, OPERATIONS, openHoldings } from '../tenants.js';

/*
 * Every operation of the contract, called by those who may not, for what is the owner's. An operation that is added to
 * the contract is called as well; when it names a new kind of thing, the test says what it lacks.
 */

let server: TestServer;
/** Whose things they are. */
let owner: Holdings;
/** Another environment, with as much in it. */
let stranger: Holdings;
let before: unknown;

beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_AUTH_RATE_LIMIT: '1000000' });
  owner = await openHoldings(server, 'owner');
  stranger = await openHoldings(server, 'stranger');
  neighbour = await openNeighbour();
  before = await everythingOf(owner);
});
afterAll(async () => {
  await owner.scene.close();
  await stranger.scene.close();
  await server.stop();
});

/** Another application of the owner's environment. */
let neighbour: string;
async function openNeighbour(): Promise<string> {
  const { client } = owner.environment;
  return (await unwrap(client.application.create({ body: { name: 'Neighbour' } }))).id;
}

const neighbourSession = async (): Promise<string> => {
  const { client } = owner.environment;
  const access = client.authentication.getAppPortalAccess({ params: { app_id: neighbour }, body: {} });
  return (await unwrap(access)).token;
};

/** What is in the database of the owner's, but for what time alone changes. */
async function everythingOf({ environment }: Holdings): Promise<unknown> {
  const { kysely } = server.context.database;
  const ofEnvironment = async (
    table: 'application' | 'endpoint' | 'event_type' | 'environment' | 'api_key',
  ): Promise<unknown> => {
    const column = table === 'environment' ? 'id' : 'environment_id';
    const rows = await kysely
      .selectFrom(table)
      .selectAll()
      .where(column as never, '=', environment.id as never)
      .execute();
    return rows.map((row) => JSON.stringify({ ...row, last_used_at: null })).sort();
  };
  const app = owner.params['app_id'] ?? '';
  const ofApplication = async (table: 'message' | 'delivery' | 'attempt' | 'endpoint_secret') => {
    const rows = await kysely.selectFrom(table).selectAll().where('application_id', '=', app).execute();
    return rows.map((row) => JSON.stringify(row)).sort();
  };
  const operational = await kysely
    .selectFrom('endpoint')
    .innerJoin('application', 'application.id', 'endpoint.application_id')
    .selectAll('endpoint')
    .where('application.uid', '=', environment.id)
    .execute();
  return {
    operational: operational.map((row) => JSON.stringify(row)).sort(),
    environment: await ofEnvironment('environment'),
    applications: await ofEnvironment('application'),
    endpoints: await ofEnvironment('endpoint'),
    eventTypes: await ofEnvironment('event_type'),
    keys: await ofEnvironment('api_key'),
    messages: await ofApplication('message'),
    deliveries: await ofApplication('delivery'),
    attempts: await ofApplication('attempt'),
    secrets: await ofApplication('endpoint_secret'),
  };
}

const secured = OPERATIONS.filter(([, { metadata }]) => metadata.access.kind !== 'public');
const scopesOf = (access: Access): readonly string[] =>
  ('scopes' in access && access.scopes) || ['environment'];

/** No answer names what is the owner's, unless the caller named it in the path. */
function expectNothingOf({ ids }: Holdings, operation: Operation, { text }: Answer): void {
  const told = Object.keys(owner.params).filter((name) => operation.path.includes(`{${name}}`));
  for (const id of ids) {
    if (told.some((name) => owner.params[name] === id)) continue;
    expect(text).not.toContain(id);
  }
}

describe.each(secured)('%s', (name, operation) => {
  const { access } = operation.metadata;
  const namesSomething = operation.path.includes('{');

  it("another environment's key gets and changes nothing", async () => {
    // What it makes of its own must not be found by the next call.
    const { key } = MAKES_ITS_OWN.has(name) ? await server.createEnvironment() : stranger.environment;
    const answer = await callAs(server.url, key, name, operation, owner);
    expectNothingOf(owner, operation, answer);
    const scoped = scopesOf(access).includes('environment');
    if (access.kind === 'session' || !scoped) expect(answer.status).toBe(403);
    else if (namesSomething && !MAKES_ITS_OWN.has(name)) expect(answer.status).toBe(404);
    else expect(answer.status).toBeLessThan(500);
  });

  it('a portal session of another application gets and changes nothing', async () => {
    const answer = await callAs(server.url, await neighbourSession(), name, operation, owner);
    // Event types are the environment's: they are there for all its sessions.
    const hidden = owner.ids.filter(
      (id) => id !== owner.params['event_type_name'] && id !== owner.environment.id,
    );
    expectNothingOf({ ...owner, ids: hidden }, operation, answer);
    if (access.kind === 'application') expect(answer.status).toBe(404);
    else if (access.kind === 'environment') expect(answer.status).toBe(403);
    else expect(answer.status).toBeLessThan(500);
  });

  it('a message token of another application gets and changes nothing', async () => {
    const { client } = owner.environment;
    const { token } = await unwrap(
      client.authentication.createMessageToken({ params: { app_id: neighbour }, body: { name: 'x' } }),
    );
    const answer = await callAs(server.url, token, name, operation, owner);
    await server.context.database.kysely
      .deleteFrom('api_key')
      .where('application_id', '=', neighbour)
      .execute();
    const hidden = owner.ids.filter((id) => id !== owner.environment.id);
    expectNothingOf({ ...owner, ids: hidden }, operation, answer);
    if (!scopesOf(access).includes('message:create')) expect(answer.status).toBe(403);
    else if (namesSomething) expect(answer.status).toBe(404);
  });

  it('without a token it is refused', async () => {
    expect((await callAs(server.url, undefined, name, operation, owner)).status).toBe(401);
  });

  it('with a token that has ended it is refused', async () => {
    for (const token of [ended.key, ended.session]) {
      const answer = await callAs(server.url, token, name, operation, owner);
      expect(answer.status).toBe(401);
    }
  });
});

/** Tokens of the owner's that were good once. */
const ended = { key: '', session: '' };
beforeAll(async () => {
  const { client, id } = owner.environment;
  ended.session = await owner.session();
  ended.key = await createApiKey(server.context, id);
  const whose = server.as(ended.key);
  const { data } = await unwrap(
    client.management.authentication.listApiTokens({
      params: { env_id: id },
      query: { order: 'descending' },
    }),
  );
  for (const token of [ended.key, ended.session]) {
    expect((await server.as(token).portalSession.whoami()).status).toBe(200);
  }
  await unwrap(server.as(ended.session).authentication.logout());
  await unwrap(
    whose.management.authentication.expireApiToken({
      params: { env_id: id, key_id: data[0]?.id ?? '' },
      body: {},
    }),
  );
  server.clock.advance(1);
  before = await everythingOf(owner);
});

it('after all that the owner has what they had', async () => {
  expect(await everythingOf(owner)).toEqual(before);
});

describe('the owner', () => {
  it.each(OPERATIONS)('may call %s for the very things: they are there', async (name, operation) => {
    const own = await openHoldings(server, 'own');
    const { access } = operation.metadata;
    const token =
      access.kind === 'session'
        ? await own.session()
        : await createApiKey(server.context, own.environment.id, ['environment', 'management']);
    const { status, text } = await callAs(server.url, token, name, operation, own);
    await own.scene.close();
    const refused = [401, 403, 404].includes(status);
    // The exchange takes no token: what it is given here is no code.
    if (name !== 'portalSession.exchangeOneTimeToken') expect(refused, `${status} ${text}`).toBe(false);
    expect(status).toBeLessThan(500);
  });
});
