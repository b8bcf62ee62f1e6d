import type { Capability } from '@postrider/contract';
import type { Queryable } from '../database/database.js';
import type { PortalGrant } from './portal-session.js';

/** The one-time code of a magic link, without the code itself. */
export interface OneTimeCode extends PortalGrant {
  readonly codeHash: Uint8Array;
  readonly expiresAt: Date;
  readonly sessionExpiresAt: Date;
  readonly usedAt: Date | null;
  readonly portalSessionId: string | null;
}

export async function insertOneTimeCode(
  database: Queryable,
  code: Omit<OneTimeCode, 'usedAt' | 'portalSessionId'> & { createdAt: Date },
): Promise<void> {
  await database
    .insertInto('one_time_code')
    .values({
      environment_id: code.environmentId,
      application_id: code.applicationId,
      code_hash: code.codeHash,
      session_id: code.sessionId,
      capabilities: [...code.capabilities],
      feature_flags: [...code.featureFlags],
      created_at: code.createdAt,
      expires_at: code.expiresAt,
      session_expires_at: code.sessionExpiresAt,
      used_at: null,
      portal_session_id: null,
    })
    .execute();
}

/** The code with this hash, locked until the transaction ends: of two exchanges at once the second sees the first. */
export async function lockOneTimeCode(
  transaction: Queryable,
  codeHash: Uint8Array,
): Promise<OneTimeCode | undefined> {
  const row = await transaction
    .selectFrom('one_time_code as code')
    .innerJoin('application', 'application.id', 'code.application_id')
    .innerJoin('environment', 'environment.id', 'code.environment_id')
    .select([
      'code.environment_id as environmentId',
      'code.application_id as applicationId',
      'code.code_hash as codeHash',
      'code.session_id as sessionId',
      'code.capabilities',
      'code.feature_flags as featureFlags',
      'code.expires_at as expiresAt',
      'code.session_expires_at as sessionExpiresAt',
      'code.used_at as usedAt',
      'code.portal_session_id as portalSessionId',
    ])
    .where('code.code_hash', '=', codeHash)
    .where('application.deleted_at', 'is', null)
    .where('environment.deleted_at', 'is', null)
    .forUpdate('code')
    .executeTakeFirst();
  return row && { ...row, capabilities: row.capabilities as Capability[] };
}

/** Marks the code as exchanged for a session. */
export async function markOneTimeCodeUsed(
  transaction: Queryable,
  codeHash: Uint8Array,
  portalSessionId: string,
  usedAt: Date,
): Promise<void> {
  await transaction
    .updateTable('one_time_code')
    .set({ used_at: usedAt, portal_session_id: portalSessionId })
    .where('code_hash', '=', codeHash)
    .execute();
}

/**
 * Makes the application's codes worthless, also those just exchanged: a link's second exchange within seconds must not
 * give back what was ended. `sessionIds` as in `expirePortalSessions`. Gives how many unopened links died.
 */
export async function deleteOneTimeCodes(
  database: Queryable,
  applicationId: string,
  sessionIds: readonly string[],
): Promise<number> {
  let query = database.deleteFrom('one_time_code').where('application_id', '=', applicationId);
  if (sessionIds.length > 0) query = query.where('session_id', 'in', sessionIds);
  const rows = await query.returning('used_at').execute();
  return rows.filter((row) => row.used_at === null).length;
}

/** Removes at most `limit` codes that could be opened until before `before`; gives how many. */
export async function deleteExpiredOneTimeCodes(
  database: Queryable,
  before: Date,
  limit: number,
): Promise<number> {
  const result = await database
    .deleteFrom('one_time_code')
    .where(
      'code_hash',
      'in',
      database.selectFrom('one_time_code').select('code_hash').where('expires_at', '<', before).limit(limit),
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
