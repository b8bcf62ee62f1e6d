import { sql } from 'kysely';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { MIGRATIONS, type Migration, migrate } from '../../src/database/migrate.js';
import { emptyDatabase } from '../databases.js';

let database: Database;
let remove: () => Promise<void>;
beforeEach(async () => {
  ({ database, remove } = await emptyDatabase(inject('database')));
});
afterEach(() => remove());

const NAMES = MIGRATIONS.map(({ name }) => name);
/** Steps that are noted as applied. */
const noted = async () => {
  const rows = await database.kysely.selectFrom('postrider_migration').select('name').execute();
  return rows.map(({ name }) => name).sort();
};
const isTable = async (name: string) => {
  const { rows } = await sql<{ there: boolean }>`select to_regclass(${name}) is not null as there`.execute(
    database.kysely,
  );
  return rows[0]?.there;
};

it('eight that begin at once apply each step once, and all end well', async () => {
  const racers = await Promise.all(Array.from({ length: 8 }, () => migrate(database.kysely)));
  expect(racers.flat().sort()).toEqual([...NAMES].sort());
  expect(await noted()).toEqual([...NAMES].sort());
  expect(await migrate(database.kysely)).toEqual([]);
});

it('a step that fails leaves nothing of itself and lets none follow; mended, it is applied and so is the rest', async () => {
  const step = (name: string, ...statements: string[]): Migration => ({ name, statements });
  const before = step('1-before', 'create table before_it (id int4)');
  const after = step('3-after', 'create table after_it (id int4)');
  const broken = step('2-broken', 'create table half_done (id int4)', 'create table half_done (id int4)');
  await expect(migrate(database.kysely, [before, broken, after])).rejects.toThrow(
    '"half_done" already exists',
  );
  expect(await noted()).toEqual(['1-before']);
  expect(await Promise.all(['before_it', 'half_done', 'after_it'].map(isTable))).toEqual([
    true,
    false,
    false,
  ]);
  await expect(migrate(database.kysely, [before, broken, after])).rejects.toThrow(
    '"half_done" already exists',
  );

  const mended = { ...broken, statements: broken.statements.slice(0, 1) };
  expect(await migrate(database.kysely, [before, mended, after])).toEqual(['2-broken', '3-after']);
  expect(await Promise.all(['half_done', 'after_it'].map(isTable))).toEqual([true, true]);
});
