import type { Capability } from '@postrider/contract';
import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';

/** What a portal session is allowed and how long it lives; shared by a session and by the link to one. */
export interface PortalGrant {
  readonly environmentId: string;
  readonly applicationId: string;
  /** The operator's name of the login. */
  readonly sessionId: string | null;
  readonly capabilities: readonly Capability[];
  readonly featureFlags: readonly string[];
}

/** A customer's login to the portal, without its token. */
export interface PortalSession extends PortalGrant {
  readonly id: string;
  readonly tokenHash: Uint8Array;
  readonly expiresAt: Date;
}

export async function insertPortalSession(
  database: Queryable,
  session: PortalSession & { createdAt: Date },
): Promise<void> {
  await database
    .insertInto('portal_session')
    .values({
      environment_id: session.environmentId,
      application_id: session.applicationId,
      id: session.id,
      token_hash: session.tokenHash,
      session_id: session.sessionId,
      capabilities: [...session.capabilities],
      feature_flags: [...session.featureFlags],
      created_at: session.createdAt,
      expires_at: session.expiresAt,
    })
    .execute();
}

/**
 * The living session whose token has this hash, unless its application or environment was deleted. Where the environment
 * says `readOnly`, it may only look.
 */
export async function findPortalSession(
  database: Queryable,
  tokenHash: Uint8Array,
  now: Date,
): Promise<PortalSession | undefined> {
  const row = await database
    .selectFrom('portal_session as session')
    .innerJoin('application', 'application.id', 'session.application_id')
    .innerJoin('environment', 'environment.id', 'session.environment_id')
    .select([
      'session.id',
      'session.environment_id as environmentId',
      'session.application_id as applicationId',
      'session.token_hash as tokenHash',
      'session.session_id as sessionId',
      'session.capabilities',
      'session.feature_flags as featureFlags',
      'session.expires_at as expiresAt',
      sql<boolean>`coalesce(environment.settings ->> 'readOnly' = 'true', false)`.as('readOnly'),
    ])
    .where('session.token_hash', '=', tokenHash)
    .where('session.expires_at', '>', now)
    .where('application.deleted_at', 'is', null)
    .where('environment.deleted_at', 'is', null)
    .executeTakeFirst();
  if (!row) return undefined;
  const { readOnly, ...session } = row;
  const capabilities = row.capabilities as Capability[];
  return {
    ...session,
    capabilities: readOnly ? capabilities.filter((one) => one === 'ViewBase') : capabilities,
  };
}

/** Ends one session now; false when it was over. */
export async function endPortalSession(database: Queryable, id: string, now: Date): Promise<boolean> {
  const row = await database
    .updateTable('portal_session')
    .set({ expires_at: now })
    .where('id', '=', id)
    .where('expires_at', '>', now)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Lets the application's sessions end at `end` at the latest; one that would end sooner keeps its end. `sessionIds`
 * limits it to sessions with one of these ids, empty means all. Gives how many are affected.
 */
export async function expirePortalSessions(
  database: Queryable,
  applicationId: string,
  end: Date,
  now: Date,
  sessionIds: readonly string[],
): Promise<number> {
  let query = database
    .updateTable('portal_session')
    .set({ expires_at: sql<Date>`least(expires_at, ${end}::timestamptz)` })
    .where('application_id', '=', applicationId)
    .where('expires_at', '>', now);
  if (sessionIds.length > 0) query = query.where('session_id', 'in', sessionIds);
  const result = await query.executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Removes at most `limit` sessions that ended before `before`; gives how many. */
export async function deleteEndedPortalSessions(
  database: Queryable,
  before: Date,
  limit: number,
): Promise<number> {
  const result = await database
    .deleteFrom('portal_session')
    .where(
      'id',
      'in',
      database.selectFrom('portal_session').select('id').where('expires_at', '<', before).limit(limit),
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
