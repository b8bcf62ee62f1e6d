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
    select (${attempts} and status = 0) as success, (${attempts} and status = 2) as fail`.execute(database);
  return rows[0] ?? { success: 0, fail: 0 };
}

/** Counting what waits ends here: it costs the same however much there is. */
const MOST_OPEN = 10_000;

/**
 * How many deliveries of messages with ids in the range wait for their first attempt or for another one, `MOST_OPEN` of
 * each kind at most. What was born claimed is in no index; it is not older than what its process has under way.
 */
export async function countOpenDeliveries(
  database: Queryable,
  { applicationId, endpointId }: EndpointKey,
  { first, last }: IdRange,
): Promise<{ pending: number; sending: number }> {
  const own = sql`application_id = ${applicationId} and endpoint_id = ${endpointId}
    and message_id between ${first} and ${last}`;
  const listed = (status: number) => sql`
    select count(*) from (
      select from delivery where ${own} and listed_status = ${status} order by message_id limit ${MOST_OPEN}
    ) as listed`;
  const { rows } = await sql<{ pending: number; sending: number }>`
    select (${listed(1)}) + (
        select count(*) from (
          select from delivery
          where ${own} and message_id >= (select min(settled_before) from worker)
            and status = 1 and listed_status is null
          order by message_id limit ${MOST_OPEN}
        ) as born
      ) as pending,
      (${listed(3)}) as sending`.execute(database);
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
