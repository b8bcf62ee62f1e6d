import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import { FOR_ONE } from './message-label.js';

/** Applications in the order of their ids, `limit` after the given one; deleted ones too. */
export async function listApplicationIds(
  database: Queryable,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await database
    .selectFrom('application')
    .select('id')
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}

const affected = (result: { numAffectedRows?: bigint }): number => Number(result.numAffectedRows ?? 0);

/** How many rows one statement may remove. */
export interface Portion {
  /** Of each application, or of each endpoint: so that one with many does not keep the others waiting. */
  readonly each: number;
  readonly all: number;
}

/** Removes attempts of messages with an id below `bound`, `each` of an application; gives how many. */
export async function deleteOldAttempts(
  database: Queryable,
  applicationIds: readonly string[],
  bound: string,
  { each, all }: Portion,
): Promise<number> {
  return affected(
    await sql`
      delete from attempt using (
        select old.* from unnest(${applicationIds}::text[]) as application(id)
        cross join lateral (
          select application_id, message_id, id from attempt
          where application_id = application.id and message_id < ${bound}
          order by message_id, id limit ${each}
        ) as old
        limit ${all}
      ) as gone
      where attempt.application_id = gone.application_id and attempt.message_id = gone.message_id
        and attempt.id = gone.id`.execute(database),
  );
}

/** Removes deliveries of messages with an id below `bound`, `each` of an endpoint; gives how many. */
export async function deleteOldDeliveries(
  database: Queryable,
  applicationIds: readonly string[],
  bound: string,
  { each, all }: Portion,
): Promise<number> {
  return affected(
    await sql`
      delete from delivery using (
        select old.* from unnest(${applicationIds}::text[]) as application(id)
        join endpoint on endpoint.application_id = application.id
        cross join lateral (
          select application_id, endpoint_id, message_id from delivery
          where application_id = endpoint.application_id and endpoint_id = endpoint.id and message_id < ${bound}
          order by message_id limit ${each}
        ) as old
        limit ${all}
      ) as gone
      where delivery.application_id = gone.application_id and delivery.endpoint_id = gone.endpoint_id
        and delivery.message_id = gone.message_id`.execute(database),
  );
}

/** Removes messages with an id below `bound` and their labels, `each` of an application; gives how many. */
export async function deleteOldMessages(
  database: Queryable,
  applicationIds: readonly string[],
  bound: string,
  { each, all }: Portion,
): Promise<number> {
  return affected(
    await sql`
      with gone as (
        select old.* from unnest(${applicationIds}::text[]) as application(id)
        cross join lateral (
          select application_id, id, channels, tags from message
          where application_id = application.id and id < ${bound}
          order by id limit ${each}
        ) as old
        limit ${all}
      ),
      unlabelled as (
        delete from message_label using (
          select application_id, 'c' || channel as label, id from gone cross join unnest(channels) as channel
          union all
          select application_id, 't' || tag, id from gone cross join unnest(tags) as tag
          union all
          select application_id, ${sql.lit(FOR_ONE)}, id from gone
        ) as old
        where message_label.application_id = old.application_id and message_label.label = old.label
          and message_label.id = old.id
      )
      delete from message using gone
      where message.application_id = gone.application_id and message.id = gone.id`.execute(database),
  );
}

/** Erases at most `limit` payloads whose time is over; gives how many. */
export async function expirePayloads(database: Queryable, now: Date, limit: number): Promise<number> {
  return affected(
    await sql`
      update message set payload = null, payload_expires_at = null
      from (
        select application_id, id from message
        where payload_expires_at <= ${now}::timestamptz
        order by payload_expires_at limit ${limit}
      ) as gone
      where message.application_id = gone.application_id and message.id = gone.id`.execute(database),
  );
}

/** Removes at most `limit` idempotency keys of messages made before `before`; gives how many. */
export async function deleteOldMessageKeys(
  database: Queryable,
  before: Date,
  limit: number,
): Promise<number> {
  return affected(
    await sql`
      delete from message_idempotency_key where ctid = any(array(
        select ctid from message_idempotency_key where created_at < ${before}::timestamptz limit ${limit}
      ))`.execute(database),
  );
}

/** Removes at most `limit` endpoint secrets that no longer sign; gives how many. */
export async function deleteEndedSecrets(database: Queryable, now: Date, limit: number): Promise<number> {
  return affected(
    await sql`
      delete from endpoint_secret where ctid = any(array(
        select ctid from endpoint_secret where expires_at <= ${now}::timestamptz limit ${limit}
      ))`.execute(database),
  );
}

/** Tables from which the retention removes rows. */
export const HOT_TABLES = [
  'message',
  'message_label',
  'delivery',
  'attempt',
  'message_idempotency_key',
  'endpoint_work',
] as const;
type HotTable = (typeof HOT_TABLES)[number];

/** Gives space of removed rows back, for a database that does not do so by itself. */
export async function vacuumTable(database: Queryable, table: HotTable): Promise<void> {
  await sql`vacuum ${sql.table(table)}`.execute(database);
}

/** Lets the planner know what a table holds by now, where nobody else does. */
export async function analyzeTable(database: Queryable, table: HotTable): Promise<void> {
  await sql`analyze ${sql.table(table)}`.execute(database);
}

/** The same for the tally of attempts, which is emptied all the time. */
export async function vacuumTally(database: Queryable): Promise<void> {
  await sql`vacuum tally`.execute(database);
}
