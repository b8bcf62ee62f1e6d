import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';

interface EndpointKey {
  readonly applicationId: string;
  readonly endpointId: string;
}

/** The ids of a period, both ends included. */
interface IdRange {
  readonly first: string;
  readonly last: string;
}

/** How many attempts of the endpoint have ids in the range. Two counts of indexes alone: no attempt is read. */
export async function countAttempts(
  database: Queryable,
  { applicationId, endpointId }: EndpointKey,
  { first, last }: IdRange,
): Promise<{ success: number; fail: number }> {
  const attempts = sql`
    select count(*) from attempt
    where application_id = ${applicationId} and endpoint_id = ${endpointId}
      and id between ${first} and ${last}`;
  const { rows } = await sql<{ success: number; fail: number }>`
    select total - fail as success, fail
    from (select (${attempts}) as total, (${attempts} and status = 2) as fail) as counted`.execute(database);
  return rows[0] ?? { success: 0, fail: 0 };
}

/** Counting what waits ends here: it costs the same however much there is. */
const MOST_OPEN = 100_000;

/**
 * How many deliveries of messages with ids in the range wait for their first attempt or for another one. Looked at are
 * those that wait for a time, and those that a process has under way since they were born, `MOST_OPEN` of each at most.
 */
export async function countOpenDeliveries(
  database: Queryable,
  { applicationId, endpointId }: EndpointKey,
  { first, last }: IdRange,
): Promise<{ pending: number; sending: number }> {
  const own = sql`application_id = ${applicationId} and endpoint_id = ${endpointId}`;
  const { rows } = await sql<{ pending: number; sending: number }>`
    select count(*) filter (where status = 1) as pending, count(*) filter (where status = 3) as sending
    from (
      (select message_id, status from delivery where ${own} and due_at is not null
        order by due_at limit ${MOST_OPEN})
      union
      (select message_id, status from delivery
        where ${own} and message_id >= (select min(settled_before) from worker)
        order by message_id limit ${MOST_OPEN})
    ) as open
    where message_id >= ${first} and message_id <= ${last}`.execute(database);
  return rows[0] ?? { pending: 0, sending: 0 };
}

/** The endpoint's throttle as last counted, and since when a delivery has been due; undefined when none ever was. */
export async function findHeldBack(
  database: Queryable,
  { applicationId, endpointId }: EndpointKey,
  now: Date,
): Promise<{ tokens: number; refilledAt: Date | null; dueSince: Date | null } | undefined> {
  return database
    .selectFrom('endpoint_work as work')
    .select(['work.tokens', 'work.refilled_at as refilledAt'])
    .select((select) =>
      select
        .selectFrom('delivery')
        .select(sql<Date | null>`min(due_at)`.as('due_at'))
        .where('application_id', '=', applicationId)
        .where('endpoint_id', '=', endpointId)
        .where('due_at', '<=', now)
        .as('dueSince'),
    )
    .where('work.application_id', '=', applicationId)
    .where('work.endpoint_id', '=', endpointId)
    .executeTakeFirst();
}
