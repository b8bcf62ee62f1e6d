import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';

/** Names of the steps of the schema that the database has. @throws whatever stands in the way */
export async function listAppliedSteps(database: Queryable): Promise<string[]> {
  const rows = await database.selectFrom('postrider_migration').select('name').execute();
  return rows.map(({ name }) => name);
}

/** Asks the database for nothing but an answer. @throws whatever stands in the way */
export async function pingDatabase(database: Queryable): Promise<void> {
  await sql`select 1`.execute(database);
}
