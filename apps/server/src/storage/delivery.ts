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
 * What a resend that is due at `at` changes of a delivery that is there. Where somebody has it under way it becomes due
 * when that is recorded. The schedule is left as it is: what had not been tried yet keeps the time of its first attempt.
 */
export const asResend = (table: string, at: Date) => {
  const held = sql.table(table);
  return sql`
    manual = least(${held}.manual + 1, ${sql.lit(MAX_WAITING)}),
    retry_at = case
      when ${held}.status = 1 and ${held}.manual = 0
        then coalesce(
          ${held}.retry_at, case when ${held}.owner is null then ${held}.due_at end, ${at}::timestamptz
        )
      else ${held}.retry_at
    end,
    due_at = case
      when ${held}.owner is null then least(${held}.due_at, ${at}::timestamptz)
      else ${held}.due_at
    end`;
};

/**
 * Queues a resend of the message, due now. See `asResend`.
 */
export async function queueResend(
  transaction: Queryable,
  { applicationId, endpointId, messageId }: DeliveryKey,
  now: Date,
): Promise<void> {
  await sql`
    insert into delivery as held (application_id, endpoint_id, message_id, status, due_at, manual)
    values (${applicationId}, ${endpointId}, ${messageId}, 1, ${now}::timestamptz, 1)
    on conflict (application_id, endpoint_id, message_id) do update set ${asResend('held', now)}`.execute(
    transaction,
  );
}

/** A stretch of message ids; both ends are exclusive. */
export interface IdRange {
  readonly over: string;
  readonly under: string;
}
