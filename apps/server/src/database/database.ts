import type { Kysely, Transaction } from 'kysely';
import type { DatabaseConfig } from '../config.js';
import { openEmbedded } from './embedded.js';
import { openPostgres } from './postgres.js';
import type { Tables } from './tables.js';

/**
 * A statement of the hot path: fixed text, prepared once under its name where the database can do that.
 *
 * A prepared statement is planned while the tables may be empty, and the plan is kept. So the planner is not left free:
 * no statement scans a table from end to end, and a `keyed` one, which joins a list of keys with a big table, only
 * looks keys up.
 */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly plan: 'free' | 'keyed';
}

/** One connection that is kept: locks and subscriptions end with it. */
export interface Session {
  /** Resolves when the connection is gone, for whatever reason. */
  readonly lost: Promise<void>;
  query(text: string, parameters: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** Calls `notice` at every notification of the channel. */
  listen(channel: string, notice: () => void): Promise<void>;
  close(): Promise<void>;
}

/** PostgreSQL in one of its two homes. Everything above speaks the same SQL to both. */
export interface Database {
  readonly kind: DatabaseConfig['kind'];
  /** Query builder and transactions. */
  readonly kysely: Kysely<Tables>;
  /** Runs a statement of the hot path, on a connection of its own choosing, and gives its rows. */
  run<Row>(statement: Statement, parameters: readonly unknown[]): Promise<Row[]>;
  /** A connection of its own, for what belongs to a connection; undefined where one process has the database alone. */
  readonly openSession: (() => Promise<Session>) | undefined;
  /** Connections by pool. */
  pools(): Record<string, { total: number; idle: number; waiting: number }>;
  /** Ends every connection; safe to call twice. */
  close(): Promise<void>;
}

/** What storage functions take: the database itself or a transaction in it. */
export type Queryable = Kysely<Tables> | Transaction<Tables>;

/** Opens the configured database without touching its schema. */
export const openDatabase = (config: DatabaseConfig, poolSize: number): Promise<Database> =>
  config.kind === 'postgres'
    ? openPostgres(config.url, poolSize, config.directUrl)
    : openEmbedded(config.directory, config.durability);
