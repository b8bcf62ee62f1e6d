import { type Selectable, sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import type { AttemptTable } from '../database/tables.js';
import { hasEventType, hasLabels, type LabelFilter } from './message-label.js';
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

/** The endpoint's attempts, newest first. Walks the index of its attempts, or the one of those that failed. */
export const listAttemptsOfEndpoint = (
  database: Queryable,
  applicationId: string,
  endpointId: string,
  filter: AttemptFilter,
  window: Window,
): Promise<Page<ListedAttempt>> => {
  const own = sql`attempt.application_id = ${applicationId} and attempt.endpoint_id = ${endpointId}`;
  // Written out: only so does the planner know that the index of failures has all of them.
  const failed = filter.status === 2 ? [sql`attempt.status = 2`] : [];
  return list(database, [own, ...failed], filter, window);
};

/** The message's attempts at all endpoints or at one, newest first. Walks the primary key. */
export const listAttemptsOfMessage = (
  database: Queryable,
  applicationId: string,
  messageId: string,
  filter: AttemptFilter & { readonly endpointId?: string | undefined },
  window: Window,
): Promise<Page<ListedAttempt>> => {
  const own = sql`attempt.application_id = ${applicationId} and attempt.message_id = ${messageId}`;
  const { endpointId } = filter;
  const atEndpoint = endpointId === undefined ? [] : [opaque(sql`attempt.endpoint_id = ${endpointId}`)];
  return list(database, [own, ...atEndpoint], filter, window);
};

async function list(
  database: Queryable,
  own: Parameters<typeof allOf>[0],
  filter: AttemptFilter,
  window: Window,
): Promise<Page<ListedAttempt>> {
  if (!STATUSES.includes(filter.status)) return { rows: [], done: true };
  const id = sql`attempt.id`;
  const conditions = [...own, within(id, window), ...conditionsOf(filter)];
  const { rows } = await sql<ListedAttempt>`
    select application_id, message_id, id, endpoint_id, event_type, url, status, status_code, duration_ms,
      trigger_type, ${filter.withContent ? sql`response` : sql`null`} as response, created_at
    from attempt
    where ${allOf(conditions)} ${walk(id, window)}`.execute(database);
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
