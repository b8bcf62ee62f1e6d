import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';

/**
 * Sees to it that the endpoint's waiting deliveries are looked at from `at` on, if not sooner. Belongs in the
 * transaction that made them due, or that closed the endpoint.
 */
export async function wakeEndpoint(
  database: Queryable,
  applicationId: string,
  endpointId: string,
  at: Date,
): Promise<void> {
  await database
    .insertInto('endpoint_work')
    .values({ application_id: applicationId, endpoint_id: endpointId, next_due_at: at, refilled_at: null })
    .onConflict((conflict) =>
      conflict
        .columns(['application_id', 'endpoint_id'])
        .doUpdateSet({ next_due_at: sql`least(endpoint_work.next_due_at, excluded.next_due_at)` }),
    )
    .execute();
}

/** The same for every endpoint of an application that ever had a delivery waiting. */
export async function wakeApplication(database: Queryable, applicationId: string, at: Date): Promise<void> {
  await database
    .updateTable('endpoint_work')
    .set({ next_due_at: sql`least(next_due_at, ${at}::timestamptz)` })
    .where('application_id', '=', applicationId)
    .execute();
}
