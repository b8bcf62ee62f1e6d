import type { Queryable } from '../database/database.js';

/** An operator's account; owns keys and applications. */
export interface Environment {
  readonly id: string;
  readonly name: string;
}

/** Makes the environment unless it is there; of two callers at once both succeed. */
export async function ensureEnvironment(
  database: Queryable,
  environment: Environment & { isDefault: boolean; createdAt: Date },
): Promise<void> {
  await database
    .insertInto('environment')
    .values({
      id: environment.id,
      name: environment.name,
      is_default: environment.isDefault,
      created_at: environment.createdAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The environment that keys belong to when none is named. */
export async function findDefaultEnvironment(database: Queryable): Promise<Environment | undefined> {
  return database
    .selectFrom('environment')
    .select(['id', 'name'])
    .where('is_default', '=', true)
    .executeTakeFirst();
}
