import type { Operation } from '@postrider/contract';
import type { KyselyPlugin } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '../../src/api-keys.js';
import { type Home, openHome, startServer, type TestServer } from '../harness.js';
import { cannotAnswer, ENDPOINTS, ROWS } from '../refusal-rows.js';
import { callWith, derivedProvocations, openCallers, type Refusal, type Stage } from '../refusals.js';
import { REACH_RECEIVERS } from '../scene.js';
import { type Holdings, OPERATIONS, openHoldings, pathOf } from '../tenants.js';

/*
 * Every error that an operation of the contract documents, provoked. Most ways follow from the contract: who may call,
 * what the path names, what is taken. The others are rows of test/refusal-rows.ts. An operation that documents an error
 * to which there is no way fails here until it has one.
 */

/** Operations that are there to say that the database is away. */
const AWAY = ['health.get', 'readiness.get'];
/** Errors with a way of their own below. */
const hasOwnWay = (name: string, status: number): boolean =>
  status === 429 || (status === 503 && AWAY.includes(name));

let home: Home;
let server: TestServer;
/** A process that lets nobody call twice. */
let strict: TestServer;
let owner: Holdings;
let stage: Stage;
let databaseIsAway = false;
/** A key of an environment that has nothing. */
let passer: string;

/** The database, which cannot be reached while the test says so. */
function withLapses(of: Home): Home {
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      if (databaseIsAway) throw new Error('Connection terminated unexpectedly');
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return { ...of, database: { ...of.database, kysely: of.database.kysely.withPlugin(plugin) } };
}

beforeAll(async () => {
  home = await openHome();
  server = await startServer(
    { ...REACH_RECEIVERS, POSTRIDER_AUTH_RATE_LIMIT: '1000000', POSTRIDER_MAX_ENDPOINTS: String(ENDPOINTS) },
    withLapses(home),
  );
  owner = await openHoldings(server, 'owner');
  const key = await createApiKey(server.context, owner.environment.id, ['environment', 'management']);
  stage = {
    url: server.url,
    context: server.context,
    owner,
    callers: await openCallers(owner, key),
    waiting: async (calls) => {
      let over = false;
      const answered = calls.finally(() => {
        over = true;
      });
      while (!over) {
        await Promise.race([answered, server.clock.nextWait(50)]);
        server.clock.advance(31);
      }
      return answered;
    },
  };
  passer = await createApiKey(server.context, 'org_passer', ['environment', 'management']);
  strict = await startServer({ POSTRIDER_API_RATE_LIMIT: '1', POSTRIDER_AUTH_RATE_LIMIT: '1' }, home);
});
afterAll(async () => {
  await owner.scene.close();
  await strict.stop();
  await server.stop();
  await home.remove();
});

const documented = ({ route }: Operation): number[] =>
  Object.keys(route.responses)
    .map(Number)
    .filter((status) => status >= 300);

function expectRefused(refusals: readonly Refusal[], status: number, code: string | undefined): void {
  expect(refusals).not.toEqual([]);
  for (const refusal of refusals) expect(refusal, refusal.text).toMatchObject({ status, code });
}

describe.each(OPERATIONS)('%s', (name, operation) => {
  const derived = derivedProvocations(name, operation);
  const rows = ROWS.filter((row) => row.name === name);

  it('documents no error that nothing here provokes', () => {
    const provoked = new Set([...derived, ...rows].map(({ status }) => status));
    const open = documented(operation).filter(
      (status) => !provoked.has(status) && !hasOwnWay(name, status) && !cannotAnswer(name, operation, status),
    );
    expect(open, 'give it a row in test/refusal-rows.ts').toEqual([]);
    const answered = [...provoked].filter((status) => cannotAnswer(name, operation, status));
    expect(answered, 'it can answer what test/refusal-rows.ts says it cannot').toEqual([]);
  });

  for (const { status, code, provoke } of derived) {
    it(`answers ${status}`, async () => {
      expectRefused(await provoke(stage), status, code);
    });
  }

  for (const { status, code, provoke } of rows) {
    it(`answers ${status} ${code}`, async () => {
      expectRefused([await provoke(stage)], status, code);
    });
  }

  if (!cannotAnswer(name, operation, 429)) {
    it('answers 429 to who calls too often', async () => {
      const params = Object.fromEntries(Object.keys(owner.params).map((param) => [param, 'nobody']));
      const path = pathOf(name, operation, { ...owner, params });
      const call = () => callWith({ ...stage, url: strict.url }, name, operation, { path, token: passer });
      // Calls are counted by the second of the machine: what comes too late is called once more.
      await expect
        .poll(call, { interval: 0, timeout: 30_000 })
        .toMatchObject({ status: 429, code: 'rate_limited' });
    });
  }
});

it('while the database is away health says so with 503, and other calls may be made again soon', async () => {
  const health = () => fetch(`${server.url}/api/v1/health/`);
  databaseIsAway = true;
  try {
    const answer = await health();
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ database: { status: 'error' } });
    for (const [name, { path }] of OPERATIONS.filter(([one]) => AWAY.includes(one))) {
      expect((await fetch(server.url + path)).status, name).toBe(503);
    }
    const headers = { authorization: `Bearer ${stage.callers.key}` };
    const other = await fetch(`${server.url}/api/v1/app/`, { headers });
    expect([other.status, other.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await other.json()).toMatchObject({ code: 'service_unavailable' });
  } finally {
    databaseIsAway = false;
  }
  expect((await health()).status).toBe(200);
});

it('no row is left of an operation that is gone', () => {
  const names = new Set(OPERATIONS.map(([name]) => name));
  expect(ROWS.filter(({ name }) => !names.has(name))).toEqual([]);
});
