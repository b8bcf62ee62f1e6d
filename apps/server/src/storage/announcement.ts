import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import { OPERATIONAL_ENVIRONMENT } from './operational.js';

/** An operational event to be told to whoever listens in the environment. */
export interface Announcement {
  readonly environmentId: string;
  /** Id of the message that it becomes. */
  readonly id: string;
  readonly type: string;
  /** Body of the request. */
  readonly payload: string;
  readonly createdAt: Date;
}

/**
 * Parts of a statement that make messages and deliveries of `told` (environment_id, id, type, payload, created_at).
 * `listening` is one row for each endpoint that gets one; nothing is written where nobody listens. The deliveries are
 * due at once: whoever has the statement notes so in `endpoint_work`, from `listening`. An endpoint that is closed
 * meanwhile has its deliveries canceled as any other.
 */
export const ANNOUNCE_PARTS = `
listener as materialized (
  select asked.environment_id, endpoint.application_id, endpoint.id as endpoint_id, endpoint.event_types
  from (select distinct environment_id from told) as asked
  cross join lateral (
    select id from application
    where environment_id = '${OPERATIONAL_ENVIRONMENT}' and uid = asked.environment_id offset 0
  ) as application
  cross join lateral (
    select * from endpoint
    where application_id = application.id and not disabled and deleted_at is null offset 0
  ) as endpoint
),
listening as materialized (
  select told.id, told.type, told.payload, told.created_at, listener.application_id, listener.endpoint_id
  from told join listener on listener.environment_id = told.environment_id
  where listener.event_types is null or told.type = any(listener.event_types)
),
announced as (
  insert into message (application_id, id, event_type, payload, created_at)
  select distinct application_id, id, type, payload, created_at from listening
),
addressed as (
  insert into delivery (application_id, endpoint_id, message_id, status, due_at)
  select application_id, endpoint_id, id, 1, created_at from listening
)`;

/**
 * Stores the announcements as messages for the endpoints that listen, in the transaction of what they tell about, and
 * at its end: the endpoints' locks come after all others. Gives the ids of those that somebody listens to.
 */
export async function insertAnnouncements(
  transaction: Queryable,
  announcements: readonly Announcement[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with told as materialized (
      select * from unnest(
        ${announcements.map((one) => one.environmentId)}::text[], ${announcements.map((one) => one.id)}::text[],
        ${announcements.map((one) => one.type)}::text[], ${announcements.map((one) => one.payload)}::text[],
        ${announcements.map((one) => one.createdAt)}::timestamptz[]
      ) as t(environment_id, id, type, payload, created_at)
    ),
    ${sql.raw(ANNOUNCE_PARTS)},
    waiting as (
      insert into endpoint_work as work (application_id, endpoint_id, next_due_at)
      select application_id, endpoint_id, min(created_at) from listening
      group by application_id, endpoint_id
      order by application_id, endpoint_id
      on conflict (application_id, endpoint_id) do update
        set next_due_at = least(work.next_due_at, excluded.next_due_at)
    )
    select distinct id from listening`.execute(transaction);
  return rows.map((row) => row.id);
}
