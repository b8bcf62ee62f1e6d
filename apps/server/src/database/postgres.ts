import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Database } from './database.js';
import type { Tables } from './tables.js';

/** int8 as a number: counts and milliseconds here stay far below 2^53. */
const INT8 = 20;

/** How long to wait for a connection before a request fails, in ms. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Connects to a PostgreSQL server through a pool. Connections are made when they are first needed. */
export async function openPostgres(url: string, poolSize: number): Promise<Database> {
  const types = {
    getTypeParser: (id: number, format?: 'text' | 'binary') =>
      id === INT8 ? Number : pg.types.getTypeParser(id, format as 'text'),
  } as pg.CustomTypesConfig;
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    types,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'postrider',
  });
  // An idle connection that breaks is replaced by the pool; without a listener the event would end the process.
  pool.on('error', () => {});
  let closed: Promise<void> | undefined;
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    kind: 'postgres',
    kysely,
    run: async <Row>(statement: { name: string; text: string }, parameters: readonly unknown[]) => {
      const result = await pool.query({
        name: statement.name,
        text: statement.text,
        values: [...parameters],
      });
      return result.rows as Row[];
    },
    close: () => {
      closed ??= kysely.destroy();
      return closed;
    },
  };
}
