import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';

/** A wait as callers write it. */
export interface Wait {
  readonly secs: number;
  readonly nanos: number;
}

/** The event type's own schedule, null when it has none; undefined when there is no such event type. */
export async function findRetrySchedule(
  database: Queryable,
  environmentId: string,
  name: string,
): Promise<readonly Wait[] | null | undefined> {
  const row = await database
    .selectFrom('event_type')
    .select('retry_schedule')
    .where('environment_id', '=', environmentId)
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.retry_schedule;
}

/** Gives the event type a schedule of its own, or takes it away; false when there is no such event type. */
export async function updateRetrySchedule(
  database: Queryable,
  environmentId: string,
  name: string,
  schedule: readonly Wait[] | null,
  now: Date,
): Promise<boolean> {
  const row = await database
    .updateTable('event_type')
    .set({ retry_schedule: schedule === null ? null : JSON.stringify(schedule), updated_at: now })
    .where('environment_id', '=', environmentId)
    .where('name', '=', name)
    .returning('name')
    .executeTakeFirst();
  return row !== undefined;
}

/** The schedules of those of the environment's event types that have one. */
export async function loadRetrySchedules(
  database: Queryable,
  environmentId: string,
): Promise<{ name: string; schedule: readonly Wait[] }[]> {
  const rows = await database
    .selectFrom('event_type')
    .select(['name', sql<Wait[]>`retry_schedule`.as('schedule')])
    .where('environment_id', '=', environmentId)
    .where('retry_schedule', 'is not', null)
    .execute();
  return rows;
}
