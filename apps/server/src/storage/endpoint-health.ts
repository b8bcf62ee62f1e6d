import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import { bumpRevision } from './application.js';
import { wakeEndpoint } from './endpoint-work.js';

/** Why an endpoint was disabled by the service: it fails, it answered 410, or it asked for it in a reply header. */
export type DisableReason = 'failing' | 'gone' | 'asked';

/**
 * Notes that a message failed to the end; gives since when messages do, undefined when the endpoint is closed. The
 * first time counts as a change of the endpoint, so that everybody who delivers to it knows that a success matters.
 */
export async function noteFailure(
  database: Queryable,
  applicationId: string,
  endpointId: string,
  now: Date,
): Promise<Date | undefined> {
  const known = await database
    .selectFrom('endpoint')
    .select('first_failure_at')
    .where('application_id', '=', applicationId)
    .where('id', '=', endpointId)
    .where('deleted_at', 'is', null)
    .where('disabled', '=', false)
    .executeTakeFirst();
  if (!known) return undefined;
  if (known.first_failure_at) return known.first_failure_at;
  const row = await database.transaction().execute(async (transaction) => {
    await bumpRevision(transaction, applicationId);
    return transaction
      .updateTable('endpoint')
      .set({ first_failure_at: sql<Date>`coalesce(first_failure_at, ${now}::timestamptz)` })
      .where('application_id', '=', applicationId)
      .where('id', '=', endpointId)
      .returning('first_failure_at')
      .executeTakeFirst();
  });
  return row?.first_failure_at ?? undefined;
}

/** Notes a success after failures. */
export async function clearFirstFailure(
  database: Queryable,
  applicationId: string,
  endpointId: string,
): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await bumpRevision(transaction, applicationId);
    await transaction
      .updateTable('endpoint')
      .set({ first_failure_at: null })
      .where('application_id', '=', applicationId)
      .where('id', '=', endpointId)
      .execute();
  });
}

/** Disables an endpoint; its waiting deliveries are closed soon after. False when it was closed already. */
export async function disableEndpoint(
  database: Queryable,
  applicationId: string,
  endpointId: string,
  reason: DisableReason,
  now: Date,
): Promise<boolean> {
  return database.transaction().execute(async (transaction) => {
    await bumpRevision(transaction, applicationId);
    const row = await transaction
      .updateTable('endpoint')
      .set({ disabled: true, disabled_reason: reason, updated_at: now })
      .where('application_id', '=', applicationId)
      .where('id', '=', endpointId)
      .where('disabled', '=', false)
      .where('deleted_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (!row) return false;
    await wakeEndpoint(transaction, applicationId, endpointId, now);
    return true;
  });
}
