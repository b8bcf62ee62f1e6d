import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import type { Database } from '../src/database/database.js';
import { fromPGlite } from '../src/database/embedded.js';
import { migrate } from '../src/database/migrate.js';
import { openPostgres } from '../src/database/postgres.js';

declare module 'vitest' {
  interface ProvidedContext {
    database: 'embedded' | 'postgres';
    /** Embedded: file of a data directory's image. PostgreSQL: name of a database to copy. */
    template: string;
  }
}

const serverUrl = (database: string): string => {
  const url = new URL(process.env['POSTRIDER_TEST_DATABASE_URL'] ?? '');
  url.pathname = `/${database}`;
  return url.href;
};

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl('postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Makes a migrated database once, which every test file copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (project.config.provide.database === 'postgres') {
    const name = `postrider_template_${randomBytes(6).toString('hex')}`;
    await onServer(`create database ${name}`);
    const database = await openPostgres(serverUrl(name), 2);
    await migrate(database.kysely);
    await database.close();
    project.provide('template', name);
    return () => onServer(`drop database ${name} with (force)`);
  }
  const directory = await mkdtemp(join(tmpdir(), 'postrider-template-'));
  const pglite = await PGlite.create();
  const file = join(directory, 'image.tar');
  const image = await pglite.dumpDataDir('none');
  await pglite.close();
  const migrated = await fromPGlite({ loadDataDir: image });
  await migrate(migrated.kysely);
  await migrated.close();
  await writeFile(file, Buffer.from(await image.arrayBuffer()));
  project.provide('template', file);
  return () => rm(directory, { recursive: true, force: true });
}

/** A database of its own for one test file, and how to remove it. */
export async function copyDatabase(
  kind: 'embedded' | 'postgres',
  template: string,
): Promise<{ database: Database; remove: () => Promise<void> }> {
  if (kind === 'embedded') {
    const database = await fromPGlite({ loadDataDir: new Blob([await readFile(template)]) });
    await migrate(database.kysely);
    return { database, remove: () => database.close() };
  }
  return createDatabase(`template ${template}`);
}

/** A database in which nothing is, not even a schema, and how to remove it. */
export async function emptyDatabase(
  kind: 'embedded' | 'postgres',
): Promise<{ database: Database; remove: () => Promise<void> }> {
  if (kind === 'postgres') return createDatabase('');
  const database = await fromPGlite({});
  return { database, remove: () => database.close() };
}

async function createDatabase(options: string): Promise<{ database: Database; remove: () => Promise<void> }> {
  const name = `postrider_test_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name} ${options}`);
  const database = await openPostgres(serverUrl(name), 10);
  return {
    database,
    remove: async () => {
      await database.close();
      await onServer(`drop database ${name} with (force)`);
    },
  };
}
