import { ID_PREFIX } from '@postrider/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../src/ids.js';
import { maintain } from '../../src/maintenance.js';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';

const DAY = 86_400;

let server: TestServer;
let environment: TestEnvironment;
beforeAll(async () => {
  server = await startServer({ POSTRIDER_RETENTION_DAYS: '30' });
  environment = await server.createEnvironment();
  await environment.client.application.create({ body: { name: 'Retained', uid: 'retained' } });
});
afterAll(() => server.stop());

const create = (payload: Record<string, unknown>, more: object = {}) =>
  environment.client.message.create({
    params: { app_id: 'retained' },
    query: {},
    headers: { 'idempotency-key': `key-${Math.random()}` },
    body: { eventType: 'a.b', payload, ...more },
  });
const get = (id: string) =>
  environment.client.message.get({ params: { app_id: 'retained', msg_id: id }, query: {} });
const idOf = (answer: { body: unknown }) => (answer.body as { id: string }).id;
const count = async (table: 'message' | 'delivery' | 'attempt' | 'message_idempotency_key') => {
  const rows = await server.context.database.kysely.selectFrom(table).select('application_id').execute();
  return rows.length;
};

it('a payload goes after its period, the message stays', async () => {
  const short = idOf(await create({ n: 1 }, { payloadRetentionPeriod: 5 }));
  const hours = idOf(await create({ n: 2 }, { payloadRetentionHours: 1 }));
  const standard = idOf(await create({ n: 3 }));
  await maintain(server.context);
  expect((await get(hours)).body).toMatchObject({ payload: { n: 2 } });
  server.clock.advance(3_601);
  await maintain(server.context);
  expect((await get(hours)).body).toMatchObject({ payload: { expired: true } });
  expect((await get(short)).body).toMatchObject({ payload: { n: 1 } });
  server.clock.advance(5 * DAY - 3_601 - 60);
  await maintain(server.context);
  expect((await get(short)).body).toMatchObject({ payload: { n: 1 } });
  server.clock.advance(61);
  await maintain(server.context);
  expect((await get(short)).body).toMatchObject({ payload: { expired: true } });
  expect((await get(standard)).body).toMatchObject({ payload: { n: 3 } });
});

it('idempotency keys go after twelve hours', async () => {
  await create({ n: 4 });
  expect(await count('message_idempotency_key')).toBeGreaterThan(0);
  server.clock.advance(12 * 3_600 - 60);
  await maintain(server.context);
  expect(await count('message_idempotency_key')).toBeGreaterThan(0);
  server.clock.advance(120);
  await maintain(server.context);
  expect(await count('message_idempotency_key')).toBe(0);
});

it('messages go with their deliveries and attempts after the retention, more than a batch of them', async () => {
  const { kysely } = server.context.database;
  const application = await kysely
    .selectFrom('application')
    .selectAll()
    .where('uid', '=', 'retained')
    .executeTakeFirstOrThrow();
  const made = await environment.client.endpoint.create({
    params: { app_id: 'retained' },
    body: { url: 'http://127.0.0.1:9/', disabled: true },
  });
  const endpointId = idOf(made);
  const old = new Date(server.clock.now().getTime() - 31 * DAY * 1000);
  const ids = Array.from({ length: 1_200 }, () => createId(ID_PREFIX.message, old));
  const base = { application_id: application.id, event_type: 'a.b', created_at: old };
  for (let from = 0; from < ids.length; from += 400) {
    const some = ids.slice(from, from + 400);
    await kysely
      .insertInto('message')
      .values(some.map((id) => ({ ...base, id, payload: '{}' }) as never))
      .execute();
    await kysely
      .insertInto('delivery')
      .values(
        some.map((id) => ({
          application_id: application.id,
          endpoint_id: endpointId,
          message_id: id,
          status: 0,
        })),
      )
      .execute();
    await kysely
      .insertInto('attempt')
      .values(
        some.map(
          (id) =>
            ({
              ...base,
              message_id: id,
              id: createId(ID_PREFIX.attempt, old),
              endpoint_id: endpointId,
              url: 'x',
              status: 0,
              status_code: 200,
              duration_ms: 1,
              trigger_type: 0,
            }) as never,
        ),
      )
      .execute();
  }
  const fresh = idOf(await create({ n: 5 }));
  expect(await maintain(server.context)).toBeGreaterThanOrEqual(3_600);
  expect(await count('attempt')).toBe(0);
  expect(await count('delivery')).toBe(0);
  expect((await get(fresh)).status).toBe(200);
  expect((await get(ids[0] ?? '')).status).toBe(404);
  // Where nothing is old nothing goes.
  const kept = await count('message');
  expect(kept).toBeGreaterThan(0);
  expect(await maintain(server.context)).toBe(0);
  expect(await count('message')).toBe(kept);
  expect((await get(fresh)).body).toMatchObject({ payload: { n: 5 } });
});
