import { readFile } from 'node:fs/promises';
import type { Client } from '@postrider/client';
import type { Command } from 'commander';
import { UsageError } from './failure.js';
import type { Terminal } from './terminal.js';

/** Options of every command that calls the API. */
export interface ConnectionOptions {
  readonly server?: string;
  readonly keyFile?: string;
}

const DEFAULT_SERVER = 'http://127.0.0.1:8071';

/** Adds the options that say which service is called, and as whom. A key is never an option: others could see it. */
export const withConnection = (command: Command): Command =>
  command
    .option('--server <url>', `address of the service (default: POSTRIDER_URL, else ${DEFAULT_SERVER})`)
    .option('--key-file <file>', 'file that holds the API key (default: the key in POSTRIDER_API_KEY)');

/**
 * A secret from a file, or else from an environment variable; undefined where neither is given.
 *
 * @throws UsageError for a file that cannot be read; the message does not show what is in it
 */
export async function readSecret(
  terminal: Terminal,
  file: string | undefined,
  variable: string,
): Promise<string | undefined> {
  if (file === undefined) return terminal.environment[variable] || undefined;
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new UsageError(`cannot read the file: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * A client of the API as the options and the environment say. `fetch` stands in for the platform's.
 *
 * @throws UsageError where the key is missing or the address is none
 */
export async function connect(
  terminal: Terminal,
  options: ConnectionOptions,
  fetch?: typeof globalThis.fetch,
): Promise<Client> {
  const token = await readSecret(terminal, options.keyFile, 'POSTRIDER_API_KEY');
  if (!token) {
    throw new UsageError(
      'calling the API takes a key: set POSTRIDER_API_KEY, or give --key-file; `postrider api-key create` makes one',
    );
  }
  const { createClient } = await import('@postrider/client');
  const serverUrl = options.server ?? (terminal.environment['POSTRIDER_URL'] || DEFAULT_SERVER);
  try {
    return createClient({ serverUrl, token, userAgent: 'postrider-cli', ...(fetch ? { fetch } : {}) });
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}
