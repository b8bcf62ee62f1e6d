import type { Queryable } from '../database/database.js';

/** A key of an environment, without the key itself. */
export interface ApiKey {
  readonly id: string;
  readonly environmentId: string;
}

/** Stores a key; one that is there already stays as it is. Gives whether it was new. */
export async function insertApiKey(
  database: Queryable,
  key: ApiKey & { name: string; tokenHash: Uint8Array; createdAt: Date },
): Promise<boolean> {
  const rows = await database
    .insertInto('api_key')
    .values({
      id: key.id,
      environment_id: key.environmentId,
      name: key.name,
      token_hash: key.tokenHash,
      created_at: key.createdAt,
      expires_at: null,
    })
    .onConflict((conflict) => conflict.column('token_hash').doNothing())
    .returning('id')
    .execute();
  return rows.length > 0;
}

/** The living key whose token has this hash. */
export async function findApiKey(
  database: Queryable,
  tokenHash: Uint8Array,
  now: Date,
): Promise<(ApiKey & { tokenHash: Uint8Array }) | undefined> {
  return database
    .selectFrom('api_key')
    .select(['id', 'environment_id as environmentId', 'token_hash as tokenHash'])
    .where('token_hash', '=', tokenHash)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .executeTakeFirst();
}

/** Whether the environment has any key. */
export async function hasApiKey(database: Queryable, environmentId: string): Promise<boolean> {
  const row = await database
    .selectFrom('api_key')
    .select('id')
    .where('environment_id', '=', environmentId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
