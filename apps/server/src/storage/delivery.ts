import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import type { DeliveryKey } from './worker.js';

type EndpointKey = Pick<DeliveryKey, 'applicationId' | 'endpointId'>;

/** More resends of one delivery than this do not wait at once: what is asked for beyond is the same thing again. */
const MAX_WAITING = 1000;

/**
 * Whether the endpoint receives messages. If so, it does until the transaction ends: who closes it waits for that, and
 * then cancels what the transaction has queued.
 */
export async function lockOpenEndpoint(
  transaction: Queryable,
  { applicationId, endpointId }: EndpointKey,
): Promise<boolean> {
  const row = await transaction
    .selectFrom('endpoint')
    .select('id')
    .where('application_id', '=', applicationId)
    .where('id', '=', endpointId)
    .where('deleted_at', 'is', null)
    .where('disabled', '=', false)
    .forShare()
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Queues a resend of the message, due now. Where somebody has the delivery under way it becomes due when that is
 * recorded. The schedule is left as it is: what had not been tried yet keeps the time of its first attempt.
 */
export async function queueResend(
  transaction: Queryable,
  { applicationId, endpointId, messageId }: DeliveryKey,
  now: Date,
): Promise<void> {
  await sql`
    insert into delivery as held (application_id, endpoint_id, message_id, status, due_at, manual)
    values (${applicationId}, ${endpointId}, ${messageId}, 1, ${now}::timestamptz, 1)
    on conflict (application_id, endpoint_id, message_id) do update set
      manual = least(held.manual + 1, ${sql.lit(MAX_WAITING)}),
      retry_at = case
        when held.status = 1 and held.manual = 0
          then coalesce(held.retry_at, case when held.owner is null then held.due_at end, excluded.due_at)
        else held.retry_at
      end,
      due_at = case
        when held.owner is null then least(held.due_at, excluded.due_at)
        else held.due_at
      end`.execute(transaction);
}

/** A stretch of message ids; both ends are exclusive. */
export interface IdRange {
  readonly over: string;
  readonly under: string;
}

/**
 * Queues a resend of up to `limit` messages of the range that have failed, oldest first, due now. Left out are those
 * that a resend waits for or that somebody has under way, and those whose payload is not kept any more. Nobody is waited
 * for. Gives how many, and the last message.
 */
export async function queueFailed(
  transaction: Queryable,
  { applicationId, endpointId }: EndpointKey,
  { over, under }: IdRange,
  now: Date,
  limit: number,
): Promise<{ count: number; last: string | null }> {
  const { rows } = await sql<{ count: number; last: string | null }>`
    with picked as materialized (
      select delivery.message_id from delivery
      cross join lateral (
        select payload is not null as kept from message
        where application_id = delivery.application_id and id = delivery.message_id offset 0
      ) as message
      where delivery.application_id = ${applicationId} and delivery.endpoint_id = ${endpointId}
        and delivery.message_id > ${over} and delivery.message_id < ${under}
        and coalesce(delivery.status = 2 and delivery.manual = 0 and delivery.owner is null, false)
        and coalesce(message.kept, false)
      order by delivery.message_id
      limit ${limit}
      for update of delivery skip locked
    ),
    queued as (
      update delivery set manual = 1, due_at = ${now}::timestamptz
      where application_id = ${applicationId} and endpoint_id = ${endpointId}
        and message_id = any(array(select message_id from picked))
      returning message_id
    )
    select count(*)::int4 as count, max(message_id) as last from queued`.execute(transaction);
  return rows[0] ?? { count: 0, last: null };
}
