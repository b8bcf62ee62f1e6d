import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import { OPERATIONAL_ENVIRONMENT } from './operational.js';

/** The applications of an environment, and the one that holds its operational endpoints. */
const belongsTo = (environmentId: string) => sql<boolean>`(
  environment_id = ${environmentId} or (environment_id = ${OPERATIONAL_ENVIRONMENT} and uid = ${environmentId}))`;

const affected = (result: { numAffectedRows?: bigint }): number => Number(result.numAffectedRows ?? 0);

/** Environments that were deleted before `before` and still have rows. */
export async function listDeletedEnvironments(database: Queryable, before: Date): Promise<string[]> {
  const rows = await database
    .selectFrom('environment')
    .select('id')
    .where('deleted_at', '<=', before)
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id);
}

/**
 * Closes at most `limit` applications of an environment that was deleted: they are gone from now on, and what waits for
 * their endpoints is looked at, and canceled. Gives how many.
 */
export async function closeApplications(
  database: Queryable,
  environmentId: string,
  now: Date,
  limit: number,
): Promise<number> {
  const rows = await database
    .updateTable('application')
    .set({
      deleted_at: now,
      updated_at: now,
      // By its uid the application of the operational endpoints is found again.
      uid: sql`case when environment_id = ${OPERATIONAL_ENVIRONMENT} then uid end`,
      revision: sql`revision + 1`,
    })
    .where(
      'id',
      'in',
      database
        .selectFrom('application')
        .select('id')
        .where(belongsTo(environmentId))
        .where('deleted_at', 'is', null)
        .orderBy('id')
        .limit(limit)
        .forUpdate(),
    )
    .returning('id')
    .execute();
  if (rows.length > 0) {
    await sql`
      update endpoint_work set next_due_at = least(next_due_at, ${now}::timestamptz)
      where (application_id, endpoint_id) in (
        select application_id, endpoint_id from endpoint_work
        where application_id = any(${rows.map((row) => row.id)}::text[])
        order by application_id, endpoint_id for update
      )`.execute(database);
  }
  return rows.length;
}

/** Applications of an environment, closed ones, `limit` at most. */
export async function listClosedApplications(
  database: Queryable,
  environmentId: string,
  limit: number,
): Promise<string[]> {
  const rows = await database
    .selectFrom('application')
    .select('id')
    .where(belongsTo(environmentId))
    .where('deleted_at', 'is not', null)
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}

/** Removes applications whose messages are gone, with their endpoints, secrets, sessions, links and message tokens. */
export async function deleteApplicationRows(
  database: Queryable,
  applicationIds: readonly string[],
): Promise<void> {
  for (const table of [
    'endpoint_work',
    'application_throttle',
    'tally',
    'endpoint_activity',
    'event_type_activity',
  ] as const) {
    await database.deleteFrom(table).where('application_id', 'in', applicationIds).execute();
  }
  await database.deleteFrom('application').where('id', 'in', applicationIds).execute();
}

/** Removes at most `limit` rows of what an environment itself owns; gives how many. */
export async function deleteEnvironmentRows(
  database: Queryable,
  environmentId: string,
  limit: number,
): Promise<number> {
  for (const table of ['event_type', 'api_key', 'audit_entry'] as const) {
    const count = affected(
      await sql`
        delete from ${sql.table(table)} where ctid = any(array(
          select ctid from ${sql.table(table)} where environment_id = ${environmentId} limit ${limit}
        ))`.execute(database),
    );
    if (count > 0) return count;
  }
  return 0;
}

/** Removes the row of an environment that owns nothing any more. */
export async function deleteEnvironmentRow(database: Queryable, id: string): Promise<void> {
  await database.deleteFrom('environment').where('id', '=', id).where('deleted_at', 'is not', null).execute();
}
