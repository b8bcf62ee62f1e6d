import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { logLines, Secrets } from './secrecy.js';

/** The program that every process of a test runs: what was built here, or the one that POSTRIDER_TEST_PROGRAM names. */
export const MAIN =
  process.env['POSTRIDER_TEST_PROGRAM'] ?? fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** A Postrider process of its own, as an operator runs it. */
export interface ServerProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything it printed so far. */
  output(): string;
  /**
   * Ends it with a signal and resolves with its exit code (null when the signal ended it). Rejects when a secret stands
   * in its log.
   */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export type Settings = Record<string, string>;

/** A port of loopback that is free at present. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

const exitOf = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((resolve) => child.once('exit', (code) => resolve(code)));

/** Runs the command line to its end. */
export async function runCommand(
  parameters: readonly string[],
  settings: Settings,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...parameters], {
    env: { PATH: process.env['PATH'], ...settings },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  await new Promise((resolve) => child.once('close', resolve));
  return { code: child.exitCode, stdout, stderr };
}

/** Starts the service and resolves when it says that it is ready; rejects with what it printed when it ends before. */
export async function startProcess(
  settings: Settings,
  parameters: readonly string[] = [],
  main = MAIN,
): Promise<ServerProcess> {
  const port = settings['PORT'] ?? String(await freePort());
  const child = spawn(process.execPath, [main, ...parameters], {
    env: { PATH: process.env['PATH'], POSTRIDER_LISTEN: `127.0.0.1:${port}`, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('service.started') || text.includes('Postrider is running')) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    child,
    output: () => text,
    end: async (signal) => {
      const exit = exitOf(child);
      child.kill(signal);
      const code = await exit;
      new Secrets(settings).check(logLines(text));
      return code;
    },
  };
}

/** A place for the data of a service on one of the databases, and how to remove it. */
export interface Place {
  readonly settings: Settings;
  remove(): Promise<void>;
}

async function embeddedPlace(): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'postrider-'));
  return {
    settings: { POSTRIDER_DATA_DIR: directory },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

async function postgresPlace(url: string): Promise<Place> {
  const name = `postrider_fault_${randomBytes(6).toString('hex')}`;
  const admin = async (statement: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await admin(`create database ${name}`);
  const target = new URL(url);
  target.pathname = `/${name}`;
  return {
    settings: {
      POSTRIDER_DATABASE_URL: target.href,
      POSTRIDER_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    },
    remove: () => admin(`drop database ${name} with (force)`),
  };
}

const postgresUrl = process.env['POSTRIDER_TEST_DATABASE_URL'];

/** The databases that are here, by name. */
export const PLACES: readonly [name: string, make: () => Promise<Place>][] = [
  ['embedded', embeddedPlace],
  ...(postgresUrl ? [['postgres', () => postgresPlace(postgresUrl)] as [string, () => Promise<Place>]] : []),
];

/**
 * A place on one of the databases.
 *
 * @throws Error when the database is not here
 */
export function makePlace(database: string): Promise<Place> {
  const make = PLACES.find(([name]) => name === database)?.[1];
  if (!make) throw new Error(`no database for tests: ${database}`);
  return make();
}
