import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseConfig } from '../config.js';
import { lockDirectory, sendControl, socketPath } from '../control.js';
import { openDatabase } from '../database/database.js';
import { readSchema, type SchemaState } from '../database/plan.js';
import { ConfigurationError } from '../errors.js';
import { isUnfinished } from './replace.js';

/** The schema of a database as it is, read through the process that has it open where there is one; changes nothing. */
export async function readCurrentSchema(config: DatabaseConfig): Promise<SchemaState> {
  if (config.kind === 'postgres') return openAndRead(config);
  const { directory } = config;
  const state = await sendControl(socketPath(directory), { command: 'describe-schema' });
  if (state !== undefined) return state as SchemaState;
  if (isUnfinished(directory)) {
    throw new ConfigurationError(
      `a restore into ${directory} was not finished: the next start of the service finishes it, and then its schema can be read`,
    );
  }
  if (!existsSync(join(directory, 'database', 'PG_VERSION'))) return { applied: [], rows: {}, indexes: {} };
  const lock = await lockDirectory(directory);
  try {
    return await openAndRead(config);
  } finally {
    await lock.release();
  }
}

async function openAndRead(config: DatabaseConfig): Promise<SchemaState> {
  const database = await openDatabase(config, 2);
  try {
    return await readSchema(database.kysely);
  } finally {
    await database.close();
  }
}
