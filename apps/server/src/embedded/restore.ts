import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../config.js';
import { lockDirectory } from '../control.js';
import { openEmbedded } from '../database/embedded.js';
import { syncPath, syncTree } from '../database/embedded-files.js';
import { MIGRATIONS } from '../database/migrate.js';
import { keepEncryptionKey } from '../encryption-key.js';
import { ConfigurationError } from '../errors.js';
import { createVault } from '../signing/vault.js';
import { type BackupInfo, readArchive } from './archive.js';
import { finishRestore, listParts, RESTORED, RESTORING } from './replace.js';
import { countRows, countUnopenable } from './secrets.js';
import type { EmbeddedConfig } from './source.js';

/** What a restore came to. */
export interface RestoreReport {
  readonly directory: string;
  readonly info: BackupInfo;
  /** Folder with what was there before, if anything was. */
  readonly replaced: string | undefined;
  readonly messages: number;
  readonly totalMs: number;
}

/** How a backup is restored. */
export interface RestoreOptions {
  /** Whether it may take the place of a database that is there. */
  readonly replace: boolean;
  /** Aborted when nobody wants it any more: until it counts, everything is left as it was. */
  readonly interrupted?: AbortSignal;
}

/** Directories that PostgreSQL wants to be there although a backup has nothing in them. */
const EMPTY = [
  'pg_wal/archive_status',
  'pg_wal/summaries',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_tblspc',
  'pg_twophase',
  'pg_commit_ts',
  'pg_logical/snapshots',
  'pg_logical/mappings',
];

/**
 * Puts a backup in the place of the embedded database. The backup is read to its end and checked before anything is written;
 * then it is unpacked beside the database, opened and looked at; only then it takes its place, by renames that a later start
 * completes if this process is killed between them.
 *
 * @throws ConfigurationError when the service runs, the directory holds a database and `replace` was not asked for, or the
 *   backup is damaged, newer than this version, or without its encryption key; and when it was interrupted
 */
export async function restore(
  config: Config,
  embedded: EmbeddedConfig,
  file: string,
  { replace, interrupted }: RestoreOptions,
): Promise<RestoreReport> {
  const started = performance.now();
  const { directory } = embedded;
  const info = await readArchive(resolve(file));
  refuseNewer(file, info);
  const lock = await lockDirectory(directory);
  try {
    await finishRestore(directory);
    if ((await listParts(directory)).length > 0 && !replace) {
      throw new ConfigurationError(
        `${resolve(directory)} holds a database already: choose an empty POSTRIDER_DATA_DIR, or say --replace to put the backup in its place (what is there is kept beside it)`,
      );
    }
    const restoring = join(directory, RESTORING);
    const unpacked = unpack(config, resolve(file), restoring, interrupted);
    const messages = await unpacked.catch(async (error: unknown) => {
      await rm(restoring, { recursive: true, force: true });
      if (interrupted?.aborted) throw new ConfigurationError('interrupted: nothing was changed');
      throw error;
    });
    syncTree(restoring);
    await rename(restoring, join(directory, RESTORED));
    syncPath(directory);
    const replaced = await finishRestore(directory);
    return {
      directory: resolve(directory),
      info,
      replaced,
      messages,
      totalMs: Math.round(performance.now() - started),
    };
  } finally {
    await lock.release();
  }
}

function refuseNewer(file: string, info: BackupInfo): void {
  const known = new Set(MIGRATIONS.map(({ name }) => name));
  const unknown = info.migrations.find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new ConfigurationError(
    `${file} was made by a newer Postrider (${info.postrider}; its schema has ${unknown}): restore it with that version or a newer one`,
  );
}

/** Unpacks and opens it. Gives how many messages it has. */
async function unpack(
  config: Config,
  file: string,
  to: string,
  interrupted: AbortSignal | undefined,
): Promise<number> {
  const info = await readArchive(file, async (name) => {
    interrupted?.throwIfAborted();
    const path = join(to, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return createWriteStream(path, { mode: 0o600, flags: 'wx' });
  });
  for (const name of EMPTY) await mkdir(join(to, 'database', name), { recursive: true, mode: 0o700 });
  if (!existsSync(join(to, 'encryption.key')) && config.encryptionKeys.length === 0) {
    throw new ConfigurationError(
      'the backup is without its encryption key: set POSTRIDER_ENCRYPTION_KEY to the key that the service was used with',
    );
  }
  const [current = await keepEncryptionKey(to), ...previous] = config.encryptionKeys;
  // Read from the log without syncs: everything is synced afterwards.
  const database = await openEmbedded(to, 'process').catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(
      `the database in ${file} does not start (it was made with PostgreSQL ${info.postgres}): ${why}`,
    );
  });
  try {
    const wrong = await countUnopenable(database, createVault({ current, previous }));
    if (wrong > 0) {
      throw new ConfigurationError(
        `the encryption key does not open ${wrong} of the secrets in the backup: set POSTRIDER_ENCRYPTION_KEY to the key that the service was used with`,
      );
    }
    interrupted?.throwIfAborted();
    return await countRows(database, 'message');
  } finally {
    await database.close();
  }
}
