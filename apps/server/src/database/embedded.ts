import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, type PGliteOptions, types } from '@electric-sql/pglite';
import { Kysely } from 'kysely';
import type { Database } from './database.js';
import { EmbeddedDialect } from './embedded-dialect.js';
import { DirectoryFiles, type Durability, SYNCING_PARAMETERS, syncPath, syncTree } from './embedded-files.js';
import type { Tables } from './tables.js';

/**
 * Opens the embedded database (PGlite: PostgreSQL compiled to WebAssembly) in a directory, which is made if need be.
 * One process only: the caller holds the directory's lock. What it answered is safe when the process is killed, and with
 * `power` also when the machine stops at once.
 */
export async function openEmbedded(directory: string, durability: Durability): Promise<Database> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const dataDir = join(directory, 'database');
  const files = new DirectoryFiles(dataDir, durability);
  if (durability === 'process') return fromPGlite({ fs: files });
  const database = await fromPGlite({ fs: files, startParams: [...SYNCING_PARAMETERS] });
  if (files.syncs === 0) {
    await database.close();
    throw new Error('PGlite has changed: PostgreSQL does not sync its files any more');
  }
  // What a start writes before PostgreSQL runs, and what was written without syncs before, perhaps under `process`.
  syncTree(dataDir);
  syncPath(directory);
  return database;
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
