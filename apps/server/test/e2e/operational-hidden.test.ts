import { unwrap } from '@postrider/client';
import { listOperations } from '@postrider/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '../../src/api-keys.js';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';
import { listen } from '../operational.js';
import { Receiver } from '../receiver.js';
import { openSession } from '../sessions.js';

let server: TestServer;
let environment: TestEnvironment;
let receiver: Receiver;
/** Id of the application that holds the operational endpoints, and what it holds. */
let hidden: string;
let endpointId: string;
beforeAll(async () => {
  server = await startServer();
  environment = await server.createEnvironment();
  receiver = await Receiver.start();
  ({ id: endpointId } = await listen(environment, receiver));
  ({ id: hidden } = await server.context.database.kysely
    .selectFrom('application')
    .select('id')
    .where('uid', '=', environment.id)
    .executeTakeFirstOrThrow());
});
afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

const everything = async () => {
  const { kysely } = server.context.database;
  return {
    application: await kysely.selectFrom('application').selectAll().where('id', '=', hidden).execute(),
    endpoints: await kysely.selectFrom('endpoint').selectAll().where('application_id', '=', hidden).execute(),
    messages: await kysely.selectFrom('message').selectAll().where('application_id', '=', hidden).execute(),
    sessions: await kysely
      .selectFrom('portal_session')
      .selectAll()
      .where('application_id', '=', hidden)
      .execute(),
  };
};

/** Enough for every operation to get beyond its input. */
const BODY = {
  name: 'taken over',
  url: 'https://example.com',
  eventType: 'a',
  eventTypes: ['a'],
  payload: {},
  headers: {},
  since: new Date().toISOString(),
  until: new Date().toISOString(),
};

const operations = listOperations()
  .filter(({ path }) => path.includes('{app_id}'))
  .map((operation) => [operation.key.join('.'), operation] as const);

describe.each(['its id', 'its uid'] as const)('by %s', (by) => {
  it.each(operations)('%s does not find it', async (name, { method, path }) => {
    const before = await everything();
    const app = by === 'its id' ? hidden : environment.id;
    const target = path
      .replace('{app_id}', app)
      .replace('{endpoint_id}', endpointId)
      .replace(/\{\w+\}/g, 'msg_1srOrx2ZWZBpBUvZwXKQmoEYga2');
    const answer = await fetch(`${server.url}${target}`, {
      method,
      headers: { authorization: `Bearer ${environment.key}`, 'content-type': 'application/json' },
      ...(method === 'GET' || method === 'DELETE' ? {} : { body: JSON.stringify(BODY) }),
    });
    // A PUT of an application that is not there makes a new one.
    if (name === 'application.upsert') {
      expect(answer.status).toBe(201);
      expect(((await answer.json()) as { id: string }).id).not.toBe(hidden);
    } else {
      expect(answer.status, await answer.text()).toBe(404);
    }
    expect(await everything()).toEqual(before);
  });
});

it('no list of applications has it', async () => {
  await unwrap(environment.client.application.create({ body: { name: 'a', uid: 'seen' } }));
  const { data } = await unwrap(environment.client.application.list({ query: { limit: 250 } }));
  expect(data.map((one) => one.uid)).toContain('seen');
  expect(JSON.stringify(data)).not.toContain(hidden);
});

it('an application may have the uid that it has', async () => {
  const other = await server.createEnvironment();
  const made = await unwrap(other.client.application.create({ body: { name: 'a', uid: other.id } }));
  const { id } = await listen(other, receiver);
  const params = { app_id: other.id };
  expect(await unwrap(other.client.application.get({ params }))).toMatchObject({ id: made.id });
  expect((await unwrap(other.client.endpoint.list({ params, query: {} }))).data).toEqual([]);
  expect((await other.client.endpoint.get({ params: { ...params, endpoint_id: id } })).status).toBe(404);
  const session = await openSession(server, other, other.id);
  expect((await session.operationalWebhookEndpoint.list({ query: {} })).status).toBe(403);
});

it('nobody can be given a key of the environment that it lies in', async () => {
  const [application] = (await everything()).application;
  expect(application?.environment_id).toBe('operational');
  await expect(createApiKey(server.context, 'operational')).rejects.toThrow('starts with org_');
});
