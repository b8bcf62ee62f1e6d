import type { EnvironmentSettings, EnvironmentType } from '@postrider/contract';
import { type Selectable, sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import type { EnvironmentTable } from '../database/tables.js';
import { OPERATIONAL_ENVIRONMENT } from './operational.js';
import { cutPage, type Page, type PageRequest, planPage } from './page.js';

/** An operator's account; owns keys and applications. */
export type Environment = Selectable<EnvironmentTable>;

/** What a new environment is made of. */
export interface NewEnvironment {
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
  readonly type?: EnvironmentType;
  readonly createdAt: Date;
}

const values = (environment: NewEnvironment) => ({
  id: environment.id,
  name: environment.name,
  is_default: environment.isDefault,
  type: environment.type ?? 'production',
  created_at: environment.createdAt,
  updated_at: environment.createdAt,
  deleted_at: null,
});

/** Makes the environment unless it is there; of two callers at once both succeed. Gives whether it was made now. */
export async function ensureEnvironment(database: Queryable, environment: NewEnvironment): Promise<boolean> {
  const row = await database
    .insertInto('environment')
    .values(values(environment))
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Makes an environment whose id is new. */
export const insertEnvironment = (database: Queryable, environment: NewEnvironment): Promise<Environment> =>
  database.insertInto('environment').values(values(environment)).returningAll().executeTakeFirstOrThrow();

/** The environment that keys belong to when none is named. */
export async function findDefaultEnvironment(database: Queryable): Promise<Environment | undefined> {
  return database.selectFrom('environment').selectAll().where('is_default', '=', true).executeTakeFirst();
}

/** The environment with this id, unless it was deleted or is the one of our own, which nobody sees. */
export async function findEnvironment(database: Queryable, id: string): Promise<Environment | undefined> {
  return database
    .selectFrom('environment')
    .selectAll()
    .where('id', '=', id)
    .where('id', '<>', OPERATIONAL_ENVIRONMENT)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
}

/** A page of the server's environments by id. */
export async function listEnvironments(
  database: Queryable,
  request: PageRequest,
): Promise<Page<Environment>> {
  const plan = planPage(request);
  let query = database
    .selectFrom('environment')
    .selectAll()
    .where('id', '<>', OPERATIONAL_ENVIRONMENT)
    .where('deleted_at', 'is', null)
    .orderBy('id', plan.direction)
    .limit(plan.fetch);
  if (plan.bound !== undefined) query = query.where('id', plan.comparison, plan.bound);
  return cutPage(request, await query.execute());
}

/** Gives the environment another name; undefined when it is gone. */
export async function renameEnvironment(
  database: Queryable,
  id: string,
  name: string,
  now: Date,
): Promise<Environment | undefined> {
  return database
    .updateTable('environment')
    .set({ name, updated_at: now })
    .where('id', '=', id)
    .where('id', '<>', OPERATIONAL_ENVIRONMENT)
    .where('deleted_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
}

/** Marks the environment as deleted, unless it is the default one; false when it was gone. */
export async function deleteEnvironment(database: Queryable, id: string, now: Date): Promise<boolean> {
  const row = await database
    .updateTable('environment')
    .set({ deleted_at: now, updated_at: now })
    .where('id', '=', id)
    .where('is_default', '=', false)
    .where('id', '<>', OPERATIONAL_ENVIRONMENT)
    .where('deleted_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** What was set of the environment's settings; undefined when it is gone. */
export async function findSettings(
  database: Queryable,
  id: string,
): Promise<EnvironmentSettings | undefined> {
  const row = await database
    .selectFrom('environment')
    .select('settings')
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return row && (row.settings as EnvironmentSettings);
}

/**
 * Sets these settings. With `replace` the others are as if they were never set; without it they stay. Gives all that
 * are set; undefined when the environment is gone.
 */
export async function storeSettings(
  database: Queryable,
  id: string,
  settings: EnvironmentSettings,
  { replace, now }: { replace: boolean; now: Date },
): Promise<EnvironmentSettings | undefined> {
  const text = JSON.stringify(settings);
  const row = await database
    .updateTable('environment')
    .set({
      settings: replace ? text : sql<string>`settings || ${text}::jsonb`,
      updated_at: now,
    })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returning('settings')
    .executeTakeFirst();
  return row && (row.settings as EnvironmentSettings);
}
