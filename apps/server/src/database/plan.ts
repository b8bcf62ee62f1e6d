import { type Kysely, sql } from 'kysely';
import { MIGRATIONS, type Migration } from './migrate.js';
import type { Tables } from './tables.js';

/** What waits for a statement: its lock on a table that was there before. */
export interface PlannedLock {
  readonly table: string;
  /** PostgreSQL's name of it, such as `ShareLock`. */
  readonly mode: 'RowExclusiveLock' | 'ShareLock' | 'ShareRowExclusiveLock' | 'AccessExclusiveLock';
  /** Who has to wait meanwhile. */
  readonly stops: 'nothing' | 'writes' | 'reads and writes';
}

/** A statement of a step that has not been applied. */
export interface PlannedStatement {
  readonly statement: string;
  readonly locks: readonly PlannedLock[];
  /** Rows that it goes through. */
  readonly rows: number;
  /** For how long, roughly: the rows at the rate of an ordinary machine. */
  readonly seconds: number;
}

/** A step that would be applied; its locks are held until its last statement is done. */
export interface PlannedStep {
  readonly name: string;
  readonly statements: readonly PlannedStatement[];
}

/** What a database is, as far as a plan needs it. */
export interface SchemaState {
  readonly applied: readonly string[];
  /** Rows by table, as the database estimates them. */
  readonly rows: Readonly<Record<string, number>>;
  /** Table of each index. */
  readonly indexes: Readonly<Record<string, string>>;
}

/** Seconds for a million rows of 500 bytes, roughly: a busy disk takes longer. */
const SECONDS_PER_MILLION = { index: 3, rewrite: 12, scan: 1, rows: 12, none: 0 };
type Work = keyof typeof SECONDS_PER_MILLION;

/** Reads what the schema is; changes nothing. */
export async function readSchema(kysely: Kysely<Tables>): Promise<SchemaState> {
  const tables = await sql<{ name: string; rows: number }>`
    select relname as name, reltuples::int8 as rows from pg_class
    where relkind in ('r', 'p') and relnamespace = current_schema()::regnamespace`.execute(kysely);
  const indexes = await sql<{ name: string; table: string }>`
    select indexname as name, tablename as table from pg_indexes where schemaname = current_schema()`.execute(
    kysely,
  );
  const rows: Record<string, number> = {};
  for (const table of tables.rows) rows[table.name] = await estimate(kysely, table);
  const fresh = rows['postrider_migration'] === undefined;
  const applied = fresh
    ? []
    : await kysely.selectFrom('postrider_migration').select('name').orderBy('name').execute();
  return {
    applied: applied.map(({ name }) => name),
    rows,
    indexes: Object.fromEntries(indexes.rows.map(({ name, table }) => [name, table])),
  };
}

/** The database's own estimate, or a count where it has none yet. */
async function estimate(
  kysely: Kysely<Tables>,
  { name, rows }: { readonly name: string; readonly rows: number },
): Promise<number> {
  if (rows >= 0) return rows;
  const counted = await sql<{ rows: number }>`select count(*)::int8 as rows from ${sql.table(name)}`.execute(
    kysely,
  );
  return counted.rows[0]?.rows ?? 0;
}

/** The steps that would be applied, with what they lock and how long. */
export const planSteps = (state: SchemaState, migrations: readonly Migration[] = MIGRATIONS): PlannedStep[] =>
  migrations
    .filter(({ name }) => !state.applied.includes(name))
    .map(({ name, statements }) => ({
      name,
      statements: statements.map((statement) => planStatement(statement, state)),
    }));

/** Locks by the statement's form; those on tables that are made by the same plan stop nobody, and are left out. */
function planStatement(statement: string, state: SchemaState): PlannedStatement {
  const text = statement
    .replace(/--[^\n]*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const locks: PlannedLock[] = [];
  let work: { readonly table: string; readonly kind: Work } = { table: '', kind: 'none' };
  const add = (table: string | undefined, mode: PlannedLock['mode']) => {
    const old = table !== undefined && state.rows[table] !== undefined;
    if (old && !locks.some((lock) => lock.table === table)) locks.push({ table, mode, stops: STOPS[mode] });
  };
  const main = mainOf(text, state);
  add(main.table, main.mode);
  if (main.table !== undefined) work = { table: main.source ?? main.table, kind: main.work };
  if (/^(create|alter) table/i.test(text)) {
    for (const [, table] of text.matchAll(/\breferences "?(\w+)"?/gi)) add(table, 'ShareRowExclusiveLock');
  }
  const rows = work.kind === 'none' ? 0 : (state.rows[work.table] ?? 0);
  return {
    statement: statement.trim(),
    locks,
    rows,
    seconds: Number(((rows / 1_000_000) * SECONDS_PER_MILLION[work.kind]).toFixed(1)),
  };
}

const STOPS = {
  RowExclusiveLock: 'nothing',
  ShareLock: 'writes',
  ShareRowExclusiveLock: 'writes',
  AccessExclusiveLock: 'reads and writes',
} as const;

interface Main {
  readonly table: string | undefined;
  readonly mode: PlannedLock['mode'];
  readonly work: Work;
  /** The table whose rows it goes through, where that is another one. */
  readonly source?: string;
}

function mainOf(text: string, state: SchemaState): Main {
  const named = (pattern: RegExp) => pattern.exec(text)?.[1];
  const index = named(/^create (?:unique )?index (?:if not exists )?.*? on (?:only )?"?(\w+)"?/i);
  if (index !== undefined) return { table: index, mode: 'ShareLock', work: 'index' };
  const altered = named(/^alter table (?:only )?"?(\w+)"?/i);
  if (altered !== undefined) return { table: altered, mode: 'AccessExclusiveLock', work: alterationOf(text) };
  const dropped = named(/^drop index (?:if exists )?"?(\w+)"?/i);
  if (dropped !== undefined) {
    return { table: state.indexes[dropped], mode: 'AccessExclusiveLock', work: 'none' };
  }
  const gone = named(/^(?:drop table|truncate)(?: if exists)? "?(\w+)"?/i);
  if (gone !== undefined) return { table: gone, mode: 'AccessExclusiveLock', work: 'none' };
  const written = named(/^(?:insert into|update(?: only)?|delete from) "?(\w+)"?/i);
  const source = named(/ from "?(\w+)"?/i);
  return {
    table: written,
    mode: 'RowExclusiveLock',
    work: 'rows',
    ...(source === undefined ? {} : { source }),
  };
}

/** What an `alter table` goes through. */
function alterationOf(text: string): Work {
  if (/generated always as \(.*\) stored| alter column \w+ (set data )?type /i.test(text)) return 'rewrite';
  if (/\bset not null\b|\badd (constraint|check|foreign key)\b/i.test(text)) return 'scan';
  if (/\badd (primary key|unique)\b/i.test(text)) return 'index';
  return 'none';
}
