import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from './errors.js';

/**
 * The key of an embedded database that was given none: made at its first start, kept beside it, readable by its owner
 * alone.
 *
 * @throws ConfigurationError when there is a database without its key, or the file holds no key
 */
export async function keepEncryptionKey(directory: string): Promise<Buffer> {
  const file = join(directory, 'encryption.key');
  if (existsSync(file)) {
    const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'base64');
    if (key.length !== 32) throw new ConfigurationError(`${file} does not hold 32 bytes in base64`);
    return key;
  }
  if (existsSync(join(directory, 'database', 'PG_VERSION'))) {
    throw new ConfigurationError(
      `${file} is missing although ${directory} holds a database: put the file back, or set POSTRIDER_ENCRYPTION_KEY`,
    );
  }
  const key = randomBytes(32);
  // On the disk before anything is sealed with it.
  await writeFile(file, `${key.toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  return key;
}
