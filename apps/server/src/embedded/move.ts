import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openContext } from '../app.js';
import type { Config } from '../config.js';
import { sendControl, socketPath } from '../control.js';
import type { Database } from '../database/database.js';
import { migrate } from '../database/migrate.js';
import { openPostgres } from '../database/postgres.js';
import { ConfigurationError } from '../errors.js';
import { createLogger } from '../observability/logger.js';
import {
  type CopiedTable,
  clearSchemaRows,
  copySequences,
  copyTable,
  findFilledTable,
  listTables,
  settleText,
  sumTable,
} from './copy-tables.js';
import { noteMoved } from './moved.js';
import { countUnopenable } from './secrets.js';
import { type EmbeddedConfig, requireDatabase } from './source.js';

/** Connections to the target: one does the work, another looks. */
const POOL_SIZE = 2;

/** A table that is the same on both sides. */
interface MovedTable {
  readonly name: string;
  readonly rows: number;
  readonly checksum: string;
}

/** What a move came to. */
export interface MoveReport {
  /** Where the data is now, without user and password. */
  readonly to: string;
  readonly tables: readonly MovedTable[];
  readonly totalMs: number;
  /** File with the encryption key that the service needs there; undefined: it is in POSTRIDER_ENCRYPTION_KEY already. */
  readonly keyFile: string | undefined;
}

/** The address of a database as it may be shown. @throws ConfigurationError when it is none */
export function shownAddress(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new ConfigurationError('--to must be an address such as postgres://user@host:5432/database');
  }
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}

/**
 * Copies the embedded database to an empty PostgreSQL database, in one transaction there: all of it, with the same counts and
 * checksums on both sides, or nothing. Then the directory says that it was moved, and no service starts on it any more.
 *
 * @param progress is told of every table when it was copied
 * @throws ConfigurationError when the service runs, the target holds something, or the two sides differ in the end
 */
export async function move(
  config: Config,
  embedded: EmbeddedConfig,
  url: string,
  progress: (table: string, rows: number) => void,
): Promise<MoveReport> {
  const started = performance.now();
  const to = shownAddress(url);
  requireDatabase(embedded);
  const { directory } = embedded;
  if ((await sendControl(socketPath(directory), { command: 'identify' })) !== undefined) {
    throw new ConfigurationError(
      `the service runs on ${directory}: stop it first (SIGTERM). What it would still accept would not be moved`,
    );
  }
  const { context, close } = await openContext(config, { log: createLogger('silent') });
  try {
    const wrong = await countUnopenable(context.database, context.vault);
    if (wrong > 0) {
      throw new ConfigurationError(
        `the encryption key does not open ${wrong} of the stored secrets; nothing was moved. Set POSTRIDER_ENCRYPTION_KEY to the key that the service was used with`,
      );
    }
    const target = await openPostgres(url, POOL_SIZE);
    try {
      const tables = await copyAll(context.database, target, progress);
      await noteMoved(directory, to, context.clock.now());
      for (const { name } of tables) await sql`analyze ${sql.table(name)}`.execute(target.kysely);
      const keyFile = join(directory, 'encryption.key');
      return {
        to,
        tables,
        totalMs: Math.round(performance.now() - started),
        keyFile: config.encryptionKeys.length === 0 && existsSync(keyFile) ? keyFile : undefined,
      };
    } finally {
      await target.close();
    }
  } finally {
    await close();
  }
}

async function copyAll(
  source: Database,
  target: Database,
  progress: (table: string, rows: number) => void,
): Promise<MovedTable[]> {
  await migrate(target.kysely);
  const tables = await listTables(source.kysely);
  compareTables(tables, await listTables(target.kysely));
  return source.kysely.transaction().execute(async (from) => {
    await settleText(from);
    return target.kysely.transaction().execute(async (into) => {
      await settleText(into);
      const filled = await findFilledTable(into, tables);
      if (filled === undefined) await clearSchemaRows(into);
      const report: MovedTable[] = [];
      for (const table of tables) {
        if (filled === undefined) {
          await copyTable(from, into, table);
          await copySequences(from, into, table);
        }
        const [here, there] = [await sumTable(from, table), await sumTable(into, table)];
        if (here.rows !== there.rows || here.checksum !== there.checksum) {
          // What is all the same was moved before, by a process that was killed before it could say so.
          throw new ConfigurationError(
            filled === undefined
              ? `table ${table.name} is not the same on both sides (${here.rows} and ${there.rows} rows); nothing was moved`
              : `the target is not empty: its table ${filled} holds rows. Move to a new database (createdb)`,
          );
        }
        progress(table.name, there.rows);
        report.push({ name: table.name, ...there });
      }
      return report;
    });
  });
}

/** @throws ConfigurationError when the target has other tables than this version makes */
function compareTables(source: readonly CopiedTable[], target: readonly CopiedTable[]): void {
  const there = new Map(target.map((table) => [table.name, table]));
  for (const { name, columns } of source) {
    if (JSON.stringify(there.get(name)?.columns) === JSON.stringify(columns)) continue;
    throw new ConfigurationError(
      `the target has another table ${name} than this version: move to a new database (createdb)`,
    );
  }
}
