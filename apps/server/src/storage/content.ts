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
