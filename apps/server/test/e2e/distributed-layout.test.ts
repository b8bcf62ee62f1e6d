import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { copyDatabase } from '../databases.js';

const PAGE = new URL('../../../../docs/distributed.md', import.meta.url);

interface Key {
  readonly isPrimary: boolean;
  readonly columns: readonly string[];
}
interface Table {
  readonly name: string;
  readonly keys: readonly Key[];
  readonly references: readonly { readonly to: string; readonly columns: readonly string[] }[];
  readonly triggers: number;
  readonly sequences: number;
}

let tables: readonly Table[];
let where: ReadonlyMap<string, string>;
let rows: readonly string[];
let remove: () => Promise<void>;

async function readTables({ kysely }: Database): Promise<Table[]> {
  const found = await sql<Table>`
    select class.relname as name,
      (select coalesce(json_agg(json_build_object('isPrimary', indisprimary, 'columns', (
          select json_agg(attname order by place)
          from unnest(indkey::int2[]) with ordinality as key(number, place)
          join pg_attribute on attrelid = class.oid and attnum = key.number
        )) order by indexrelid::regclass::text), '[]')
       from pg_index where indrelid = class.oid and indisunique) as keys,
      (select coalesce(json_agg(json_build_object('to', confrelid::regclass::text, 'columns', (
          select json_agg(attname order by place)
          from unnest(conkey) with ordinality as key(number, place)
          join pg_attribute on attrelid = class.oid and attnum = key.number
        ))), '[]')
       from pg_constraint where conrelid = class.oid and contype = 'f') as references,
      (select count(*)::int4 from pg_trigger where tgrelid = class.oid and not tgisinternal) as triggers,
      (select count(*)::int4 from pg_attribute
       where attrelid = class.oid and attnum > 0 and not attisdropped
         and (attidentity <> '' or pg_get_serial_sequence(quote_ident(class.relname), attname) is not null)) as sequences
    from pg_class as class
    where class.relkind in ('r', 'p') and class.relnamespace = current_schema()::regnamespace
    order by class.relname`.execute(kysely);
  return found.rows;
}

beforeAll(async () => {
  const copy = await copyDatabase(inject('database'), inject('template'));
  remove = copy.remove;
  tables = await readTables(copy.database);
  rows = (await readFile(PAGE, 'utf8')).split('\n').filter((line) => /^\| `\w+` \|/.test(line));
  where = new Map(
    rows.map((row) => {
      const [, name = '', place = ''] = row.split('|').map((cell) => cell.trim());
      return [name.replaceAll('`', ''), place];
    }),
  );
});
afterAll(() => remove());

const distributed = () => tables.filter(({ name }) => where.get(name) === 'distributed');

it('the page has every table with its place and keys', () => {
  const listed = tables.map(({ name, keys }) => {
    const text = (wanted: boolean) =>
      keys
        .filter(({ isPrimary }) => isPrimary === wanted)
        .map(({ columns }) => ` ${columns.join(', ')}`)
        .join(';');
    return `| \`${name}\` | ${where.get(name)} |${text(true)} |${text(false)} |`;
  });
  expect([...rows].sort()).toEqual(listed.sort());
  expect(new Set(where.values())).toEqual(new Set(['distributed', 'everywhere', 'one place']));
});

it('every table that messages fill is distributed', () => {
  expect(distributed().map(({ name }) => name)).toEqual(
    expect.arrayContaining(['message', 'message_label', 'delivery', 'attempt', 'endpoint_work', 'tally']),
  );
});

it('every unique key of a distributed table has the id of the application', () => {
  const without = distributed().flatMap(({ name, keys }) =>
    keys.filter(({ columns }) => !columns.includes('application_id')).map(({ columns }) => [name, columns]),
  );
  expect(without).toEqual([]);
});

it('foreign keys stay within an application, or lead to what is everywhere', () => {
  const wrong = tables.flatMap(({ name, references }) =>
    references
      .filter(({ to, columns }) => {
        if (where.get(to) === 'everywhere') return false;
        if (where.get(name) === 'one place') return where.get(to) !== 'one place';
        return !(
          where.get(name) === 'distributed' &&
          where.get(to) === 'distributed' &&
          columns.includes('application_id')
        );
      })
      .map(({ to }) => [name, to]),
  );
  expect(wrong).toEqual([]);
});

it('distributed tables have no sequences, and no triggers but the one that leads the counts of older releases', () => {
  expect(distributed().filter(({ sequences }) => sequences > 0)).toEqual([]);
  expect(
    distributed()
      .filter(({ triggers }) => triggers > 0)
      .map(({ name }) => name),
  ).toEqual(['attempt_tally']);
});
