import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import { tallyCanceled } from './attempt-tally.js';

/** An endpoint that may have deliveries due, with what decides how many are taken. */
export interface DueEndpoint {
  readonly applicationId: string;
  readonly endpointId: string;
  readonly revision: number;
  /** Disabled or deleted: its deliveries are to be closed. */
  readonly closed: boolean;
  readonly throttleRate: number | null;
  readonly tokens: number;
  readonly refilledAt: Date | null;
  readonly applicationThrottleRate: number | null;
}

/** A delivery that was taken, with its message. */
export interface ClaimedDelivery {
  readonly applicationId: string;
  readonly endpointId: string;
  readonly messageId: string;
  readonly lease: number;
  readonly attempts: number;
  readonly manual: number;
  readonly retryAt: Date | null;
  readonly eventType: string;
  readonly eventId: string | null;
  /** Null: the payload is not kept any more. */
  readonly payload: string | null;
  readonly headers: string | null;
  readonly traceParent: string | null;
  /** When the message could be delivered first. */
  readonly readyAt: Date;
}

/**
 * Endpoints that may have deliveries due, locked until the transaction ends; those of other claims under way are passed
 * over, and those in `full` unless they are closed: to cancel takes no room. Whoever is due first comes first, one row
 * an endpoint: however much waits for one of them, it does not stand before the others.
 */
export async function lockDueEndpoints(
  transaction: Queryable,
  now: Date,
  full: readonly string[],
  limit: number,
): Promise<DueEndpoint[]> {
  const closed = sql`(endpoint.disabled or endpoint.deleted_at is not null or application.deleted_at is not null)`;
  const { rows } = await sql<DueEndpoint>`
    select work.application_id as "applicationId", work.endpoint_id as "endpointId", application.revision,
      ${closed} as closed,
      endpoint.throttle_rate as "throttleRate", work.tokens, work.refilled_at as "refilledAt",
      application.throttle_rate as "applicationThrottleRate"
    from endpoint_work as work
    cross join lateral (
      select * from endpoint
      where application_id = work.application_id and id = work.endpoint_id offset 0
    ) as endpoint
    cross join lateral (select * from application where id = work.application_id offset 0) as application
    where work.next_due_at <= ${now}::timestamptz and (work.endpoint_id <> all(${full}::text[]) or ${closed})
    order by work.next_due_at
    limit ${limit}
    for update of work skip locked`.execute(transaction);
  return rows;
}

/** Takes up to `limits[i]` due deliveries of each endpoint for `owner` until `leaseUntil`. */
export async function claimDeliveries(
  transaction: Queryable,
  endpoints: readonly { applicationId: string; endpointId: string; limit: number }[],
  owner: number,
  now: Date,
  leaseUntil: Date,
): Promise<ClaimedDelivery[]> {
  const { rows } = await sql<ClaimedDelivery>`
    with picked as materialized (
      select due.application_id, due.endpoint_id, due.message_id
      from unnest(
        ${endpoints.map((one) => one.applicationId)}::text[],
        ${endpoints.map((one) => one.endpointId)}::text[],
        ${endpoints.map((one) => one.limit)}::int4[]
      ) as wanted(application_id, endpoint_id, most)
      cross join lateral (
        select application_id, endpoint_id, message_id from delivery
        where application_id = wanted.application_id and endpoint_id = wanted.endpoint_id
          and due_at <= ${now}::timestamptz
        order by due_at
        limit wanted.most
        for update skip locked
      ) as due
    ),
    claimed as (
      update delivery
      set owner = ${owner}, lease = delivery.lease + 1, due_at = ${leaseUntil}::timestamptz
      from picked
      where delivery.application_id = picked.application_id and delivery.endpoint_id = picked.endpoint_id
        and delivery.message_id = picked.message_id
      returning delivery.*
    )
    select claimed.application_id as "applicationId", claimed.endpoint_id as "endpointId",
      claimed.message_id as "messageId", claimed.lease, claimed.attempts, claimed.manual,
      claimed.retry_at as "retryAt", message.event_type as "eventType", message.event_id as "eventId", message.payload, message.headers,
      message.trace_parent as "traceParent",
      coalesce(message.deliver_at, message.created_at) as "readyAt"
    from claimed
    cross join lateral (
      select * from message
      where application_id = claimed.application_id and id = claimed.message_id offset 0
    ) as message`.execute(transaction);
  return rows;
}

/** What becomes of a delivery that waits and is closed; see `cancelDeliveries`. */
const AS_CANCELED = sql`
  status = case when delivery.status in (0, 2) then delivery.status else 4 end,
  due_at = null, retry_at = null, manual = 0`;

/**
 * Closes, in the same way as `cancelDeliveries`, the waiting deliveries of one endpoint among the first `scan` of a range
 * of messages, and those whose first attempt is under way, which would wait once that has failed. Gives how many, and up
 * to where it got; null is the end of the range.
 */
export async function cancelRange(
  transaction: Queryable,
  { applicationId, endpointId }: { readonly applicationId: string; readonly endpointId: string },
  { over, under }: { readonly over: string; readonly under: string },
  scan: number,
  now: Date,
): Promise<{ count: number; last: string | null }> {
  const { rows } = await sql<{ count: number; scanned: number; last: string | null }>`
    with page as materialized (
      select message_id, due_at, owner from delivery
      where application_id = ${applicationId} and endpoint_id = ${endpointId}
        and message_id > ${over} and message_id < ${under}
      order by message_id
      limit ${scan}
    ),
    waiting as materialized (
      select application_id, endpoint_id, message_id, status from delivery
      where application_id = ${applicationId} and endpoint_id = ${endpointId}
        and message_id = any(array(select message_id from page where due_at is not null or owner is not null))
        and (due_at is not null or (owner is not null and status in (1, 3)))
      order by message_id
      for update
    ),
    canceled as (
      update delivery set ${AS_CANCELED}
      where application_id = ${applicationId} and endpoint_id = ${endpointId}
        and message_id = any(array(select message_id from waiting))
      returning message_id
    ),
    counted as (${tallyCanceled(sql`(select * from waiting where status not in (0, 2, 4))`, now)})
    select (select count(*)::int4 from canceled) as count,
      (select count(*)::int4 from page) as scanned, (select max(message_id) from page) as last`.execute(
    transaction,
  );
  const { count, scanned, last } = rows[0] ?? { count: 0, scanned: 0, last: null };
  return { count, last: scanned < scan ? null : last };
}

/**
 * Closes up to `limit` waiting deliveries of each endpoint: they are canceled, for everybody to see; of those that were
 * done and wait for a resend only the resend is. Gives how many. Those that somebody has under way keep their owner, so
 * that a success is still recorded.
 */
export async function cancelDeliveries(
  transaction: Queryable,
  endpoints: readonly { applicationId: string; endpointId: string }[],
  limit: number,
  now: Date,
): Promise<number> {
  const result = await sql`
    with picked as materialized (
      select waiting.* from unnest(
        ${endpoints.map((one) => one.applicationId)}::text[], ${endpoints.map((one) => one.endpointId)}::text[]
      ) as closed(application_id, endpoint_id)
      cross join lateral (
        select application_id, endpoint_id, message_id, status from delivery
        where application_id = closed.application_id and endpoint_id = closed.endpoint_id and due_at is not null
        limit ${limit}
        for update skip locked
      ) as waiting
    ),
    counted as (${tallyCanceled(sql`(select * from picked where status not in (0, 2, 4))`, now)})
    update delivery set ${AS_CANCELED}
    from picked
    where delivery.application_id = picked.application_id and delivery.endpoint_id = picked.endpoint_id
      and delivery.message_id = picked.message_id`.execute(transaction);
  return Number(result.numAffectedRows ?? 0);
}

/** When the first endpoint after `now` is to be looked at; undefined when nothing waits for later. */
export async function findNextDue(database: Queryable, now: Date): Promise<Date | undefined> {
  const row = await database
    .selectFrom('endpoint_work')
    .select('next_due_at')
    .where('next_due_at', '>', now)
    .where(sql<boolean>`next_due_at < 'infinity'`)
    .orderBy('next_due_at')
    .limit(1)
    .executeTakeFirst();
  return row?.next_due_at;
}

/** What an endpoint's bucket holds after a claim, and when it may be taken from again. */
export interface WorkUpdate {
  readonly applicationId: string;
  readonly endpointId: string;
  readonly tokens: number;
  readonly refilledAt: Date | null;
  /** Not looked at before this instant, although something may be due; null: as soon as something is. */
  readonly notBefore: Date | null;
  /** Looked at by this instant if anything waits, although it may be due later. */
  readonly notAfter: Date | null;
}

/**
 * Notes when each endpoint is to be looked at next: when the earliest of its deliveries is due. It is a statement of
 * its own after the claim, so it sees what others have committed meanwhile; what they commit later finds the row
 * locked, and lowers it afterwards.
 */
export async function updateWork(transaction: Queryable, updates: readonly WorkUpdate[]): Promise<void> {
  await sql`
    update endpoint_work as work
    set tokens = given.tokens, refilled_at = given.refilled_at,
      next_due_at = greatest(given.not_before, coalesce((
        select least(due_at, given.not_after) from delivery
        where application_id = given.application_id and endpoint_id = given.endpoint_id and due_at is not null
        order by due_at limit 1
      ), 'infinity'))
    from unnest(
      ${updates.map((one) => one.applicationId)}::text[], ${updates.map((one) => one.endpointId)}::text[],
      ${updates.map((one) => one.tokens)}::real[], ${updates.map((one) => one.refilledAt)}::timestamptz[],
      ${updates.map((one) => one.notBefore)}::timestamptz[], ${updates.map((one) => one.notAfter)}::timestamptz[]
    ) as given(application_id, endpoint_id, tokens, refilled_at, not_before, not_after)
    where work.application_id = given.application_id and work.endpoint_id = given.endpoint_id`.execute(
    transaction,
  );
}

/** The buckets of throttled applications, locked until the transaction ends; made full where there is none. */
export async function lockApplicationBuckets(
  transaction: Queryable,
  applications: readonly { id: string; rate: number }[],
  now: Date,
): Promise<{ applicationId: string; tokens: number; refilledAt: Date }[]> {
  const { rows } = await sql<{ applicationId: string; tokens: number; refilledAt: Date }>`
    insert into application_throttle as bucket (application_id, tokens, refilled_at)
    select id, greatest(1, rate), ${now}::timestamptz
    from unnest(${applications.map((one) => one.id)}::text[], ${applications.map((one) => one.rate)}::int4[])
      as given(id, rate)
    order by id
    on conflict (application_id) do update set tokens = bucket.tokens
    returning application_id as "applicationId", tokens, refilled_at as "refilledAt"`.execute(transaction);
  return rows;
}

export async function updateApplicationBucket(
  transaction: Queryable,
  applicationId: string,
  tokens: number,
  refilledAt: Date,
): Promise<void> {
  await transaction
    .updateTable('application_throttle')
    .set({ tokens, refilled_at: refilledAt })
    .where('application_id', '=', applicationId)
    .execute();
}
