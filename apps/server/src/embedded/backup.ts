import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { syncPath } from '../database/embedded-files.js';
import { ConfigurationError } from '../errors.js';
import { VERSION } from '../version.js';
import { ArchiveWriter } from './archive.js';
import { type EmbeddedConfig, openSnapshot, type Snapshot } from './source.js';

/** What PostgreSQL makes anew at its start; its log is copied by itself. */
const LEFT_OUT =
  /^(postmaster\.(pid|opts)|backup_label.*|tablespace_map.*|pg_(wal|replslot|dynshmem|notify|serial|snapshots|stat_tmp|subtrans)\/.*|.*pgsql_tmp.*|(.*\/)?pg_internal\.init.*)$/;
/** Tells what the files are of, so it is taken when they are all there. */
const LAST = 'global/pg_control';

/** What a backup came to. */
export interface BackupReport {
  readonly file: string;
  /** Files in it, and their bytes before compression. */
  readonly files: number;
  readonly bytes: number;
  /** Bytes of the backup itself. */
  readonly size: number;
  /** How long the database was busy with the beginning, in ms. */
  readonly beganMs: number;
  readonly totalMs: number;
  readonly key: 'included' | 'left out';
}

/** How a backup is made. */
export interface BackupOptions {
  /** A file that is not there yet, or a directory to make one in. */
  readonly target: string;
  /** Leaves the encryption key out, so that who reads the backup cannot open the secrets in it. */
  readonly withoutKey: boolean;
  /** Aborted when nobody wants it any more: then nothing of it is left. */
  readonly interrupted?: AbortSignal;
}

/**
 * Writes a backup of the embedded database, also while the service runs. It is complete or it is not there: it is written
 * under another name first.
 *
 * @throws ConfigurationError when the target is there already, there is no database, or it was interrupted
 */
export async function backUp(config: EmbeddedConfig, options: BackupOptions): Promise<BackupReport> {
  const started = performance.now();
  const file = await fileOf(options.target);
  const temporary = `${file}.${randomBytes(4).toString('hex')}.partial`;
  const snapshot = await openSnapshot(config);
  try {
    const keyFile = join(config.directory, 'encryption.key');
    const key = existsSync(keyFile) && !options.withoutKey ? 'included' : 'left out';
    const archive = new ArchiveWriter(temporary);
    const copied = copyAll(archive, config.directory, snapshot, key, options.interrupted);
    const written = await copied.catch(async (error: unknown) => {
      await archive.abort(error);
      throw error;
    });
    await rename(temporary, file);
    syncPath(dirname(file));
    return {
      file,
      ...written,
      size: (await stat(file)).size,
      beganMs: snapshot.beganMs,
      totalMs: Math.round(performance.now() - started),
      key,
    };
  } catch (error) {
    await rm(temporary, { force: true });
    if (options.interrupted?.aborted) throw new ConfigurationError('interrupted: no backup was written');
    // What the disk says, such as that it is full, is for people as it is.
    throw error instanceof Error && 'syscall' in error ? new ConfigurationError(error.message) : error;
  } finally {
    await snapshot.close();
  }
}

async function fileOf(target: string): Promise<string> {
  const path = resolve(target);
  const known = await stat(path).catch(() => undefined);
  if (known?.isDirectory()) {
    const time = new Date().toISOString().replace(/[:.]/g, '-');
    return join(path, `postrider-${time}.tar.gz`);
  }
  if (known) throw new ConfigurationError(`${path} is there already: choose another name, or remove it`);
  if (!existsSync(dirname(path))) throw new ConfigurationError(`there is no directory ${dirname(path)}`);
  return path;
}

async function copyAll(
  archive: ArchiveWriter,
  directory: string,
  snapshot: Snapshot,
  key: 'included' | 'left out',
  interrupted: AbortSignal | undefined,
): Promise<{ files: number; bytes: number }> {
  const { postgres, migrations } = snapshot;
  await archive.addInfo({
    postrider: VERSION,
    postgres,
    migrations: [...migrations],
    madeAt: new Date().toISOString(),
    key,
  });
  const database = join(directory, 'database');
  for (const name of await listFiles(database)) {
    interrupted?.throwIfAborted();
    if (name !== LAST) await addIfThere(archive, `database/${name}`, join(database, name));
  }
  await archive.addFile(`database/${LAST}`, join(database, LAST));
  const { label, firstLog, lastLog } = await snapshot.finish();
  await archive.addText('database/backup_label', label);
  for (const name of (await readdir(join(database, 'pg_wal'))).sort()) {
    if (name >= firstLog && name <= lastLog && /^[0-9A-F]{24}$/.test(name)) {
      await archive.addFile(`database/pg_wal/${name}`, join(database, 'pg_wal', name));
    }
  }
  interrupted?.throwIfAborted();
  if (key === 'included') await archive.addFile('encryption.key', join(directory, 'encryption.key'));
  return archive.finish();
}

/** Every file that belongs into a backup, by its path below the database. */
async function listFiles(database: string): Promise<string[]> {
  const entries = await readdir(database, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(database, join(entry.parentPath, entry.name)))
    .filter((name) => !LEFT_OUT.test(name))
    .sort();
}

/** A table may be dropped, or a file replaced, between the listing and now: the log says so too. */
async function addIfThere(archive: ArchiveWriter, name: string, path: string): Promise<void> {
  try {
    await archive.addFile(name, path);
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!gone || existsSync(path)) throw error;
  }
}
