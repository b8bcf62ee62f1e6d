import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncPath } from '../database/embedded-files.js';

/** What a data directory holds that belongs to its database. */
const PARTS = ['moved.json', 'encryption.key', 'database'] as const;

/** Where a restore writes; worth nothing until it is complete. */
export const RESTORING = 'restoring';
/** The same, complete and checked. From then on it counts, however far the next steps have got. */
export const RESTORED = 'restored';
/** The same when nothing of what was there before is in its way any more. */
const ARRIVING = 'arriving';
/** In it, what was there before. */
const REPLACED = 'replaced';

/** Parts that are in a data directory. */
export async function listParts(directory: string): Promise<string[]> {
  const names = existsSync(directory) ? await readdir(directory) : [];
  return PARTS.filter((name) => names.includes(name));
}

/** Whether a restore was begun there that the next start has to finish. */
export const isUnfinished = (directory: string): boolean =>
  [RESTORED, ARRIVING].some((name) => existsSync(join(directory, name)));

/** Whether a data directory holds a database, or one that a restore has not put in its place yet. */
export const holdsDatabase = (directory: string): boolean =>
  isUnfinished(directory) || existsSync(join(directory, 'database', 'PG_VERSION'));

async function moveParts(from: string, to: string): Promise<void> {
  for (const name of await listParts(from)) await rename(join(from, name), join(to, name));
  syncPath(to);
  syncPath(from);
}

/**
 * Puts a complete restore in the place of what a directory holds, which is kept in a folder of its own. Each step is a
 * rename, and it goes on where a process that was killed stopped; without a restore it does nothing. It stays within the
 * directory, which may be a volume of its own. What a restore left that was killed before it was complete is removed. The
 * caller holds the directory's lock.
 *
 * @returns the folder of what was there before, if anything was
 */
export async function finishRestore(directory: string): Promise<string | undefined> {
  await rm(join(directory, RESTORING), { recursive: true, force: true });
  const [restored, arriving] = [join(directory, RESTORED), join(directory, ARRIVING)];
  if (existsSync(restored)) {
    const replaced = join(restored, REPLACED);
    await mkdir(replaced, { recursive: true, mode: 0o700 });
    await moveParts(directory, replaced);
    await rename(restored, arriving);
    syncPath(directory);
  }
  if (!existsSync(arriving)) return undefined;
  await moveParts(arriving, directory);
  const kept = await keepReplaced(directory, join(arriving, REPLACED));
  await rm(arriving, { recursive: true, force: true });
  return kept;
}

async function keepReplaced(directory: string, replaced: string): Promise<string | undefined> {
  if ((await listParts(replaced)).length === 0) return undefined;
  const kept = join(directory, `${REPLACED}-${new Date().toISOString().replace(/[:.]/g, '-')}`);
  await rename(replaced, kept);
  syncPath(directory);
  return kept;
}
