import type { PGlite } from '@electric-sql/pglite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';

/**
 * Kysely over PGlite. PGlite has one connection, so whoever holds it (for a query or a whole transaction) holds it
 * alone; the others queue in order. (The published dialect does not accept this PGlite version.)
 */
export class EmbeddedDialect implements Dialect {
  readonly #pglite: PGlite;
  #last: Promise<unknown> = Promise.resolve();

  constructor(pglite: PGlite) {
    this.#pglite = pglite;
  }

  /** Runs `work` when everybody who asked before is done. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  createAdapter = () => new PostgresAdapter();
  createQueryCompiler = () => new PostgresQueryCompiler();
  createIntrospector = (database: Kysely<unknown>) => new PostgresIntrospector(database);
  createDriver(): Driver {
    return new EmbeddedDriver(this.#pglite, this);
  }
}

class EmbeddedConnection implements DatabaseConnection {
  readonly #pglite: PGlite;
  release: () => void = () => {};

  constructor(pglite: PGlite) {
    this.#pglite = pglite;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const result = await this.#pglite.query<R>(query.sql, [...query.parameters]);
    return { rows: result.rows, numAffectedRows: BigInt(result.affectedRows ?? 0) };
  }

  /** PGlite has no cursors to stream from. */
  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('the embedded database does not stream');
  }
}

class EmbeddedDriver implements Driver {
  readonly #pglite: PGlite;
  readonly #dialect: EmbeddedDialect;

  constructor(pglite: PGlite, dialect: EmbeddedDialect) {
    this.#pglite = pglite;
    this.#dialect = dialect;
  }

  async init(): Promise<void> {
    await this.#pglite.waitReady;
  }

  acquireConnection(): Promise<DatabaseConnection> {
    const connection = new EmbeddedConnection(this.#pglite);
    return new Promise((resolve) => {
      void this.#dialect.exclusively(
        () =>
          new Promise<void>((release) => {
            connection.release = release;
            resolve(connection);
          }),
      );
    });
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    (connection as EmbeddedConnection).release();
  }

  async destroy(): Promise<void> {
    // Behind whoever still waits: nobody's statement meets a closed database.
    await this.#dialect.exclusively(() => this.#pglite.close());
  }
}
