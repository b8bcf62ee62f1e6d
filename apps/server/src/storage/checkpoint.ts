import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';

/** How far the database's log has run since the last checkpoint, and when that was. */
export async function readLogSinceCheckpoint(database: Queryable): Promise<{ bytes: number; at: Date }> {
  const { rows } = await sql<{ bytes: number; at: Date }>`
    select pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn)::int8 as bytes, checkpoint_time as at
    from pg_control_checkpoint()`.execute(database);
  const [row] = rows;
  if (!row) throw new Error('the database tells nothing of its checkpoint');
  return row;
}

/** Writes what changed into its files, and lets go of the log before that. */
export async function checkpoint(database: Queryable): Promise<void> {
  await sql`checkpoint`.execute(database);
}
