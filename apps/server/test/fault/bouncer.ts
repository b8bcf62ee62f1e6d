import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { vi } from 'vitest';
import { freePort } from '../process.js';
import { hasCluster } from './cluster.js';

const PROGRAM = '/usr/sbin/pgbouncer';

export const hasBouncer = hasCluster && existsSync(PROGRAM);
if (hasCluster && !hasBouncer) {
  process.stderr.write(
    'PgBouncer is not installed (Debian: apt-get install pgbouncer): its tests are skipped.\n',
  );
}

/** PgBouncer in transaction mode before a PostgreSQL server. */
export interface Bouncer {
  /** The same database through it. */
  readonly url: string;
  remove(): Promise<void>;
}

/** @param connections to the server; clients may be any number */
export async function createBouncer(direct: string, connections: number): Promise<Bouncer> {
  const { hostname, port: behind } = new URL(direct);
  const home = await mkdtemp(join(tmpdir(), 'postrider-bouncer-'));
  const port = await freePort();
  const settings = `[databases]
* = host=${hostname} port=${behind}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(home, 'users')}
pool_mode = transaction
default_pool_size = ${connections}
`;
  await writeFile(join(home, 'pgbouncer.ini'), settings);
  await writeFile(join(home, 'users'), '"postrider" ""\n');
  await chmod(home, 0o755);
  // It refuses to run as root.
  const uid =
    process.getuid?.() === 0
      ? Number((await promisify(execFile)('id', ['-u', 'postgres'])).stdout)
      : undefined;
  const child = spawn(PROGRAM, ['-q', join(home, 'pgbouncer.ini')], {
    stdio: 'ignore',
    cwd: '/',
    ...(uid === undefined ? {} : { uid }),
  });
  const url = new URL(direct);
  url.port = String(port);
  await vi.waitFor(
    async () => {
      const client = new pg.Client({ connectionString: url.href });
      await client.connect();
      await client.end();
    },
    { timeout: 20_000, interval: 100 },
  );
  return {
    url: url.href,
    remove: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      await rm(home, { recursive: true, force: true });
    },
  };
}
