import { sql } from 'kysely';
import { expect, inject, it } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { fromPGlite } from '../../src/database/embedded.js';
import { MIGRATIONS, migrate } from '../../src/database/migrate.js';
import { planSteps, readSchema } from '../../src/database/plan.js';

const onEmbedded = inject('database') === 'embedded';

/** Weaker ones stop nobody who writes or reads. */
const STRENGTH = ['RowExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'AccessExclusiveLock'];

/** What a step really locks of the tables that were there before, in a transaction that is taken back. */
async function observe(database: Database, statements: readonly string[]): Promise<Record<string, string>> {
  const taken: Record<string, string> = {};
  const stop = new Error('taken back');
  await database.kysely
    .transaction()
    .execute(async (transaction) => {
      const before = await sql<{ name: string }>`
        select relname as name from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace`.execute(
        transaction,
      );
      const old = new Set(before.rows.map(({ name }) => name));
      for (const statement of statements) await sql.raw(statement).execute(transaction);
      const { rows } = await sql<{ name: string; mode: string }>`
        select relname as name, mode from pg_locks join pg_class on pg_class.oid = relation
        where granted and relkind = 'r' and relnamespace = current_schema()::regnamespace`.execute(
        transaction,
      );
      for (const { name, mode } of rows) {
        if (!old.has(name) || STRENGTH.indexOf(mode) < STRENGTH.indexOf(taken[name] ?? '')) continue;
        if (STRENGTH.includes(mode)) taken[name] = mode;
      }
      throw stop;
    })
    .catch((error: unknown) => {
      if (error !== stop) throw error;
    });
  return taken;
}

it.runIf(onEmbedded)('a plan names for every step the locks that it really takes', async () => {
  const database = await fromPGlite({});
  try {
    expect(planSteps(await readSchema(database.kysely)).map(({ name }) => name)).toEqual(
      MIGRATIONS.map(({ name }) => name),
    );
    for (const [index, migration] of MIGRATIONS.entries()) {
      const [step] = planSteps(await readSchema(database.kysely));
      expect(step?.name).toBe(migration.name);
      const planned: Record<string, string> = {};
      for (const { table, mode } of step?.statements.flatMap(({ locks }) => locks) ?? []) {
        if (STRENGTH.indexOf(mode) >= STRENGTH.indexOf(planned[table] ?? '')) planned[table] = mode;
      }
      expect({ step: migration.name, locks: planned }).toEqual({
        step: migration.name,
        locks: await observe(database, migration.statements),
      });
      await migrate(database.kysely, MIGRATIONS.slice(0, index + 1));
    }
    expect(planSteps(await readSchema(database.kysely))).toEqual([]);
  } finally {
    await database.close();
  }
});
