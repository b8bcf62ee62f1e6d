import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import type { ListedAttempt } from './attempt.js';
import type { Message } from './message.js';
import { hasEventType, hasLabels, type LabelFilter } from './message-label.js';
import { messageColumns } from './message-list.js';
import { allOf, opaque } from './window.js';

/**
 * Which transactions were committed at a moment: all before `xmin`, none from `xmax` on, and of those between all but
 * `xip`. Rows are committed in another order than that of their ids, so no id can say what somebody has seen; this can.
 */
export interface Snapshot {
  readonly xmin: number;
  readonly xmax: number;
  readonly xip: readonly number[];
}

/** Rows of a list that were committed after `since` and, where a walk is under way, not after `until`. */
export interface NewsWindow {
  readonly since: Snapshot;
  readonly until?: Snapshot | undefined;
  /** Ids are larger than this one, which bounds what is looked at. */
  readonly over: string;
  readonly under: string;
  readonly limit: number;
}

/** The oldest of what is new, at most `limit`, by their ids. */
export interface News<Row> {
  readonly rows: readonly Row[];
  readonly more: boolean;
  /** What was committed when this was read. */
  readonly at: Snapshot;
}

/** @throws Error for what the database does not write */
export function readSnapshot(text: string): Snapshot {
  const [xmin, xmax, xip] = text.split(':');
  if (xmin === undefined || xmax === undefined || xip === undefined) throw new Error('this is no snapshot');
  return { xmin: Number(xmin), xmax: Number(xmax), xip: xip === '' ? [] : xip.split(',').map(Number) };
}

/** What is committed now. */
export async function currentSnapshot(database: Queryable): Promise<Snapshot> {
  const { rows } = await sql<{ at: string }>`select pg_current_snapshot()::text as at`.execute(database);
  return readSnapshot(rows[0]?.at ?? '');
}

/** Transaction numbers of rows have 32 bits; the ones that went before are those of the present snapshot. */
const WRAP = sql`4294967296`;

/** The number of the transaction that wrote the row, in full. */
const writtenBy = (table: RawBuilder<unknown>) => sql`(
  ${table}.xmin::text::int8 + now.xmax - now.xmax % ${WRAP}
  - case when ${table}.xmin::text::int8 >= now.xmax % ${WRAP} then ${WRAP} else 0 end
)`;

const wasOpen = (xid: RawBuilder<unknown>, { xmax, xip }: Snapshot) =>
  sql`(${xid} >= ${xmax}::int8 or ${xid} = any(${[...xip]}::int8[]))`;

/** Conditions on a row's place in time; opaque, so that the index of the list is walked. */
function isNews(table: RawBuilder<unknown>, { since, until, over, under }: NewsWindow) {
  const xid = writtenBy(table);
  return [
    sql`${table}.id > ${over} and ${table}.id < ${under}`,
    opaque(wasOpen(xid, since)),
    ...(until === undefined ? [] : [opaque(sql`not ${wasOpen(xid, until)}`)]),
  ];
}

/** Reads rows together with the snapshot that they are read under, which one statement alone can do. */
async function readNews<Row extends { readonly id: string }>(
  database: Queryable,
  rows: RawBuilder<unknown>,
  limit: number,
): Promise<News<Row>> {
  type Found = { [K in keyof Row]: Row[K] | null } & { readonly snapshot: string };
  const result = await sql<Found>`
    with now as materialized (
      select pg_current_snapshot()::text as snapshot, pg_snapshot_xmax(pg_current_snapshot())::text::int8 as xmax
    )
    select found.*, now.snapshot from now left join lateral (${rows} limit ${limit + 1}) as found on true
    order by found.id`.execute(database);
  const isRow = (row: Found): row is Found & Row => row.id !== null;
  const found = result.rows.filter(isRow);
  return {
    rows: found.slice(0, limit),
    more: found.length > limit,
    at: readSnapshot(result.rows[0]?.snapshot ?? ''),
  };
}

/** The application's new messages, without their payloads. Walks the primary key. */
export function readNewMessages(
  database: Queryable,
  applicationId: string,
  filter: LabelFilter,
  window: NewsWindow,
): Promise<News<Message>> {
  const conditions = [
    sql`message.application_id = ${applicationId}`,
    ...isNews(sql`message`, window),
    ...hasEventType(sql`message.event_type`, filter).map(opaque),
    ...hasLabels(filter).map(opaque),
  ];
  const rows = sql`select ${messageColumns(false)} from message where ${allOf(conditions)} order by message.id`;
  return readNews(database, rows, window.limit);
}

/** The endpoint's new attempts, without content. Walks the indexes of those that succeeded and that failed. */
export function readNewAttempts(
  database: Queryable,
  key: { readonly applicationId: string; readonly endpointId: string },
  filter: LabelFilter & { readonly status?: number | undefined },
  window: NewsWindow,
): Promise<News<ListedAttempt>> {
  const labels = hasLabels(filter);
  const conditions = [
    sql`attempt.application_id = ${key.applicationId} and attempt.endpoint_id = ${key.endpointId}`,
    ...isNews(sql`attempt`, window),
    ...hasEventType(sql`attempt.event_type`, filter).map(opaque),
    ...(labels.length === 0
      ? []
      : [
          sql`exists (
            select from message
            where application_id = attempt.application_id and id = attempt.message_id and ${allOf(labels)} offset 0
          )`,
        ]),
  ];
  // The status is written out: only so does the planner know which index has all of them.
  const ofStatus = (status: 0 | 2) => sql`(
    select attempt.application_id, attempt.message_id, attempt.id, attempt.endpoint_id, attempt.event_type, attempt.url,
      attempt.status, attempt.status_code, attempt.duration_ms, attempt.trigger_type, null as response,
      attempt.created_at
    from attempt where ${allOf(conditions)} and attempt.status = ${sql.lit(status)}
    order by attempt.id limit ${window.limit + 1}
  )`;
  const statuses = ([0, 2] as const).filter((one) => filter.status === undefined || filter.status === one);
  // A status that no attempt has: nothing is read, but the time goes on.
  const parts =
    statuses.length === 0
      ? [sql`(select * from ${ofStatus(0)} as none where false)`]
      : statuses.map(ofStatus);
  const rows = sql`select * from (${sql.join(parts, sql` union all `)}) as attempt order by id`;
  return readNews(database, rows, window.limit);
}
