import { type Kysely, sql } from 'kysely';
import { foundation } from './migrations/0001-foundation.js';
import { dispatch } from './migrations/0002-dispatch.js';
import { tasks } from './migrations/0003-tasks.js';
import { operational } from './migrations/0004-operational.js';
import { content } from './migrations/0005-content.js';
import { stats } from './migrations/0006-stats.js';
import { environments } from './migrations/0007-environments.js';
import { eventTypes } from './migrations/0008-event-types.js';
import { lists } from './migrations/0009-lists.js';
import { figures } from './migrations/0010-figures.js';
import { endpointReason } from './migrations/0011-endpoint-reason.js';
import { watch } from './migrations/0012-watch.js';
import { tally } from './migrations/0013-tally.js';
import { spans } from './migrations/0014-spans.js';
import type { Tables } from './tables.js';

/** A step of the schema: applied once, in order, never changed afterwards, never undone. */
export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}

/** Every step, oldest first. */
export const MIGRATIONS: readonly Migration[] = [
  foundation,
  dispatch,
  tasks,
  operational,
  content,
  stats,
  environments,
  eventTypes,
  lists,
  figures,
  endpointReason,
  watch,
  tally,
  spans,
];

/** Any number that nobody else locks: "postride" as bytes. */
const LOCK = '8102661391573345381';

/**
 * Brings the schema up to date and gives the names of the steps that were applied now. Safe when several processes
 * start at once: a lock of the transaction lets one work while the others wait, each step is one transaction.
 */
export async function migrate(
  kysely: Kysely<Tables>,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<string[]> {
  const applied: string[] = [];
  for (const migration of migrations) {
    if (await applyOnce(kysely, migration)) applied.push(migration.name);
  }
  return applied;
}

const applyOnce = (kysely: Kysely<Tables>, migration: Migration): Promise<boolean> =>
  kysely.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${sql.raw(LOCK)}::int8)`.execute(transaction);
    await sql`create table if not exists postrider_migration (
      name text primary key,
      applied_at timestamptz not null default now()
    )`.execute(transaction);
    const known = await transaction
      .selectFrom('postrider_migration')
      .select('name')
      .where('name', '=', migration.name)
      .executeTakeFirst();
    if (known) return false;
    for (const statement of migration.statements) await sql.raw(statement).execute(transaction);
    await transaction.insertInto('postrider_migration').values({ name: migration.name }).execute();
    return true;
  });
