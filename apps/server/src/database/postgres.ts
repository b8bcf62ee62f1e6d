import { createSecureContext } from 'node:tls';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { ConfigurationError } from '../errors.js';
import type { Database, Session, Statement } from './database.js';
import type { Tables } from './tables.js';

/** int8 as a number: counts and milliseconds here stay far below 2^53. */
const INT8 = 20;

/** How long to wait for a connection before a request fails, in ms. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Connections for each kind of hot statement: they run in batches, one after the other. */
const HOT_POOL_SIZE = 2;

/** Statements here are short, so none is worth compiling. No call of the scale benchmark showed a difference. */
const SETTINGS = 'set jit = off';
/** What a plan may not contain, by kind of statement; see `Statement`. */
const PLANNER_SETTINGS = {
  free: 'set enable_seqscan = off',
  keyed: 'set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off',
};

/**
 * Connects to a PostgreSQL server through a pool. Connections are made when they are first needed.
 *
 * @param directUrl another address of the same database: `url` is that of a pooler then, which may give each transaction
 *   another connection, so nothing that belongs to a connection is left on one
 */
export async function openPostgres(url: string, poolSize: number, directUrl?: string): Promise<Database> {
  const isPooled = directUrl !== undefined;
  checkAddress('POSTRIDER_DATABASE_URL', url);
  if (directUrl !== undefined) checkAddress('POSTRIDER_DATABASE_DIRECT_URL', directUrl);
  const types = {
    getTypeParser: (id: number, format?: 'text' | 'binary') =>
      id === INT8 ? Number : pg.types.getTypeParser(id, format as 'text'),
  } as pg.CustomTypesConfig;
  const createPool = (max: number, settings = '') => {
    const pool = new pg.Pool({
      connectionString: url,
      max,
      types,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      application_name: 'postrider',
      onConnect: async (client) => {
        // A connection that breaks fails the statement under way; without a listener it would end the process too.
        client.on('error', () => {});
        if (!isPooled) await client.query(`${SETTINGS}; ${settings}`);
      },
    });
    pool.on('error', () => {});
    return pool;
  };
  const createHotPool = (plan: Statement['plan']) => createPool(HOT_POOL_SIZE, PLANNER_SETTINGS[plan]);
  const pool = createPool(poolSize);
  const hot = { free: createHotPool('free'), keyed: createHotPool('keyed') };
  let closed: Promise<void> | undefined;
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    kind: 'postgres',
    kysely,
    run: async <Row>(statement: Statement, parameters: readonly unknown[]) => {
      const runStatement = isPooled ? runInTransaction : runPrepared;
      return (await runStatement(hot[statement.plan], statement, parameters)) as Row[];
    },
    openSession: () => openSession(directUrl ?? url),
    pools: () => ({ main: statsOf(pool), accept: statsOf(hot.free), record: statsOf(hot.keyed) }),
    close: () => {
      closed ??= Promise.all([kysely.destroy(), hot.free.end(), hot.keyed.end()]).then(() => {});
      return closed;
    },
  };
}

/** @throws ConfigurationError when it is no address, or names a file that cannot be read or does not go with the others */
function checkAddress(name: string, connectionString: string): void {
  try {
    // Reads the address and its files, and does not connect.
    const { ssl }: { ssl: unknown } = new pg.Client({ connectionString });
    // The driver would find this out while it connects, and keep the process until the server hangs up.
    if (typeof ssl === 'object' && ssl !== null) createSecureContext(ssl);
  } catch (error) {
    throw new ConfigurationError(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function runPrepared(
  pool: pg.Pool,
  { name, text }: Statement,
  parameters: readonly unknown[],
): Promise<unknown[]> {
  return (await pool.query({ name, text, values: [...parameters] })).rows;
}

/**
 * The same behind a pooler: planned anew each time, since a prepared statement stays with a connection that is somebody
 * else's the next time, and with the planner's settings in its transaction. That is two more ways there and back.
 */
async function runInTransaction(
  pool: pg.Pool,
  { text, plan }: Statement,
  parameters: readonly unknown[],
): Promise<unknown[]> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(`begin; ${PLANNER_SETTINGS[plan].replaceAll('set ', 'set local ')}`);
    const { rows } = await client.query(text, [...parameters]);
    await client.query('commit');
    return rows;
  } catch (error) {
    // A connection that cannot even do this is closed, which takes the transaction back too.
    await client.query('rollback').catch((reason: Error) => {
      broken = reason;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

const statsOf = (pool: pg.Pool) => ({
  total: pool.totalCount,
  idle: pool.idleCount,
  waiting: pool.waitingCount,
});

/** A connection of its own, outside every pool; see `Session`. */
async function openSession(url: string): Promise<Session> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'postrider worker',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  const lost = new Promise<void>((resolve) => {
    client.once('end', resolve);
    client.on('error', () => resolve());
  });
  await client.connect();
  return {
    lost,
    query: async (text, parameters) => (await client.query(text, [...parameters])).rows,
    listen: async (channel, notice) => {
      client.on('notification', (message) => {
        if (message.channel === channel) notice();
      });
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
    },
    close: () => client.end(),
  };
}
