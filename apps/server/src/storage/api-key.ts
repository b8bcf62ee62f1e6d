import type { ApiKeyScope } from '@postrider/contract';
import { type Selectable, sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import type { ApiKeyTable } from '../database/tables.js';
import { cutPage, type Page, type PageRequest, planPage } from './page.js';

/** A living key as calls need it, without the key itself. */
export interface ApiKey {
  readonly id: string;
  readonly environmentId: string;
  readonly scopes: readonly ApiKeyScope[];
  /** Of a message token: the one application that it is for, and that one's uid. */
  readonly applicationId: string | null;
  readonly applicationUid: string | null;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** A key as it is stored. */
export type ApiKeyRow = Selectable<ApiKeyTable>;

/** What a new key is made of. */
export interface NewApiKey {
  readonly id: string;
  readonly environmentId: string;
  readonly name: string;
  readonly scopes: readonly ApiKeyScope[];
  readonly applicationId: string | null;
  readonly tokenHash: Uint8Array;
  readonly tokenTail: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

/** Stores a key; one that is there already stays as it is. Gives it when it was new. */
export async function insertApiKey(database: Queryable, key: NewApiKey): Promise<ApiKeyRow | undefined> {
  return database
    .insertInto('api_key')
    .values({
      id: key.id,
      environment_id: key.environmentId,
      name: key.name,
      scopes: [...key.scopes],
      application_id: key.applicationId,
      token_hash: key.tokenHash,
      token_tail: key.tokenTail,
      created_at: key.createdAt,
      expires_at: key.expiresAt,
      last_used_at: null,
    })
    .onConflict((conflict) => conflict.column('token_hash').doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** The living key whose token has this hash, unless its environment, or its application, was deleted. */
export async function findApiKey(
  database: Queryable,
  tokenHash: Uint8Array,
  now: Date,
): Promise<(ApiKey & { tokenHash: Uint8Array }) | undefined> {
  const row = await database
    .selectFrom('api_key')
    .innerJoin('environment', 'environment.id', 'api_key.environment_id')
    .leftJoin('application', 'application.id', 'api_key.application_id')
    .select([
      'api_key.id',
      'api_key.environment_id as environmentId',
      'api_key.token_hash as tokenHash',
      'api_key.scopes',
      'api_key.application_id as applicationId',
      'application.uid as applicationUid',
      'api_key.expires_at as expiresAt',
      'api_key.last_used_at as lastUsedAt',
    ])
    .where('api_key.token_hash', '=', tokenHash)
    .where((where) =>
      where.or([where('api_key.expires_at', 'is', null), where('api_key.expires_at', '>', now)]),
    )
    .where('environment.deleted_at', 'is', null)
    .where('application.deleted_at', 'is', null)
    .executeTakeFirst();
  return row && { ...row, scopes: row.scopes as ApiKeyScope[] };
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

/** A page of the environment's keys by id, ended ones too. */
export async function listApiKeys(
  database: Queryable,
  environmentId: string,
  request: PageRequest,
): Promise<Page<ApiKeyRow>> {
  const plan = planPage(request);
  let query = database
    .selectFrom('api_key')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .orderBy('id', plan.direction)
    .limit(plan.fetch);
  if (plan.bound !== undefined) query = query.where('id', plan.comparison, plan.bound);
  return cutPage(request, await query.execute());
}

/** The environment's key with this id, ended or not. */
export async function findApiKeyById(
  database: Queryable,
  environmentId: string,
  id: string,
): Promise<ApiKeyRow | undefined> {
  return database
    .selectFrom('api_key')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** The same, and nobody else changes it until the transaction ends. */
export async function lockApiKey(
  transaction: Queryable,
  environmentId: string,
  id: string,
): Promise<ApiKeyRow | undefined> {
  return transaction
    .selectFrom('api_key')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** Changes name and scopes of a key; absent fields stay. */
export async function updateApiKey(
  database: Queryable,
  id: string,
  change: { name?: string | null; scopes?: readonly ApiKeyScope[] },
): Promise<ApiKeyRow> {
  return database
    .updateTable('api_key')
    .set({
      id,
      ...(change.name === undefined ? {} : { name: change.name }),
      ...(change.scopes === undefined ? {} : { scopes: [...change.scopes] }),
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Lets a key end at `end` at the latest; one that ends sooner keeps its end. */
export async function expireApiKey(database: Queryable, id: string, end: Date): Promise<void> {
  await database
    .updateTable('api_key')
    .set({ expires_at: sql<Date>`least(expires_at, ${end}::timestamptz)` })
    .where('id', '=', id)
    .execute();
}

/** Notes that a key was used, unless that was noted after `unlessAfter`. */
export async function noteApiKeyUse(
  database: Queryable,
  id: string,
  now: Date,
  unlessAfter: Date,
): Promise<void> {
  await database
    .updateTable('api_key')
    .set({ last_used_at: now })
    .where('id', '=', id)
    .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<=', unlessAfter)]))
    .execute();
}

/**
 * Removes at most `limit` keys that ended before `before`; gives how many. The one with the hash `keep` stays: a key that
 * is configured would be stored anew at the next start, and live.
 */
export async function deleteEndedApiKeys(
  database: Queryable,
  before: Date,
  keep: Uint8Array | undefined,
  limit: number,
): Promise<number> {
  let ended = database.selectFrom('api_key').select('id').where('expires_at', '<', before).limit(limit);
  if (keep) ended = ended.where('token_hash', '<>', keep);
  const result = await database.deleteFrom('api_key').where('id', 'in', ended).executeTakeFirst();
  return Number(result.numDeletedRows);
}
