import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';

/** Counting ends here: it is a figure for an alarm. */
const MOST = 100_000;

/** How many deliveries wait (for now or later), and for how many seconds the oldest due one has. */
export async function measureQueue(
  database: Queryable,
  now: Date,
): Promise<{ depth: number; ageSeconds: number }> {
  const { rows } = await sql<{ depth: number; oldest: Date | null }>`
    select
      (select count(*)::int4 from (select 1 from delivery where due_at is not null limit ${MOST}) as waiting) as depth,
      (select next_due_at from endpoint_work where next_due_at < 'infinity' order by next_due_at limit 1) as oldest`.execute(
    database,
  );
  const { depth = 0, oldest = null } = rows[0] ?? {};
  return { depth, ageSeconds: oldest === null ? 0 : Math.max(0, (now.getTime() - oldest.getTime()) / 1000) };
}
