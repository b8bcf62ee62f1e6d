import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';

/** Names an endpoint: secrets belong to one. */
interface EndpointKey {
  readonly applicationId: string;
  readonly endpointId: string;
}

/**
 * Stores the endpoint's current secret, sealed. There is one at most: the one before must be retired.
 *
 * @throws the database's unique violation when there is a current one
 */
export async function insertEndpointSecret(
  transaction: Queryable,
  secret: EndpointKey & { id: string; secret: Uint8Array; createdAt: Date },
): Promise<void> {
  await transaction
    .insertInto('endpoint_secret')
    .values({
      application_id: secret.applicationId,
      endpoint_id: secret.endpointId,
      id: secret.id,
      secret: secret.secret,
      created_at: secret.createdAt,
      expires_at: null,
    })
    .execute();
}

/** The current secret, sealed; undefined when the endpoint is gone. */
export async function findCurrentSecret(
  database: Queryable,
  { applicationId, endpointId }: EndpointKey,
): Promise<Uint8Array | undefined> {
  const row = await database
    .selectFrom('endpoint_secret')
    .select('secret')
    .where('application_id', '=', applicationId)
    .where('endpoint_id', '=', endpointId)
    .where('expires_at', 'is', null)
    .executeTakeFirst();
  return row?.secret;
}

/** How many old secrets still sign, and when the first of them ends. */
export async function countOldSecrets(
  database: Queryable,
  { applicationId, endpointId }: EndpointKey,
  now: Date,
): Promise<{ count: number; firstExpiresAt: Date | null }> {
  return database
    .selectFrom('endpoint_secret')
    .select([
      sql<number>`count(*)::integer`.as('count'),
      sql<Date | null>`min(expires_at)`.as('firstExpiresAt'),
    ])
    .where('application_id', '=', applicationId)
    .where('endpoint_id', '=', endpointId)
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow();
}

/** Lets the current secret go on signing until `expiresAt`. */
export async function retireCurrentSecret(
  transaction: Queryable,
  { applicationId, endpointId }: EndpointKey,
  expiresAt: Date,
): Promise<void> {
  await transaction
    .updateTable('endpoint_secret')
    .set({ expires_at: expiresAt })
    .where('application_id', '=', applicationId)
    .where('endpoint_id', '=', endpointId)
    .where('expires_at', 'is', null)
    .execute();
}

/** Erases the secrets that have ended by `now`. */
export async function deleteEndedSecrets(
  transaction: Queryable,
  { applicationId, endpointId }: EndpointKey,
  now: Date,
): Promise<void> {
  await transaction
    .deleteFrom('endpoint_secret')
    .where('application_id', '=', applicationId)
    .where('endpoint_id', '=', endpointId)
    .where('expires_at', '<=', now)
    .execute();
}

/** Erases every secret of the endpoint. */
export async function deleteEndpointSecrets(
  transaction: Queryable,
  { applicationId, endpointId }: EndpointKey,
): Promise<void> {
  await transaction
    .deleteFrom('endpoint_secret')
    .where('application_id', '=', applicationId)
    .where('endpoint_id', '=', endpointId)
    .execute();
}
