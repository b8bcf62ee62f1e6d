import { type DisabledReason, ID_PREFIX } from '@postrider/contract';
import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import { endId } from '../ids.js';
import { bumpRevision } from './application.js';
import { wakeEndpoint } from './endpoint-work.js';

/** Why an endpoint was disabled by the service: it fails, it answered 410, or it asked for it in a reply header. */
export type DisableReason = Extract<DisabledReason, 'failing' | 'gone' | 'asked'>;

/**
 * Notes that a message failed to the end; gives since when messages do, undefined when the endpoint is closed. It does
 * not count as a change of the endpoint: accepts would have to begin anew.
 */
export async function noteFailure(
  database: Queryable,
  applicationId: string,
  endpointId: string,
  now: Date,
): Promise<Date | undefined> {
  const row = await database
    .updateTable('endpoint')
    .set({ first_failure_at: sql<Date>`coalesce(first_failure_at, ${now}::timestamptz)` })
    .where('application_id', '=', applicationId)
    .where('id', '=', endpointId)
    .where('deleted_at', 'is', null)
    .where('disabled', '=', false)
    .returning('first_failure_at')
    .executeTakeFirst();
  return row?.first_failure_at ?? undefined;
}

/** Notes a success after failures. */
export async function clearFirstFailure(
  database: Queryable,
  applicationId: string,
  endpointId: string,
): Promise<void> {
  await database
    .updateTable('endpoint')
    .set({ first_failure_at: null })
    .where('application_id', '=', applicationId)
    .where('id', '=', endpointId)
    .execute();
}

/** Whether any attempt at the endpoint that was begun after `since` has succeeded. */
export async function succeededSince(
  database: Queryable,
  applicationId: string,
  endpointId: string,
  since: Date,
): Promise<boolean> {
  const row = await database
    .selectFrom('attempt')
    .select('id')
    .where('application_id', '=', applicationId)
    .where('endpoint_id', '=', endpointId)
    .where('id', '>', endId(ID_PREFIX.attempt, since))
    .where('status', '=', 0)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Which of the application's endpoints have had a success since their messages began to fail to the end. A process that
 * does not know of the clock does not stop it, so the column alone may tell of what is over.
 */
export async function findRecovered(
  database: Queryable,
  applicationId: string,
  failing: readonly { readonly id: string; readonly since: Date }[],
): Promise<Set<string>> {
  const ids = failing.map(({ id }) => id);
  const bounds = failing.map(({ since }) => endId(ID_PREFIX.attempt, since));
  const { rows } = await sql<{ id: string }>`
    select failing.id from unnest(${ids}::text[], ${bounds}::text[]) as failing (id, bound)
    where exists (
      select from attempt
      where application_id = ${applicationId} and endpoint_id = failing.id and status = 0
        and attempt.id > failing.bound
    )`.execute(database);
  return new Set(rows.map(({ id }) => id));
}

/** An endpoint that was disabled by the service. */
export interface DisabledEndpoint {
  readonly environmentId: string;
  readonly applicationUid: string | null;
  readonly uid: string | null;
  /** Since when messages fail to the end. */
  readonly firstFailureAt: Date | null;
}

/** Disables an endpoint; its waiting deliveries are closed soon after. Undefined when it was closed already. */
export async function disableEndpoint(
  transaction: Queryable,
  applicationId: string,
  endpointId: string,
  reason: DisableReason,
  now: Date,
): Promise<DisabledEndpoint | undefined> {
  const application = await bumpRevision(transaction, applicationId);
  if (!application) return undefined;
  const row = await transaction
    .updateTable('endpoint')
    .set({ disabled: true, disabled_reason: reason, disabled_at: now, updated_at: now })
    .where('application_id', '=', applicationId)
    .where('id', '=', endpointId)
    .where('disabled', '=', false)
    .where('deleted_at', 'is', null)
    .returning(['uid', 'first_failure_at'])
    .executeTakeFirst();
  if (!row) return undefined;
  await wakeEndpoint(transaction, applicationId, endpointId, now);
  return {
    environmentId: application.environment_id,
    applicationUid: application.uid,
    uid: row.uid,
    firstFailureAt: row.first_failure_at,
  };
}
