import { unwrap } from '@postrider/client';
import type { ReadyCheckName, ReadyOut } from '@postrider/contract';
import { type Kysely, type KyselyPlugin, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tables } from '../../src/database/tables.js';
import { type Home, openHome, startServer, type TestServer } from '../harness.js';

let home: Home;
let servers: TestServer[];
beforeEach(async () => {
  home = await openHome();
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await home.remove();
});

const start = async (settings: Record<string, string> = {}, at: Home = home) => {
  const server = await startServer(settings, at);
  servers.push(server);
  return server;
};
const ask = async ({ url }: TestServer): Promise<{ status: number; body: ReadyOut }> => {
  const answer = await fetch(`${url}/ready`);
  return { status: answer.status, body: (await answer.json()) as ReadyOut };
};
/** The checks with one standing; what was seen within a second counts, so time goes on first. */
const checksThatAre = async (server: TestServer, status: 'ok' | 'error'): Promise<ReadyCheckName[]> => {
  const { body } = await ask(server);
  return body.checks.filter((one) => one.status === status).map(({ check }) => check);
};

/** Holds locks on tables until it is told to let go. On the embedded database that holds everybody. */
async function holdTables(kysely: Kysely<Tables>, names: string): Promise<() => Promise<void>> {
  let letGo: () => void = () => {};
  const told = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let held: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    held = kysely.transaction().execute(async (transaction) => {
      await sql`lock table ${sql.raw(names)} in access exclusive mode`.execute(transaction);
      resolve();
      await told;
    });
    held.catch(reject);
  });
  return async () => {
    letGo();
    await held;
  };
}

it('says of each check how it stands, to everybody, also at a process that only makes deliveries', async () => {
  const [all, api, worker] = [
    await start(),
    await start({ POSTRIDER_ROLE: 'api' }),
    await start({ POSTRIDER_ROLE: 'worker' }),
  ];
  const { status, body } = await ask(all);
  expect(status).toBe(200);
  expect(body.ready).toBe(true);
  expect(body.checks.map((one) => one.check)).toEqual(['process', 'database', 'schema', 'worker']);
  expect((await ask(worker)).body).toEqual(body);
  expect((await ask(api)).body.checks.map((one) => one.check)).toEqual(['process', 'database', 'schema']);
  expect(await unwrap(all.as(undefined).readiness.get())).toEqual(body);
});

it('is not ready when the schema lacks a step, and is with one of a newer version', async () => {
  const server = await start();
  const { kysely } = home.database;
  await kysely.insertInto('postrider_migration').values({ name: '9999-of-tomorrow' }).execute();
  expect((await ask(server)).status).toBe(200);
  await kysely.deleteFrom('postrider_migration').where('name', 'like', '0003%').execute();
  server.clock.advance(1);
  expect((await ask(server)).status).toBe(503);
  expect(await checksThatAre(server, 'error')).toEqual(['schema']);
});

it('is not ready while the database does not answer or the loop is stuck, and is again afterwards', async () => {
  const server = await start();
  expect((await ask(server)).status).toBe(200);
  const release = await holdTables(home.database.kysely, 'postrider_migration, endpoint_work');
  try {
    server.clock.advance(1);
    const waiting = server.clock.nextWait(2_000);
    const answer = ask(server);
    await waiting;
    // The answer comes by the clock, while the database goes on saying nothing.
    server.clock.advance(31);
    expect((await answer).status).toBe(503);
    const again = server.clock.nextWait(2_000);
    const failed = checksThatAre(server, 'error');
    await again;
    server.clock.advance(2);
    expect(await failed).toEqual(['database', 'worker']);
  } finally {
    await release();
  }
  await expect
    .poll(async () => {
      server.clock.advance(1);
      return (await ask(server)).status;
    })
    .toBe(200);
  const lines = server.logs.join('');
  expect(lines).toContain('service.not_ready');
  expect(lines).toContain('service.ready');
});

describe('however often it is asked', () => {
  it('the database is asked once in a second', async () => {
    let asked = 0;
    const counting: KyselyPlugin = {
      transformQuery: ({ node }) => {
        if (JSON.stringify(node).includes('postrider_migration')) asked += 1;
        return node;
      },
      transformResult: async ({ result }) => result,
    };
    const database = { ...home.database, kysely: home.database.kysely.withPlugin(counting) };
    const server = await start({}, { ...home, database });
    server.clock.stop();
    asked = 0;
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(server)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(asked).toBe(1);
    server.clock.advance(1);
    await Promise.all([ask(server), ask(server)]);
    expect(asked).toBe(2);
  });

  it('no limit counts it', async () => {
    const server = await start({ POSTRIDER_API_RATE_LIMIT: '1', POSTRIDER_AUTH_RATE_LIMIT: '1' });
    for (let n = 0; n < 10; n++) expect((await ask(server)).status).toBe(200);
    const refused = await server.as('sk_nobodynobodynobody').application.list({ query: {} });
    expect(refused.status).toBe(401);
  });
});

it('a process that stops says so first, and takes calls until its delay is over', async () => {
  const server = await start({ POSTRIDER_DRAIN_DELAY: '60' });
  const { client } = await server.createEnvironment();
  expect((await ask(server)).status).toBe(200);
  const delay = server.clock.nextWait(60_000);
  const stopped = server.stop();
  servers.length = 0;
  await delay;
  const { status, body } = await ask(server);
  expect(status).toBe(503);
  expect(body.checks.filter((one) => one.status === 'error').map(({ check }) => check)).toEqual(['process']);
  expect((await client.application.create({ body: { name: 'Late' } })).status).toBe(201);
  server.clock.advance(60);
  await stopped;
  await expect(ask(server)).rejects.toThrow();
});
