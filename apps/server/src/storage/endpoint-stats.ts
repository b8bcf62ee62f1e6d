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

/** How many deliveries of messages with ids in the range wait for their first attempt, for another one, or never will. */
export async function countOpenDeliveries(
  database: Queryable,
  { applicationId, endpointId }: EndpointKey,
  { first, last }: IdRange,
): Promise<{ pending: number; sending: number; canceled: number }> {
  return database
    .selectFrom('delivery')
    .select([
      sql<number>`count(*) filter (where status = 1)`.as('pending'),
      sql<number>`count(*) filter (where status = 3)`.as('sending'),
      sql<number>`count(*) filter (where status = 4)`.as('canceled'),
    ])
    .where('application_id', '=', applicationId)
    .where('endpoint_id', '=', endpointId)
    .where('message_id', '>=', first)
    .where('message_id', '<=', last)
    .executeTakeFirstOrThrow();
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
