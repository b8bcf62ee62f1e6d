import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';

/** A table as both databases have it. */
export interface CopiedTable {
  readonly name: string;
  /** Columns that hold values of their own, with their types as SQL writes them. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Sequences that columns take numbers from. */
  readonly sequences: readonly string[];
}

/** What is the same on both sides when everything was copied. */
export interface TableSum {
  readonly rows: number;
  /** Over the text of all rows, in any order. */
  readonly checksum: string;
}

/** Rows that go over at once. */
const BATCH = 2_000;
/** Of a transaction, so that both sides write the same value as the same text. */
const TEXT_SETTINGS = [
  "set local timezone to 'UTC'",
  "set local datestyle to 'ISO, YMD'",
  "set local bytea_output to 'hex'",
  'set local extra_float_digits to 1',
  'set local enable_seqscan to on',
];
/** Its rows say when the steps of the schema were applied here, not what was stored. */
const NOT_COPIED = 'postrider_migration';

/** Makes a transaction write values as text in the way that both sides agree on. */
export async function settleText(transaction: Queryable): Promise<void> {
  for (const setting of TEXT_SETTINGS) await sql.raw(setting).execute(transaction);
}

/** Every table that is copied, those first that others refer to. */
export async function listTables(database: Queryable): Promise<CopiedTable[]> {
  const { rows } = await sql<CopiedTable>`
    select class.relname as name,
      (select json_agg(json_build_object('name', attname, 'type', format_type(atttypid, atttypmod)) order by attnum)
       from pg_attribute where attrelid = class.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns,
      (select coalesce(json_agg(pg_get_serial_sequence(quote_ident(class.relname), attname)), '[]')
       from pg_attribute where attrelid = class.oid and attnum > 0 and not attisdropped
         and pg_get_serial_sequence(quote_ident(class.relname), attname) is not null) as sequences
    from pg_class as class
    where class.relkind in ('r', 'p') and not class.relispartition
      and class.relnamespace = current_schema()::regnamespace and class.relname <> ${NOT_COPIED}
    order by class.relname`.execute(database);
  const references = await sql<{ from: string; to: string }>`
    select conrelid::regclass::text as from, confrelid::regclass::text as to
    from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace and conparentid = 0`.execute(
    database,
  );
  return inOrder(rows, references.rows);
}

function inOrder(
  tables: readonly CopiedTable[],
  references: readonly { readonly from: string; readonly to: string }[],
): CopiedTable[] {
  const ordered: CopiedTable[] = [];
  const waiting = new Map(tables.map((table) => [table.name, table]));
  while (waiting.size > 0) {
    const free = [...waiting.values()].filter(
      ({ name }) => !references.some(({ from, to }) => from === name && to !== name && waiting.has(to)),
    );
    if (free.length === 0) throw new Error('tables refer to each other in a circle');
    for (const table of free) {
      ordered.push(table);
      waiting.delete(table.name);
    }
  }
  return ordered;
}

/** Counts a table and sums up the text of its rows. */
export async function sumTable(database: Queryable, table: CopiedTable): Promise<TableSum> {
  const row = sql.join(table.columns.map(({ name }) => sql.ref(name)));
  const { rows } = await sql<{ rows: number; checksum: string }>`
    select count(*)::int8 as rows,
      coalesce(sum(('x' || substr(md5(row(${row})::text), 1, 16))::bit(64)::int8::numeric), 0)::text as checksum
    from ${sql.table(table.name)}`.execute(database);
  const [sum] = rows;
  if (!sum) throw new Error('a count without a row');
  return { rows: sum.rows, checksum: sum.checksum };
}

/** Every row of a table as the text of its columns, a batch at a time. The transaction is the source's own. */
async function* readBatches(source: Queryable, table: CopiedTable): AsyncGenerator<(string | null)[][]> {
  const columns = sql.join(table.columns.map(({ name }) => sql`${sql.ref(name)}::text`));
  await sql`declare copied no scroll cursor for select array[${columns}] as values from ${sql.table(table.name)}`.execute(
    source,
  );
  for (;;) {
    const { rows } = await sql<{
      values: (string | null)[];
    }>`fetch ${sql.raw(String(BATCH))} from copied`.execute(source);
    if (rows.length > 0) yield rows.map(({ values }) => values);
    if (rows.length < BATCH) break;
  }
  await sql`close copied`.execute(source);
}

/** Copies all rows of a table; gives how many. */
export async function copyTable(source: Queryable, target: Queryable, table: CopiedTable): Promise<number> {
  const names = sql.join(table.columns.map(({ name }) => sql.ref(name)));
  const values = sql.join(
    table.columns.map(({ name, type }) => sql`${sql.ref(`given.${name}`)}::${sql.raw(type)}`),
  );
  let copied = 0;
  for await (const batch of readBatches(source, table)) {
    const arrays = sql.join(
      table.columns.map((_, index) => sql`${batch.map((row) => row[index] ?? null)}::text[]`),
    );
    await sql`insert into ${sql.table(table.name)} (${names}) overriding system value
      select ${values} from unnest(${arrays}) as given(${names})`.execute(target);
    copied += batch.length;
  }
  return copied;
}

/** Lets the sequences of a table go on where those of the source stand. */
export async function copySequences(source: Queryable, target: Queryable, table: CopiedTable): Promise<void> {
  for (const name of table.sequences) {
    const { rows } = await sql<{ last: string; called: boolean }>`
      select last_value::text as last, is_called as called from ${sql.raw(name)}`.execute(source);
    const [state] = rows;
    if (!state) continue;
    await sql`select setval(${name}::regclass, ${state.last}::int8, ${state.called})`.execute(target);
  }
}

/** Its row is made by the schema itself; it means nothing as long as nothing else is there. */
const MADE_WITH_SCHEMA = 'environment';

/** The first table that holds rows of somebody, if any does. */
export async function findFilledTable(
  database: Queryable,
  tables: readonly CopiedTable[],
): Promise<string | undefined> {
  for (const { name } of tables) {
    if (name === MADE_WITH_SCHEMA) continue;
    const { rows } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(database);
    if (rows.length > 0) return name;
  }
  return undefined;
}

/** Removes what the schema itself made, so that what is copied comes in its place. */
export async function clearSchemaRows(target: Queryable): Promise<void> {
  await sql`delete from ${sql.table(MADE_WITH_SCHEMA)}`.execute(target);
}
