import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import type { AttemptTable } from '../database/tables.js';
import { hasEventType, hasLabels, type LabelFilter } from './message-label.js';
import { rareMessages } from './message-walk.js';
import type { Page } from './page.js';
import { allOf, cutWindow, opaque, type Window, walk, within } from './window.js';

/** One request of a delivery and its answer. */
export type Attempt = Selectable<AttemptTable>;

/** An attempt as lists have it: without its headers. */
export type ListedAttempt = Omit<Attempt, 'signature' | 'response_headers' | 'sent_headers'>;

/** Which attempts: of one endpoint or of one message, and of those, which. */
export interface AttemptFilter extends LabelFilter {
  readonly status?: number | undefined;
  /** First of a hundred status codes. */
  readonly statusCodeClass?: number | undefined;
  readonly withContent: boolean;
}

/** What an attempt's status can be (0 success, 2 fail); that of a delivery can be more. */
const STATUSES: readonly (number | undefined)[] = [undefined, 0, 2];

/**
 * The endpoint's attempts, newest first. Walks the indexes of those that succeeded and that failed, or the one by event
 * type; where their messages have something rare, looks at the attempts of these messages.
 */
export async function listAttemptsOfEndpoint(
  database: Queryable,
  applicationId: string,
  endpointId: string,
  filter: AttemptFilter,
  window: Window,
): Promise<Page<ListedAttempt>> {
  if (!STATUSES.includes(filter.status)) return { rows: [], done: true };
  const key = { applicationId, endpointId };
  const source = await sourceOf(database, key, filter, conditionsOf(filter), window);
  return list(database, source, filter, window);
}

/** Counting ends here: further on it is an answer that nobody waits for. */
export const MOST_COUNTED = 50_000;

/**
 * How many attempts the list of the endpoint has in the window. At most `MOST_COUNTED` attempts are looked at, the
 * newest of them; `approximated` when there are more, so that it may be more.
 */
export async function countAttemptsOfEndpoint(
  database: Queryable,
  applicationId: string,
  endpointId: string,
  filter: AttemptFilter,
  bounds: Pick<Window, 'over' | 'under'>,
): Promise<{ count: number; approximated: boolean }> {
  if (!STATUSES.includes(filter.status)) return { count: 0, approximated: false };
  const window: Window = { ...bounds, limit: MOST_COUNTED, fromOldest: false };
  const key = { applicationId, endpointId };
  const { count, seen } = await (asksForStatusOnly(filter)
    ? countOfStatus(database, key, filter.status, window)
    : countOfFilter(database, key, filter, window));
  return { count: Math.min(count, MOST_COUNTED), approximated: seen > MOST_COUNTED };
}

const asksForStatusOnly = ({ eventTypes, statusCodeClass, ...labels }: AttemptFilter) =>
  eventTypes === undefined && statusCodeClass === undefined && hasLabels(labels).length === 0;

/** Counts the entries of the indexes by status; reads no attempt. */
async function countOfStatus(
  database: Queryable,
  { applicationId, endpointId }: EndpointKey,
  status: number | undefined,
  window: Window,
): Promise<{ count: number; seen: number }> {
  const statuses = status === undefined ? [0, 2] : [status];
  const counts = statuses.map(
    (one) => sql`(
      select count(*) from (
        select from attempt
        where application_id = ${applicationId} and endpoint_id = ${endpointId} and status = ${sql.lit(one)}
          and ${within(sql`id`, window)}
        limit ${window.limit + 1}
      ) as listed
    )`,
  );
  const { rows } = await sql<{ count: number }>`select ${sql.join(counts, sql` + `)} as count`.execute(
    database,
  );
  const count = Number(rows[0]?.count ?? 0);
  return { count, seen: count };
}

/** The filters come after the limit: what is looked at is limited, not what is found. */
async function countOfFilter(
  database: Queryable,
  key: EndpointKey,
  filter: AttemptFilter,
  window: Window,
): Promise<{ count: number; seen: number }> {
  const { from, conditions } = await sourceOf(database, key, filter, [], window);
  const { rows } = await sql<{ count: number; seen: number }>`
    select count(*) filter (where ${allOf([sql`true`, ...conditionsOf(filter)])})::int4 as count,
      count(*)::int4 as seen
    from (
      select attempt.application_id, attempt.message_id, attempt.status, attempt.status_code, attempt.event_type
      from ${from} where ${allOf([sql`true`, ...conditions])} ${walk(sql`attempt.id`, window)}
    ) as attempt`.execute(database);
  return rows[0] ?? { count: 0, seen: 0 };
}

/** Where attempts come from, as `attempt`, and which of them. */
interface Source {
  readonly from: RawBuilder<unknown>;
  readonly conditions: readonly RawBuilder<unknown>[];
}

interface EndpointKey {
  readonly applicationId: string;
  readonly endpointId: string;
}

/** Up to so many failures are searched for one of a type. */
const FEW_FAILURES = 2_000;

async function hasFewFailures(
  database: Queryable,
  { applicationId, endpointId }: EndpointKey,
): Promise<boolean> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int4 as count from (
      select from attempt where application_id = ${applicationId} and endpoint_id = ${endpointId} and status = 2
      limit ${FEW_FAILURES}
    ) as failed`.execute(database);
  return (rows[0]?.count ?? 0) < FEW_FAILURES;
}

/**
 * The attempts of some types with which a walk through all of them begins. Compared one by one and not as a row: a row
 * that is compared ends no walk before the application does.
 */
function firstOfTypes(
  { applicationId, endpointId }: EndpointKey,
  eventTypes: readonly string[],
  inner: readonly RawBuilder<unknown>[],
  window: Window,
) {
  const conditions = [
    sql`attempt.application_id = ${applicationId} and attempt.endpoint_id = ${endpointId}`,
    sql`attempt.event_type = wanted.event_type`,
    within(sql`attempt.id`, window),
    ...inner,
  ];
  const direction = sql.raw(window.fromOldest ? 'asc' : 'desc');
  return sql`
    select found.* from unnest(${[...eventTypes]}::text[]) as wanted(event_type)
    cross join lateral (
      select * from attempt where ${allOf(conditions)}
      order by attempt.application_id ${direction}, attempt.endpoint_id ${direction},
        attempt.event_type ${direction}, attempt.id ${direction}
      limit ${window.limit + 1}
    ) as found`;
}

/** `inner`: conditions that hold before anything is limited. */
async function sourceOf(
  database: Queryable,
  { applicationId, endpointId }: EndpointKey,
  filter: AttemptFilter,
  inner: readonly RawBuilder<unknown>[],
  window: Window,
): Promise<Source> {
  const id = sql`attempt.id`;
  const { eventTypes, status } = filter;
  const byLabel = { channel: filter.channel, tag: filter.tag };
  const rare = await rareMessages(database, applicationId, byLabel);
  if (rare) {
    // In the order of the index, message by message; the few that are left are sorted.
    const from = sql`(${rare}) as labelled
      cross join lateral (
        select * from attempt where application_id = ${applicationId} and message_id = labelled.message_id offset 0
      ) as attempt`;
    return { from, conditions: [opaque(sql`attempt.endpoint_id = ${endpointId}`), within(id, window)] };
  }
  const key = { applicationId, endpointId };
  if (eventTypes !== undefined && !(status === 2 && (await hasFewFailures(database, key)))) {
    return { from: sql`(${firstOfTypes(key, eventTypes, inner, window)}) as attempt`, conditions: [] };
  }
  const own = sql`attempt.application_id = ${applicationId} and attempt.endpoint_id = ${endpointId}`;
  const conditions = [own, within(id, window)];
  // Whatever succeeded was answered with 2xx.
  const onlyFailed = status === 2 || (filter.statusCodeClass !== undefined && filter.statusCodeClass !== 200);
  // The status is written out: only so does the planner know which index has all of them.
  if (status !== undefined || onlyFailed) {
    const only = !onlyFailed ? sql`attempt.status = 0` : sql`attempt.status = 2`;
    return { from: sql`attempt`, conditions: [...conditions, only] };
  }
  const inOrder = sql`order by ${id} ${sql.raw(window.fromOldest ? 'asc' : 'desc')} offset 0`;
  const from = sql`(
      (select * from attempt where ${allOf(conditions)} and attempt.status = 0 ${inOrder})
      union all
      (select * from attempt where ${allOf(conditions)} and attempt.status = 2 ${inOrder})
    ) as attempt`;
  return { from, conditions: [] };
}

/** The message's attempts at all endpoints or at one, newest first. Walks the primary key. */
export const listAttemptsOfMessage = (
  database: Queryable,
  applicationId: string,
  messageId: string,
  filter: AttemptFilter & { readonly endpointId?: string | undefined },
  window: Window,
): Promise<Page<ListedAttempt>> => {
  if (!STATUSES.includes(filter.status)) return Promise.resolve({ rows: [], done: true });
  const own = sql`attempt.application_id = ${applicationId} and attempt.message_id = ${messageId}`;
  const { endpointId } = filter;
  const atEndpoint = endpointId === undefined ? [] : [opaque(sql`attempt.endpoint_id = ${endpointId}`)];
  const conditions = [own, ...atEndpoint, within(sql`attempt.id`, window)];
  return list(database, { from: sql`attempt`, conditions }, filter, window);
};

async function list(
  database: Queryable,
  { from, conditions }: Source,
  filter: AttemptFilter,
  window: Window,
): Promise<Page<ListedAttempt>> {
  const all = [...conditions, ...conditionsOf(filter)];
  const { rows } = await sql<ListedAttempt>`
    select attempt.application_id, attempt.message_id, attempt.id, attempt.endpoint_id, attempt.event_type,
      attempt.url, attempt.status, attempt.status_code, attempt.duration_ms, attempt.trigger_type,
      ${filter.withContent ? sql`attempt.response` : sql`null`} as response, attempt.created_at
    from ${from}
    where ${allOf(all.length === 0 ? [sql`true`] : all)} ${walk(sql`attempt.id`, window)}`.execute(database);
  return cutWindow(window, rows);
}

function conditionsOf(filter: AttemptFilter) {
  const { status, statusCodeClass: least } = filter;
  const labels = hasLabels(filter);
  return [
    ...(status === undefined ? [] : [opaque(sql`attempt.status = ${status}`)]),
    ...(least === undefined ? [] : [opaque(sql`attempt.status_code between ${least} and ${least + 99}`)]),
    ...hasEventType(sql`attempt.event_type`, filter).map(opaque),
    ...(labels.length === 0
      ? []
      : [
          sql`exists (
            select from message
            where application_id = attempt.application_id and id = attempt.message_id and ${allOf(labels)}
            offset 0
          )`,
        ]),
  ];
}

/** The attempt with this id of the message. */
export async function findAttempt(
  database: Queryable,
  applicationId: string,
  messageId: string,
  id: string,
): Promise<Attempt | undefined> {
  return database
    .selectFrom('attempt')
    .selectAll()
    .where('application_id', '=', applicationId)
    .where('message_id', '=', messageId)
    .where('id', '=', id)
    .executeTakeFirst();
}
