import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import { IDEMPOTENCY_HOURS } from './accept.js';

/*
 * Idempotency keys of calls of an environment that are committed with what they make. They are kept with those of
 * messages: in the place of the application stands the environment, in that of the message the thing that was made.
 */

/**
 * Takes the key, which belongs to nothing yet; gives what an earlier call has made under it, undefined when this one is
 * the first. Waits for a call under way.
 */
export async function takeCallKey(
  transaction: Queryable,
  environmentId: string,
  key: string,
  now: Date,
): Promise<string | undefined> {
  const { rows } = await sql`
    insert into message_idempotency_key as held (application_id, key, message_id, created_at)
    values (${environmentId}, ${key}, '', ${now}::timestamptz)
    on conflict (application_id, key) do update set message_id = '', created_at = excluded.created_at
      where held.created_at < excluded.created_at - interval '${sql.raw(String(IDEMPOTENCY_HOURS))} hours'
    returning key`.execute(transaction);
  if (rows.length > 0) return undefined;
  const held = await transaction
    .selectFrom('message_idempotency_key')
    .select('message_id')
    .where('application_id', '=', environmentId)
    .where('key', '=', key)
    .executeTakeFirst();
  return held?.message_id;
}

/** Says what was made under a key that the same transaction has taken. */
export async function nameCallKey(
  transaction: Queryable,
  environmentId: string,
  key: string,
  id: string,
): Promise<void> {
  await transaction
    .updateTable('message_idempotency_key')
    .set({ message_id: id })
    .where('application_id', '=', environmentId)
    .where('key', '=', key)
    .execute();
}
