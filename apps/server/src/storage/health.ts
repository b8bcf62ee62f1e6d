import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';

/** Asks the database for nothing but an answer. @throws whatever stands in the way */
export async function pingDatabase(database: Queryable): Promise<void> {
  await sql`select 1`.execute(database);
}
