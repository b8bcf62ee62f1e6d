import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import type { Message } from './message.js';
import type { LabelFilter } from './message-label.js';
import { firstOfFilter } from './message-walk.js';
import type { Page } from './page.js';
import { allOf, cutWindow, type Window, walk, within } from './window.js';

/** Columns of `message` in lists. Without content the payload, which may be large, is not read. */
export const messageColumns = (withContent: boolean) => sql`
  message.application_id, message.id, message.event_type, message.event_id, message.channels, message.tags,
  ${withContent ? sql`message.payload` : sql`null`} as payload, null as headers,
  message.payload_expires_at, message.deliver_at, message.created_at`;

/**
 * The application's messages, newest first. Walks the primary key; where they are filtered, the index of what is rarest
 * among what is asked for.
 */
export async function listMessages(
  database: Queryable,
  applicationId: string,
  filter: LabelFilter & { readonly withContent: boolean },
  window: Window,
): Promise<Page<Message>> {
  const id = sql`message.id`;
  const first = await firstOfFilter(database, applicationId, filter, window);
  const from =
    first === undefined
      ? sql`message where ${allOf([sql`message.application_id = ${applicationId}`, within(id, window)])}`
      : sql`(${first}) as picked
          cross join lateral (
            select * from message where application_id = ${applicationId} and id = picked.id offset 0
          ) as message`;
  const { rows } = await sql<Message>`
    select ${messageColumns(filter.withContent)} from ${from} ${walk(id, window)}`.execute(database);
  return cutWindow(window, rows);
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
