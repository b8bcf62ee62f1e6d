import type { Queryable } from './database/database.js';
import { notFound } from './errors.js';
import { findMessage, findMessageKey, type Message, type MessageKey } from './storage/message.js';

/**
 * The message with this id or event id.
 *
 * @throws AppError 404 when the application has none
 */
export async function requireMessage(
  database: Queryable,
  applicationId: string,
  idOrEventId: string,
): Promise<Message> {
  const message = await findMessage(database, applicationId, idOrEventId);
  if (!message) throw notFound();
  return message;
}

/**
 * The id of the message with this id or event id, and whether it can be sent.
 *
 * @throws AppError 404 when the application has none
 */
export async function requireMessageKey(
  database: Queryable,
  applicationId: string,
  idOrEventId: string,
): Promise<MessageKey> {
  const message = await findMessageKey(database, applicationId, idOrEventId);
  if (!message) throw notFound();
  return message;
}
