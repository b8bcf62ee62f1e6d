import type { Config, DatabaseConfig } from '../config.js';
import { holdControl, lockDirectory, sendControl, socketPath } from '../control.js';
import { openEmbedded } from '../database/embedded.js';
import { ConfigurationError } from '../errors.js';
import { finishRestore, holdsDatabase } from './replace.js';
import { type SnapshotEnd, type SnapshotStart, Snapshots } from './snapshot.js';

/** The embedded database of a configuration. */
export type EmbeddedConfig = Extract<DatabaseConfig, { kind: 'embedded' }>;

/** @throws ConfigurationError saying what to do instead, when the data is on PostgreSQL */
export function requireEmbedded(config: Config, instead: string): EmbeddedConfig {
  if (config.database.kind === 'embedded') return config.database;
  throw new ConfigurationError(
    `this is for the embedded database, and POSTRIDER_DATABASE_URL is set: ${instead}`,
  );
}

/** @throws ConfigurationError when there is no database in the directory */
export function requireDatabase({ directory }: EmbeddedConfig): void {
  if (holdsDatabase(directory)) return;
  throw new ConfigurationError(
    `there is no embedded database in ${directory}; POSTRIDER_DATA_DIR says where it is`,
  );
}

/** A snapshot of the embedded database: its files may be copied until `finish`, those of its log until `close`. */
export interface Snapshot extends SnapshotStart {
  finish(): Promise<SnapshotEnd>;
  close(): Promise<void>;
}

/** Begins a snapshot in the process that has the database open, or opens it here when there is none. */
export async function openSnapshot(config: EmbeddedConfig): Promise<Snapshot> {
  const path = socketPath(config.directory);
  const held = await holdControl(path, { command: 'begin-backup' });
  if (!held) return openOwnSnapshot(config);
  return {
    ...(held.result as SnapshotStart),
    finish: async () => {
      const end = await sendControl(path, { command: 'finish-backup' });
      if (end !== undefined) return end as SnapshotEnd;
      throw new ConfigurationError('the service ended while it was backed up; try again');
    },
    close: async () => held.release(),
  };
}

/** No service runs: the database is opened for the time of the copying, as it is, so that its log is complete. */
async function openOwnSnapshot(config: EmbeddedConfig): Promise<Snapshot> {
  requireDatabase(config);
  const lock = await lockDirectory(config.directory);
  try {
    await finishRestore(config.directory);
    const database = await openEmbedded(config.directory, config.durability);
    const close = async () => {
      await database.close();
      await lock.release();
    };
    try {
      const snapshots = new Snapshots(database);
      const { result } = await snapshots.begin();
      return { ...(result as SnapshotStart), finish: () => snapshots.finish(), close };
    } catch (error) {
      await database.close();
      throw error;
    }
  } catch (error) {
    await lock.release();
    throw error;
  }
}
