import { ID_PREFIX } from '@postrider/contract';
import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';

/** What stands in the place of an answer that was erased (spec: wire behaviour, section 6.5). */
export const EXPUNGED = 'EXPUNGED';

/**
 * Erases payload and own headers of the messages with these ids or event ids. Gives which of them there are, those that
 * were erased before as well. Who has a message under way has its payload in memory, until the request ends.
 */
export async function erasePayloads(
  database: Queryable,
  applicationId: string,
  idsOrEventIds: readonly string[],
): Promise<Set<string>> {
  const isId = (name: string) => name.startsWith(ID_PREFIX.message);
  const byId = await erase(database, applicationId, 'id', idsOrEventIds.filter(isId));
  const byEventId = await erase(
    database,
    applicationId,
    'event_id',
    idsOrEventIds.filter((name) => !isId(name)),
  );
  return new Set([...byId, ...byEventId]);
}

/** Rows are locked in the order of their ids, so that two calls do not wait for each other. */
async function erase(
  database: Queryable,
  applicationId: string,
  column: 'id' | 'event_id',
  names: readonly string[],
): Promise<string[]> {
  if (names.length === 0) return [];
  const { rows } = await sql<{ name: string }>`
    with picked as materialized (
      select id, ${sql.ref(column)} as name from message
      where application_id = ${applicationId} and ${sql.ref(column)} = any(${names}::text[])
      order by id
      for update
    ),
    erased as (
      update message set payload = null, headers = null, payload_expires_at = null
      where application_id = ${applicationId} and id = any(array(select id from picked))
        and (payload is not null or headers is not null)
    )
    select name from picked`.execute(database);
  return rows.map((row) => row.name);
}

/** Erases the body of the answer to an attempt; false when there is no such attempt. */
export async function eraseAnswer(
  database: Queryable,
  applicationId: string,
  messageId: string,
  id: string,
): Promise<boolean> {
  const row = await database
    .updateTable('attempt')
    .set({ response: EXPUNGED })
    .where('application_id', '=', applicationId)
    .where('message_id', '=', messageId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** How far an erasure of everything is. */
export interface Erased {
  readonly count: number;
  /** Where it goes on; null when there is nothing more. */
  readonly last: string | null;
}

/** Erases payloads and own headers of the messages between two ids, both exclusive, looking at `limit` of them. */
export async function erasePayloadsBetween(
  transaction: Queryable,
  applicationId: string,
  { over, under }: { readonly over: string; readonly under: string },
  limit: number,
): Promise<Erased> {
  const { rows } = await sql<Erased & { looked: number }>`
    with picked as materialized (
      select id, payload is not null or headers is not null as is_full from message
      where application_id = ${applicationId} and id > ${over} and id < ${under}
      order by id limit ${limit}
      for update
    ),
    erased as (
      update message set payload = null, headers = null, payload_expires_at = null
      where application_id = ${applicationId} and id = any(array(select id from picked where is_full))
      returning id
    )
    select (select count(*)::int4 from erased) as count, max(id) as last, count(*)::int4 as looked
    from picked`.execute(transaction);
  const { count = 0, last = null, looked = 0 } = rows[0] ?? {};
  return { count, last: looked < limit ? null : last };
}

/** An attempt by its place in the primary key, behind the application. */
export interface AttemptPlace {
  readonly messageId: string;
  readonly id: string;
}

/**
 * Erases answers, bodies and headers, of the attempts behind a place to messages below an id, looking at `limit` of them.
 * Gives the place where it goes on; null when there is nothing more.
 */
export async function eraseAnswersBehind(
  transaction: Queryable,
  applicationId: string,
  { messageId, id }: AttemptPlace,
  under: string,
  limit: number,
): Promise<AttemptPlace | null> {
  const { rows } = await sql<{ messageId: string; id: string; looked: number }>`
    with picked as materialized (
      select message_id, id, response is not null or response_headers is not null as is_full from attempt
      where application_id = ${applicationId} and message_id < ${under}
        and (application_id, message_id, id) > (${applicationId}, ${messageId}, ${id})
      order by application_id, message_id, id limit ${limit}
      for update
    ),
    erased as (
      update attempt
      set response = case when attempt.response is null then null else ${EXPUNGED} end, response_headers = null
      from picked
      where attempt.application_id = ${applicationId} and attempt.message_id = picked.message_id
        and attempt.id = picked.id and picked.is_full
    )
    select message_id as "messageId", id, (select count(*)::int4 from picked) as looked
    from picked order by message_id desc, id desc limit 1`.execute(transaction);
  const [last] = rows;
  return last && last.looked === limit ? { messageId: last.messageId, id: last.id } : null;
}
