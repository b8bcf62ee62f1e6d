import type { Kysely, Transaction } from 'kysely';
import type { DatabaseConfig } from '../config.js';
import { openEmbedded } from './embedded.js';
import { openPostgres } from './postgres.js';
import type { Tables } from './tables.js';

/** A statement of the hot path: fixed text, prepared once under its name where the database can do that. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** PostgreSQL in one of its two homes. Everything above speaks the same SQL to both. */
export interface Database {
  readonly kind: DatabaseConfig['kind'];
  /** Query builder and transactions. */
  readonly kysely: Kysely<Tables>;
  /** Runs a statement of the hot path, on a connection of its own choosing, and gives its rows. */
  run<Row>(statement: Statement, parameters: readonly unknown[]): Promise<Row[]>;
  /** Ends every connection; safe to call twice. */
  close(): Promise<void>;
}

/** What storage functions take: the database itself or a transaction in it. */
export type Queryable = Kysely<Tables> | Transaction<Tables>;

/** Opens the configured database without touching its schema. */
export const openDatabase = (config: DatabaseConfig, poolSize: number): Promise<Database> =>
  config.kind === 'postgres' ? openPostgres(config.url, poolSize) : openEmbedded(config.directory);
