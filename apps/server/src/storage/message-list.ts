import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import type { Message } from './message.js';
import { hasLabels, type LabelFilter } from './message-label.js';
import type { Page } from './page.js';
import { allOf, cutWindow, opaque, type Window, walk, within } from './window.js';

/** Columns of `message` in lists. Without content the payload, which may be large, is not read. */
export const messageColumns = (withContent: boolean) => sql`
  message.application_id, message.id, message.event_type, message.event_id, message.channels, message.tags,
  ${withContent ? sql`message.payload` : sql`null`} as payload, null as headers,
  message.payload_expires_at, message.deliver_at, message.created_at`;

/**
 * The application's messages, newest first. Walks the primary key; where event types are asked for, the index of each of
 * them, so that a rare one is found as soon as a frequent one.
 */
export async function listMessages(
  database: Queryable,
  applicationId: string,
  filter: LabelFilter & { readonly withContent: boolean },
  window: Window,
): Promise<Page<Message>> {
  const { eventTypes } = filter;
  const id = sql`message.id`;
  const labels = hasLabels(filter).map(opaque);
  const from =
    eventTypes === undefined
      ? sql`message where ${allOf([sql`message.application_id = ${applicationId}`, within(id, window), ...labels])}`
      : sql`(${firstOfTypes(applicationId, eventTypes, labels, window)}) as picked
          cross join lateral (
            select * from message where application_id = ${applicationId} and id = picked.id offset 0
          ) as message`;
  const { rows } = await sql<Message>`
    select ${messageColumns(filter.withContent)} from ${from} ${walk(id, window)}`.execute(database);
  return cutWindow(window, rows);
}

/** Ids of the messages of some types with which a walk through all of them begins. Compared so, only one index fits. */
function firstOfTypes(
  applicationId: string,
  eventTypes: readonly string[],
  labels: readonly RawBuilder<unknown>[],
  window: Window,
) {
  const place = sql`message.application_id, message.event_type, message.id`;
  const conditions = [
    sql`(${place}) > (${applicationId}, wanted.event_type, ${window.over})`,
    sql`(${place}) < (${applicationId}, wanted.event_type, ${window.under})`,
    ...labels,
  ];
  const direction = sql.raw(window.fromOldest ? 'asc' : 'desc');
  return sql`
    select found.id from unnest(${[...eventTypes]}::text[]) as wanted(event_type)
    cross join lateral (
      select message.id from message where ${allOf(conditions)}
      order by message.application_id ${direction}, message.event_type ${direction}, message.id ${direction}
      limit ${window.limit + 1}
    ) as found
    ${walk(sql`found.id`, window)}`;
}

/** The messages with these ids, without their payloads. Those that are gone are left out. */
export async function findMessages(
  database: Queryable,
  applicationId: string,
  ids: readonly string[],
): Promise<Map<string, Message>> {
  const { rows } = await sql<Message>`
    select ${messageColumns(false)} from unnest(${[...new Set(ids)]}::text[]) as wanted(id)
    cross join lateral (
      select * from message where application_id = ${applicationId} and id = wanted.id offset 0
    ) as message`.execute(database);
  return new Map(rows.map((row) => [row.id, row]));
}
