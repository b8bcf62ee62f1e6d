import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../database/database.js';

/** Seconds that one row of figures stands for. The rows of each span are complete by themselves, as long as they are kept. */
export const SPAN = { fiveMinutes: 300, hour: 3_600, day: 86_400 } as const;
export type Span = (typeof SPAN)[keyof typeof SPAN];

/** Any number that nobody else locks: "tallies" as bytes. */
const FOLD_LOCK = '32757075480830323';

/** Start of the row that an instant is counted in. */
const bucketOf = (at: string) => `date_bin(interval '5 minutes', ${at}, timestamptz 'epoch')`;

/**
 * The part of the statement that records attempts which counts those that were really stored, in its own commit: an
 * attempt counts once however often it is recorded. `source` has the attempts' columns.
 */
export const tallyAttempts = (source: string) => `
  insert into tally (application_id, endpoint_id, event_type, bucket, success, fail, canceled)
  select application_id, endpoint_id, event_type, ${bucketOf('created_at')} as bucket,
    count(*) filter (where status = 0), count(*) filter (where status = 2), 0
  from ${source} group by application_id, endpoint_id, event_type, bucket`;

/**
 * The same for what is canceled: `source` has the keys of deliveries that became so at `at`.
 */
export const tallyCanceled = (source: RawBuilder<unknown>, at: Date) => sql`
  insert into tally (application_id, endpoint_id, event_type, bucket, success, fail, canceled)
  select gone.application_id, gone.endpoint_id, message.event_type,
    ${sql.raw(bucketOf('given.at'))}, 0, 0, count(*)
  from ${source} as gone
  cross join (select ${at}::timestamptz as at) as given
  cross join lateral (
    select event_type from message where application_id = gone.application_id and id = gone.message_id offset 0
  ) as message
  group by gone.application_id, gone.endpoint_id, message.event_type, given.at`;

const ADD = sql`success = held.success + excluded.success, fail = held.fail + excluded.fail,
  canceled = held.canceled + excluded.canceled`;
const SUMS = sql`sum(success), sum(fail), sum(canceled)`;
const SPANS = sql.raw(
  Object.values(SPAN)
    .map((span) => `(${span})`)
    .join(', '),
);

/**
 * Adds up to `limit` rows of the tally to the figures of every span and removes them, in one commit. One process does so
 * at a time, the others find nothing. Gives how many rows.
 */
export async function foldTally(database: Queryable, limit: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with mine as materialized (select pg_try_advisory_xact_lock(${sql.raw(FOLD_LOCK)}::int8) as locked),
    taken as (
      delete from tally where ctid = any(array(
        select ctid from tally where (select locked from mine) limit ${limit} for update skip locked
      ))
      returning *
    ),
    every as (
      select application_id, endpoint_id, event_type, span, success, fail, canceled,
        date_bin(make_interval(secs => span), bucket, timestamptz 'epoch') as bucket
      from taken cross join (values ${SPANS}) as spans(span)
    ),
    by_endpoint as (
      insert into endpoint_activity as held (application_id, endpoint_id, bucket, span, success, fail, canceled)
      select application_id, endpoint_id, bucket, span, ${SUMS} from every
      group by application_id, endpoint_id, bucket, span order by application_id, endpoint_id, span, bucket
      on conflict (application_id, endpoint_id, bucket, span) do update set ${ADD}
    ),
    by_type as (
      insert into event_type_activity as held (application_id, event_type, bucket, span, success, fail, canceled)
      select application_id, event_type, bucket, span, ${SUMS} from every
      group by application_id, event_type, bucket, span order by application_id, span, bucket, event_type
      on conflict (application_id, bucket, event_type, span) do update set ${ADD}
    )
    select count(*)::int4 as count from taken`.execute(database);
  return rows[0]?.count ?? 0;
}

/** Removes up to `limit` rows of the span from each table that begin before `before`; gives how many. */
export async function deleteOldActivity(
  database: Queryable,
  span: Span,
  before: Date,
  limit: number,
): Promise<number> {
  let count = 0;
  for (const table of ['endpoint_activity', 'event_type_activity']) {
    const result = await sql`
      delete from ${sql.table(table)} where ctid = any(array(
        select ctid from ${sql.table(table)} where -span = ${sql.lit(-span)} and bucket < ${before}::timestamptz
        order by bucket limit ${limit}
      ))`.execute(database);
    count += Number(result.numAffectedRows ?? 0);
  }
  return count;
}
