import { ID_PREFIX } from '@postrider/contract';
import { type Selectable, sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import type { MessageTable } from '../database/tables.js';

/** A message as stored. */
export type Message = Selectable<MessageTable>;

/** What other things of a message hang on. */
export interface MessageKey {
  readonly id: string;
  readonly hasPayload: boolean;
}

/**
 * Which column a caller's name of a message is looked for in: event ids never begin as ids do. Asking for both in one
 * statement might read all messages of the application.
 */
const nameColumn = (idOrEventId: string) => (idOrEventId.startsWith(ID_PREFIX.message) ? 'id' : 'event_id');

/** The message with this id or event id in the application. */
export async function findMessage(
  database: Queryable,
  applicationId: string,
  idOrEventId: string,
): Promise<Message | undefined> {
  return database
    .selectFrom('message')
    .selectAll()
    .where('application_id', '=', applicationId)
    .where(nameColumn(idOrEventId), '=', idOrEventId)
    .executeTakeFirst();
}

/** The same without what it says, which may be large. */
export async function findMessageKey(
  database: Queryable,
  applicationId: string,
  idOrEventId: string,
): Promise<MessageKey | undefined> {
  return database
    .selectFrom('message')
    .select(['id', sql<boolean>`payload is not null`.as('hasPayload')])
    .where('application_id', '=', applicationId)
    .where(nameColumn(idOrEventId), '=', idOrEventId)
    .executeTakeFirst();
}

/** The message that was created under an idempotency key; undefined when the key is unknown. */
export async function findMessageOfKey(
  database: Queryable,
  applicationId: string,
  key: string,
): Promise<{ messageId: string; message: Message | undefined } | undefined> {
  const row = await database
    .selectFrom('message_idempotency_key')
    .select('message_id')
    .where('application_id', '=', applicationId)
    .where('key', '=', key)
    .executeTakeFirst();
  if (!row) return undefined;
  const message = await database
    .selectFrom('message')
    .selectAll()
    .where('application_id', '=', applicationId)
    .where('id', '=', row.message_id)
    .executeTakeFirst();
  return { messageId: row.message_id, message };
}

/** Frees an idempotency key that stands for a message that was never stored. */
export async function deleteMessageKey(
  database: Queryable,
  applicationId: string,
  key: string,
  messageId: string,
): Promise<void> {
  await database
    .deleteFrom('message_idempotency_key')
    .where('application_id', '=', applicationId)
    .where('key', '=', key)
    .where('message_id', '=', messageId)
    .execute();
}
