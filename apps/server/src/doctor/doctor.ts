import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { systemClock } from '../clock.js';
import { type Config, readConfig } from '../config.js';
import { lockDirectory, sendControl, socketPath } from '../control.js';
import { openDatabase } from '../database/database.js';
import { refuseMoved } from '../embedded/moved.js';
import { isUnfinished } from '../embedded/replace.js';
import type { EmbeddedConfig } from '../embedded/source.js';
import { ConfigurationError } from '../errors.js';
import { freeBytesOf } from '../readiness.js';
import { createVault } from '../signing/vault.js';
import { examineDatabase } from './database.js';
import { type Finding, ok, problem, warning } from './finding.js';

const MIB = 1024 * 1024;
const FREE_BYTES = { warning: 1024 * MIB, problem: 256 * MIB };
const REACH_MS = 5_000;

/**
 * Looks at everything and changes nothing. The settings are those of the service's own environment.
 *
 * @param freeBytes how much room there is where a directory is, in bytes
 */
export async function examine(
  environment: Readonly<Record<string, string | undefined>>,
  freeBytes: (directory: string) => Promise<number> = freeBytesOf,
): Promise<Finding[]> {
  let config: Config;
  try {
    config = readConfig(environment);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return [problem('configuration', error.message, 'mend it; the README has a table of all settings')];
  }
  const findings = [examineSettings(config)];
  if (config.database.kind === 'embedded') findings.push(await examineDisk(config.database, freeBytes));
  findings.push(...(await findInDatabase(config)), await examineAddress(config));
  return findings;
}

function examineSettings({ publicUrl, listen }: Config): Finding {
  const url = new URL(publicUrl);
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const remedy = 'set POSTRIDER_PUBLIC_URL to the https address under which people reach the portal';
  if (local && !['localhost', '127.0.0.1', '::1'].includes(listen.host)) {
    return warning('configuration', `links lead to ${url.origin}, which works on this machine alone`, remedy);
  }
  return !local && url.protocol === 'http:'
    ? warning('configuration', `links lead to ${url.origin}, without encryption`, remedy)
    : ok('configuration', `complete; links lead to ${url.origin}`);
}

async function examineDisk(
  { directory }: EmbeddedConfig,
  freeBytes: (directory: string) => Promise<number>,
): Promise<Finding> {
  let place = resolve(directory);
  while (!existsSync(place)) place = dirname(place);
  const free = await freeBytes(place);
  const text = `${Math.floor(free / MIB)} MiB are free for ${resolve(directory)}`;
  const remedy =
    'make room, or let messages go earlier with POSTRIDER_RETENTION_DAYS; a full disk stops the service';
  if (free < FREE_BYTES.problem) return problem('disk', text, remedy);
  return free < FREE_BYTES.warning ? warning('disk', text, remedy) : ok('disk', text);
}

async function examineAddress({ publicUrl }: Config): Promise<Finding> {
  const remedy =
    'start the service; behind a proxy, let it pass this address on. From where people are it must be reachable, from here not necessarily';
  try {
    const answer = await fetch(`${publicUrl}/api/v1/health/ping/`, {
      signal: AbortSignal.timeout(REACH_MS),
      redirect: 'manual',
    });
    return answer.status === 204
      ? ok('public-url', `${publicUrl} answers`)
      : problem('public-url', `${publicUrl} answers ${answer.status}, and not as Postrider does`, remedy);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message : String(cause);
    return problem('public-url', `${publicUrl} does not answer (${why})`, remedy);
  }
}

async function findInDatabase(config: Config): Promise<Finding[]> {
  try {
    if (config.database.kind === 'postgres') return await openAndExamine(config, undefined);
    return await findInEmbedded(config, config.database);
  } catch (error) {
    const text = error instanceof Error ? error.message || String(error) : String(error);
    const remedy =
      config.database.kind === 'postgres'
        ? 'look whether the server runs and lets this machine in, and at POSTRIDER_DATABASE_URL'
        : 'see the message; POSTRIDER_DATA_DIR says which directory it is';
    return [problem('database', text, remedy)];
  }
}

async function findInEmbedded(config: Config, { directory }: EmbeddedConfig): Promise<Finding[]> {
  const found = await sendControl(socketPath(directory), { command: 'examine' });
  if (found !== undefined) return found as Finding[];
  if (isUnfinished(directory)) {
    return [
      warning(
        'database',
        `a restore into ${resolve(directory)} was not finished`,
        'start the service, or call restore again: either goes on where it ended',
      ),
    ];
  }
  if (!existsSync(join(directory, 'database', 'PG_VERSION'))) {
    return [ok('database', `there is none in ${resolve(directory)} yet; the first start makes it`)];
  }
  const lock = await lockDirectory(directory);
  try {
    await refuseMoved(directory);
    return await openAndExamine(config, directory);
  } finally {
    await lock.release();
  }
}

async function openAndExamine(config: Config, directory: string | undefined): Promise<Finding[]> {
  const kept = directory === undefined ? [] : await readKept(directory);
  const [current, ...previous] = config.encryptionKeys.length > 0 ? config.encryptionKeys : kept;
  if (!current) {
    return [
      problem(
        'encryption-key',
        'is missing, or no 32 bytes in base64',
        'put encryption.key back, or set POSTRIDER_ENCRYPTION_KEY',
      ),
    ];
  }
  const database = await openDatabase(config.database, 2);
  try {
    return await examineDatabase({
      database,
      vault: createVault({ current, previous }),
      clock: systemClock,
      retentionDays: config.dispatch.retentionDays,
    });
  } finally {
    await database.close();
  }
}

async function readKept(directory: string): Promise<Buffer[]> {
  const text = await readFile(join(directory, 'encryption.key'), 'utf8').catch(() => undefined);
  const key = text === undefined ? undefined : Buffer.from(text.trim(), 'base64');
  return key?.length === 32 ? [key] : [];
}
