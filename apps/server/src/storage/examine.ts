import { ID_PREFIX } from '@postrider/contract';
import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import { startId } from '../ids.js';

/** The database's version and its clock. */
export async function readServer(
  database: Queryable,
): Promise<{ version: string; number: number; now: Date }> {
  const { rows } = await sql<{ version: string; number: number; now: Date }>`
    select current_setting('server_version') as version, current_setting('server_version_num')::int4 as number,
      clock_timestamp() as now`.execute(database);
  const [row] = rows;
  if (!row) throw new Error('the database does not tell its version');
  return row;
}

/** Dead rows from which a table is worth a look. */
const MANY = 100_000;

/** Tables that have more dead rows than living ones, and many. */
export async function findDeadRows(database: Queryable): Promise<{ name: string; dead: number }[]> {
  const { rows } = await sql<{ name: string; dead: number }>`
    select relname as name, n_dead_tup::int8 as dead from pg_stat_user_tables
    where schemaname = current_schema() and n_dead_tup >= ${MANY} and n_dead_tup > n_live_tup
    order by n_dead_tup desc`.execute(database);
  return rows;
}

/** Of what was counted and is not folded, the oldest. */
export async function findOldestTally(database: Queryable): Promise<Date | undefined> {
  const { rows } = await sql<{
    oldest: Date | null;
  }>`select min(bucket) as oldest from tally`.execute(database);
  return rows[0]?.oldest ?? undefined;
}

/** The oldest message that is older than `bound`, by the first of each application. */
export async function findOldestMessage(database: Queryable, bound: Date): Promise<Date | undefined> {
  const { rows } = await sql<{ created_at: Date }>`
    select first.created_at from application
    cross join lateral (
      select id, created_at from message where application_id = application.id order by id limit 1
    ) as first
    where first.id < ${startId(ID_PREFIX.message, bound)}
    order by first.created_at limit 1`.execute(database);
  return rows[0]?.created_at;
}
