import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, type PGliteOptions, types } from '@electric-sql/pglite';
import { Kysely } from 'kysely';
import type { Database } from './database.js';
import { EmbeddedDialect } from './embedded-dialect.js';
import type { Tables } from './tables.js';

/**
 * Opens the embedded database (PGlite: PostgreSQL compiled to WebAssembly) in a directory, which is made if need be.
 * One process only: the caller holds the directory's lock. What it answered is safe when the process is killed, but
 * not when the power fails: PGlite does not fsync.
 */
export async function openEmbedded(directory: string): Promise<Database> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return fromPGlite({ dataDir: join(directory, 'database') });
}

/** The same from PGlite's own options, such as an image of a data directory. */
export async function fromPGlite(options: PGliteOptions): Promise<Database> {
  const pglite = await PGlite.create({ ...options, parsers: { [types.INT8]: Number } });
  const dialect = new EmbeddedDialect(pglite);
  const kysely = new Kysely<Tables>({ dialect });
  // As for the hot connections of PostgreSQL: see `Statement`.
  await pglite.exec('set enable_seqscan = off; set enable_mergejoin = off');
  let closed: Promise<void> | undefined;
  return {
    kind: 'embedded',
    kysely,
    run: (statement, parameters) =>
      dialect.exclusively(async () => {
        const result = await pglite.query(statement.text, [...parameters]);
        return result.rows as never;
      }),
    openSession: undefined,
    pools: () => ({}),
    close: () => {
      closed ??= kysely.destroy();
      return closed;
    },
  };
}
