import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../process.js';

const run = promisify(execFile);
const ROOT = '/usr/lib/postgresql';

const binaries = (): string =>
  join(
    ROOT,
    readdirSync(ROOT)
      .sort((a, b) => Number(a) - Number(b))
      .at(-1) ?? '',
    'bin',
  );

/** A PostgreSQL server that a test may stop and start; only where the suite runs with PostgreSQL at all. */
export interface Cluster {
  readonly url: string;
  start(): Promise<void>;
  /** Ends every connection at once, as a crash of the machine's service would. */
  stop(): Promise<void>;
  remove(): Promise<void>;
}

export const hasCluster = process.env['POSTRIDER_TEST_DATABASE_URL'] !== undefined && existsSync(ROOT);

/** @param prepare writes into the data directory before the first start, such as settings and certificates */
export async function createCluster(
  prepare: (directory: string) => Promise<void> = async () => {},
): Promise<Cluster> {
  const bin = binaries();
  const home = await mkdtemp(join(tmpdir(), 'postrider-cluster-'));
  const root = process.getuid?.() === 0;
  if (root) {
    // PostgreSQL refuses to run as root.
    const { stdout } = await run('id', ['-u', 'postgres']);
    await chown(home, Number(stdout), -1);
  }
  const as = (command: string, parameters: string[]) =>
    root
      ? run('runuser', ['-u', 'postgres', '--', join(bin, command), ...parameters], { cwd: '/' })
      : run(join(bin, command), parameters);
  const port = await freePort();
  const data = join(home, 'data');
  await as('initdb', ['-D', data, '-U', 'postrider', '--auth=trust', '-E', 'UTF8', '--locale=C']);
  await prepare(data);
  if (root) await run('chown', ['-R', 'postgres', data]);
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${home}`;
  return {
    url: `postgres://postrider@127.0.0.1:${port}/postgres`,
    start: async () => {
      await as('pg_ctl', ['-D', data, '-w', '-l', join(home, 'log'), '-o', options, 'start']);
    },
    stop: async () => {
      await as('pg_ctl', ['-D', data, '-m', 'immediate', '-w', 'stop']);
    },
    remove: async () => {
      await as('pg_ctl', ['-D', data, '-m', 'immediate', '-w', 'stop']).catch(() => {});
      await rm(home, { recursive: true, force: true });
    },
  };
}
