import type { Queryable } from '../database/database.js';

/** A call with an idempotency key: under way while `answer` is null. */
export interface IdempotentCall {
  readonly owner: string;
  readonly lockedUntil: Date;
  readonly answer: Uint8Array | null;
}

/** The call with this id, unless it is too old to count. */
export async function findIdempotentCall(
  database: Queryable,
  id: Uint8Array,
  now: Date,
): Promise<IdempotentCall | undefined> {
  return database
    .selectFrom('idempotency_key')
    .select(['owner', 'locked_until as lockedUntil', 'answer'])
    .where('id', '=', id)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

/**
 * Takes the call for `owner`: true when nobody has it, when its owner's time is over without an answer, or when the
 * stored one is too old to count. One statement, so that of many callers one wins.
 */
export async function takeIdempotentCall(
  database: Queryable,
  call: { id: Uint8Array; owner: string; now: Date; lockedUntil: Date; expiresAt: Date },
): Promise<boolean> {
  const row = await database
    .insertInto('idempotency_key')
    .values({
      id: call.id,
      owner: call.owner,
      locked_until: call.lockedUntil,
      answer: null,
      created_at: call.now,
      expires_at: call.expiresAt,
    })
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet({
          owner: call.owner,
          locked_until: call.lockedUntil,
          answer: null,
          created_at: call.now,
          expires_at: call.expiresAt,
        })
        .where((where) =>
          where.or([
            where('idempotency_key.expires_at', '<=', call.now),
            where.and([
              where('idempotency_key.answer', 'is', null),
              where('idempotency_key.locked_until', '<=', call.now),
            ]),
          ]),
        ),
    )
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Says that the owner still works on it. */
export async function renewIdempotentCall(
  database: Queryable,
  id: Uint8Array,
  owner: string,
  lockedUntil: Date,
): Promise<void> {
  await database
    .updateTable('idempotency_key')
    .set({ locked_until: lockedUntil })
    .where('id', '=', id)
    .where('owner', '=', owner)
    .where('answer', 'is', null)
    .execute();
}

/** Keeps the sealed answer for whoever repeats the call. */
export async function storeIdempotentAnswer(
  database: Queryable,
  id: Uint8Array,
  owner: string,
  answer: Uint8Array,
): Promise<void> {
  await database
    .updateTable('idempotency_key')
    .set({ answer })
    .where('id', '=', id)
    .where('owner', '=', owner)
    .execute();
}

/** Lets go of a call that did not succeed: the next one runs again. */
export async function releaseIdempotentCall(
  database: Queryable,
  id: Uint8Array,
  owner: string,
): Promise<void> {
  await database
    .deleteFrom('idempotency_key')
    .where('id', '=', id)
    .where('owner', '=', owner)
    .where('answer', 'is', null)
    .execute();
}

/** Lets go of every call under way: for a database that one process has alone, when that process starts. */
export async function releaseAllIdempotentCalls(database: Queryable): Promise<void> {
  await database.deleteFrom('idempotency_key').where('answer', 'is', null).execute();
}

/** Removes at most `limit` calls that no longer count; gives how many. */
export async function deleteExpiredIdempotentCalls(
  database: Queryable,
  now: Date,
  limit: number,
): Promise<number> {
  const result = await database
    .deleteFrom('idempotency_key')
    .where(
      'id',
      'in',
      database.selectFrom('idempotency_key').select('id').where('expires_at', '<=', now).limit(limit),
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
