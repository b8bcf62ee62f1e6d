import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { syncPath } from '../database/embedded-files.js';
import { ConfigurationError } from '../errors.js';

const FILE = 'moved.json';
const schema = z.object({ to: z.string(), at: z.string() });

/** Notes that a directory's database lives on elsewhere. `to` must not hold a password. */
export async function noteMoved(directory: string, to: string, at: Date): Promise<void> {
  const temporary = join(directory, `${FILE}.new`);
  await writeFile(temporary, `${JSON.stringify({ to, at: at.toISOString() })}\n`, {
    mode: 0o600,
    flush: true,
  });
  await rename(temporary, join(directory, FILE));
  syncPath(directory);
}

/**
 * What was moved must not be used here too: two services would make the same deliveries.
 *
 * @throws ConfigurationError saying where it is now
 */
export async function refuseMoved(directory: string): Promise<void> {
  const file = join(directory, FILE);
  if (!existsSync(file)) return;
  const { to, at } = schema.parse(JSON.parse(await readFile(file, 'utf8')));
  throw new ConfigurationError(
    `the database in ${directory} was moved to ${to} at ${at}: set POSTRIDER_DATABASE_URL to that. To use this one again all the same, with what it held then, remove ${file}`,
  );
}
