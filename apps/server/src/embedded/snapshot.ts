import { sql } from 'kysely';
import { HeldAnswer } from '../control.js';
import type { Database } from '../database/database.js';
import { ConfigurationError } from '../errors.js';

/** Of the log that a backup needs, and to be able to say what it is. */
export interface SnapshotStart {
  readonly postgres: string;
  readonly migrations: readonly string[];
  /** How long the database was busy with its beginning, in ms. */
  readonly beganMs: number;
}

/** What goes with the files that were copied, once they are. */
export interface SnapshotEnd {
  /** Text of the file `backup_label`, which tells PostgreSQL where in the log to begin. */
  readonly label: string;
  /** First and last file of the log that belong to it. */
  readonly firstLog: string;
  readonly lastLog: string;
}

/** Name of the hold on the log; it ends with the process. */
const SLOT = 'postrider_backup';

/**
 * Backups of the embedded database while it is used, as PostgreSQL makes them: between `begin` and `finish` somebody copies
 * the files, which change meanwhile; the log of that time makes one state of them. So nobody waits for the copying.
 */
export class Snapshots {
  readonly #database: Database;
  #state: 'none' | 'copying' | 'finished' = 'none';

  constructor(database: Database) {
    this.#database = database;
  }

  /** Begins one; the log is kept until what is given is let go. @throws ConfigurationError when there is one already */
  async begin(): Promise<HeldAnswer> {
    if (this.#state !== 'none') throw new ConfigurationError('another backup is under way');
    this.#state = 'copying';
    const { kysely } = this.#database;
    try {
      const start = performance.now();
      await sql`select pg_create_physical_replication_slot(${SLOT}, true, true)`.execute(kysely);
      await sql`select pg_backup_start('postrider', true)::text`.execute(kysely);
      const beganMs = Math.round(performance.now() - start);
      const version = await sql<{
        version: string;
      }>`select current_setting('server_version') as version`.execute(kysely);
      const migrations = await kysely
        .selectFrom('postrider_migration')
        .select('name')
        .orderBy('name')
        .execute();
      const answer: SnapshotStart = {
        postgres: version.rows[0]?.version ?? '',
        migrations: migrations.map(({ name }) => name),
        beganMs,
      };
      return new HeldAnswer(answer, () => this.#end());
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  /** Everything was copied but the log. */
  async finish(): Promise<SnapshotEnd> {
    if (this.#state !== 'copying') throw new ConfigurationError('no backup is under way');
    const { rows } = await sql<{ label: string; last: string }>`
      select labelfile as label, pg_walfile_name(lsn) as last from pg_backup_stop(false)`.execute(
      this.#database.kysely,
    );
    this.#state = 'finished';
    const { label = '', last = '' } = rows[0] ?? {};
    const first = /\(file ([0-9A-F]{24})\)/.exec(label)?.[1];
    if (first === undefined) throw new Error('the database tells nothing of the log of the backup');
    return { label, firstLog: first, lastLog: last };
  }

  /** Whatever happened: the database goes on as if there had been none. */
  async #end(): Promise<void> {
    const { kysely } = this.#database;
    try {
      if (this.#state === 'copying') await sql`select pg_backup_stop(false)`.execute(kysely).catch(() => {});
      await sql`select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = ${SLOT}`.execute(
        kysely,
      );
    } finally {
      this.#state = 'none';
    }
  }
}

/** What a control request about backups is answered. */
export function answerSnapshot(
  snapshots: Snapshots,
  command: 'begin-backup' | 'finish-backup',
): Promise<unknown> {
  return command === 'begin-backup' ? snapshots.begin() : snapshots.finish();
}
