import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';

/** A process that takes work. */
export interface Worker {
  readonly number: number;
  /** What was born in it with a smaller message id is settled. */
  readonly settledBefore: string;
  readonly seenAt: Date;
}

/** Registers a process; gives its number. */
export async function insertWorker(database: Queryable, now: Date, settledBefore: string): Promise<number> {
  const { number } = await database
    .insertInto('worker')
    .values({ started_at: now, seen_at: now, settled_before: settledBefore })
    .returning('number')
    .executeTakeFirstOrThrow();
  return number;
}

/** Says that the process lives and how far it is; false when it was taken for dead and its work was taken over. */
export async function updateWorker(
  database: Queryable,
  number: number,
  now: Date,
  settledBefore: string,
): Promise<boolean> {
  const row = await database
    .updateTable('worker')
    .set({ seen_at: now, settled_before: settledBefore })
    .where('number', '=', number)
    .returning('number')
    .executeTakeFirst();
  return row !== undefined;
}

/** Every registered process but this one. */
export async function listOtherWorkers(database: Queryable, number: number): Promise<Worker[]> {
  return database
    .selectFrom('worker')
    .select(['number', 'settled_before as settledBefore', 'seen_at as seenAt'])
    .where('number', '<>', number)
    .execute();
}

/** First key of the advisory locks that processes hold on their numbers. */
export const WORKER_LOCK = 1_886_351_987;

/** Whether nobody holds the lock of the number: the process is dead. The lock is taken until the transaction ends. */
export async function isWorkerDead(transaction: Queryable, number: number): Promise<boolean> {
  const { rows } = await sql<{ dead: boolean }>`
    select pg_try_advisory_xact_lock(${WORKER_LOCK}::int4, ${number}::int4) as dead`.execute(transaction);
  return rows[0]?.dead ?? false;
}

/** Whether the process has said nothing since `seenAt`. Its row is locked until the transaction ends, so that it cannot. */
export async function isWorkerSilent(transaction: Queryable, { number, seenAt }: Worker): Promise<boolean> {
  const row = await transaction
    .selectFrom('worker')
    .select('seen_at')
    .where('number', '=', number)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined && row.seen_at.getTime() <= seenAt.getTime();
}

/**
 * Puts everything that a dead process had under way back into the queue, due now, and forgets the process. Gives how
 * many deliveries that were, or undefined when somebody else did it.
 *
 * What was born in the process is looked for endpoint by endpoint, from the message on below which all was settled:
 * its rows are in no index of their own, since the usual path would pay for that.
 */
export async function takeOverWorker(
  transaction: Queryable,
  worker: Worker,
  now: Date,
  longestLeaseMs: number,
): Promise<number | undefined> {
  const gone = await transaction
    .deleteFrom('worker')
    .where('number', '=', worker.number)
    .returning(['number', 'settled_before'])
    .executeTakeFirst();
  if (!gone) return undefined;
  const until = new Date(Math.max(now.getTime(), worker.seenAt.getTime()) + longestLeaseMs);
  const { rows } = await sql<{ count: number }>`
    with found as materialized (
      select born.* from endpoint
      cross join lateral (
        select application_id, endpoint_id, message_id from delivery
        where application_id = endpoint.application_id and endpoint_id = endpoint.id
          and message_id >= ${gone.settled_before}
          and owner = ${worker.number} and due_at is null and status in (1, 3)
        offset 0
      ) as born
      union
      select claimed.* from endpoint_work as work
      cross join lateral (
        select application_id, endpoint_id, message_id from delivery
        where application_id = work.application_id and endpoint_id = work.endpoint_id
          and due_at between ${worker.seenAt}::timestamptz and ${until}::timestamptz
          and owner = ${worker.number}
        offset 0
      ) as claimed
      where work.next_due_at < 'infinity'
    ),
    freed as (
      update delivery set owner = null, lease = delivery.lease + 1, due_at = ${now}::timestamptz
      from found
      where delivery.application_id = found.application_id and delivery.endpoint_id = found.endpoint_id
        and delivery.message_id = found.message_id and delivery.owner = ${worker.number}
      returning delivery.application_id, delivery.endpoint_id
    ),
    waiting as (
      insert into endpoint_work as work (application_id, endpoint_id, next_due_at)
      select application_id, endpoint_id, ${now}::timestamptz from freed
      group by application_id, endpoint_id
      order by application_id, endpoint_id
      on conflict (application_id, endpoint_id) do update
        set next_due_at = least(work.next_due_at, excluded.next_due_at)
    )
    select count(*)::int4 as count from freed`.execute(transaction);
  return rows[0]?.count ?? 0;
}

/** A delivery by its key. */
export interface DeliveryKey {
  readonly applicationId: string;
  readonly endpointId: string;
  readonly messageId: string;
}

/** A delivery under the lease that somebody took it by; 0 is that of one that was born taken. */
export interface HeldDelivery extends DeliveryKey {
  readonly lease: number;
}

/**
 * Puts deliveries that `owner` has under these leases back into the queue, due at `at`; those that it does not have, or
 * has taken anew, are left alone.
 */
export async function releaseDeliveries(
  transaction: Queryable,
  owner: number,
  keys: readonly HeldDelivery[],
  at: Date,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with freed as (
      update delivery set owner = null, lease = delivery.lease + 1, due_at = ${at}::timestamptz
      from unnest(
        ${keys.map((one) => one.applicationId)}::text[], ${keys.map((one) => one.endpointId)}::text[],
        ${keys.map((one) => one.messageId)}::text[], ${keys.map((one) => one.lease)}::int4[]
      ) as given(application_id, endpoint_id, message_id, lease)
      where delivery.application_id = given.application_id and delivery.endpoint_id = given.endpoint_id
        and delivery.message_id = given.message_id and delivery.owner = ${owner} and delivery.lease = given.lease
        and (delivery.status in (1, 3) or delivery.manual > 0)
      returning delivery.application_id, delivery.endpoint_id
    ),
    waiting as (
      insert into endpoint_work as work (application_id, endpoint_id, next_due_at)
      select application_id, endpoint_id, ${at}::timestamptz from freed
      group by application_id, endpoint_id
      order by application_id, endpoint_id
      on conflict (application_id, endpoint_id) do update
        set next_due_at = least(work.next_due_at, excluded.next_due_at)
    )
    select count(*)::int4 as count from freed`.execute(transaction);
  return rows[0]?.count ?? 0;
}

/** Forgets a process that ends in order. */
export async function deleteWorker(database: Queryable, number: number): Promise<void> {
  await database.deleteFrom('worker').where('number', '=', number).execute();
}
