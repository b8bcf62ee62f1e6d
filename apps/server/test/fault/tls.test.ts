import { execFile } from 'node:child_process';
import { appendFile, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, runCommand, type Settings, startProcess } from '../process.js';
import { type Cluster, createCluster, hasCluster } from './cluster.js';

const openssl = (...parameters: string[]) => promisify(execFile)('openssl', parameters);
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Who may only come in with a client certificate of the name. */
const CERTIFIED = 'certified';

/**
 * An authority with a certificate for `localhost` alone, and another authority; client certificates by file: for the user,
 * for somebody else, and for the user by the other authority.
 */
async function makeCertificates(directory: string): Promise<void> {
  const at = (name: string) => join(directory, name);
  for (const name of ['ca', 'other']) {
    await openssl(
      'req',
      '-x509',
      ...KEY,
      '-keyout',
      at(`${name}.key`),
      '-out',
      at(`${name}.pem`),
      '-subj',
      `/CN=${name}`,
    );
  }
  await writeFile(at('names'), 'subjectAltName=DNS:localhost');
  await openssl(
    'req',
    ...KEY,
    '-keyout',
    at('server.key'),
    '-out',
    at('server.csr'),
    '-subj',
    '/CN=database',
  );
  const signing = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at('names')];
  await openssl('x509', '-req', '-in', at('server.csr'), ...signing, '-out', at('server.pem'));
  for (const [name, user, authority] of [
    ['client', CERTIFIED, 'ca'],
    ['somebody', 'somebody', 'ca'],
    ['forged', CERTIFIED, 'other'],
  ] as const) {
    const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.csr`)];
    await openssl('req', ...KEY, ...files, '-subj', `/CN=${user}`);
    const by = ['-CA', at(`${authority}.pem`), '-CAkey', at(`${authority}.key`), '-CAcreateserial'];
    await openssl('x509', '-req', '-in', at(`${name}.csr`), ...by, '-out', at(`${name}.pem`));
  }
}

describe.runIf(hasCluster)('a database that speaks TLS alone', () => {
  let directory: string;
  let cluster: Cluster;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'postrider-tls-'));
    await makeCertificates(directory);
    cluster = await createCluster(async (data) => {
      await copyFile(join(directory, 'server.pem'), join(data, 'server.crt'));
      await copyFile(join(directory, 'server.key'), join(data, 'server.key'));
      await copyFile(join(directory, 'ca.pem'), join(data, 'ca.crt'));
      await appendFile(join(data, 'postgresql.conf'), "\nssl = on\nssl_ca_file = 'ca.crt'\n");
      await writeFile(
        join(data, 'pg_hba.conf'),
        `hostssl all ${CERTIFIED} 127.0.0.1/32 trust clientcert=verify-full\nhostssl all all 127.0.0.1/32 trust\n`,
      );
    });
    await cluster.start();
    await ask(settingsFor('localhost', { sslmode: 'verify-full', ...ca() }), [
      `create role ${CERTIFIED} login superuser`,
      `create database ${CERTIFIED} owner ${CERTIFIED}`,
    ]);
  });
  afterAll(async () => {
    await cluster?.remove();
    await rm(directory, { recursive: true, force: true });
  });

  const settingsFor = (host: string, parameters: Record<string, string>): Settings => {
    const url = new URL(cluster.url);
    url.hostname = host;
    url.password = 'database-password';
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return {
      POSTRIDER_DATABASE_URL: url.href,
      POSTRIDER_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    };
  };
  const ca = (name = 'ca.pem') => ({ sslrootcert: join(directory, name) });

  /** The answers to statements of a connection of its own. */
  async function ask(settings: Settings, statements: readonly string[]): Promise<unknown[][]> {
    const client = new pg.Client({ connectionString: settings['POSTRIDER_DATABASE_URL'] });
    await client.connect();
    try {
      const answers: unknown[][] = [];
      for (const statement of statements) answers.push((await client.query(statement)).rows);
      return answers;
    } finally {
      await client.end();
    }
  }

  it('is used by every connection when its certificate is of the authority and for its name', async () => {
    const settings = settingsFor('localhost', { sslmode: 'verify-full', ...ca() });
    const server = await startProcess(settings);
    try {
      expect((await fetch(`${server.url}/ready`)).status).toBe(200);
      const [rows] = await ask(settings, [
        `select application_name as name, bool_and(ssl) as ssl from pg_stat_activity join pg_stat_ssl using (pid)
          where application_name like 'postrider%' group by 1 order by 1`,
      ]);
      expect(rows).toEqual([
        { name: 'postrider', ssl: true },
        { name: 'postrider worker', ssl: true },
      ]);
      expect(await server.end('SIGTERM')).toBe(0);
    } finally {
      server.child.kill('SIGKILL');
    }
  });

  it.each([
    ['of an authority that is not trusted', 'localhost', () => ({ sslmode: 'verify-full' }), /certificate/],
    [
      'of another authority',
      'localhost',
      () => ({ sslmode: 'verify-full', ...ca('other.pem') }),
      /certificate/,
    ],
    ['for another name', '127.0.0.1', () => ({ sslmode: 'verify-full', ...ca() }), /127\.0\.0\.1|altnames/],
    [
      'of another authority, with require',
      'localhost',
      () => ({ sslmode: 'require', ...ca('other.pem') }),
      /certificate/,
    ],
    ['without TLS', 'localhost', () => ({}), /no encryption/],
    [
      'with a file that is not there',
      'localhost',
      () => ({ sslmode: 'verify-full', ...ca('gone.pem') }),
      /gone\.pem/,
    ],
  ])('is refused in one line: %s', async (_what, host, parameters, why) => {
    await expectRefusal(settingsFor(host, parameters()), why);
  });

  /** Expects that a start ends with one line that says why. */
  async function expectRefusal(settings: Settings, why: RegExp): Promise<void> {
    const { code, stderr } = await runCommand([], {
      ...settings,
      POSTRIDER_LISTEN: `127.0.0.1:${await freePort()}`,
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(why);
    expect(stderr).toContain('POSTRIDER_DATABASE_URL');
    expect(stderr).not.toContain('database-password');
    expect(stderr).not.toContain('    at ');
  }

  describe('that demands a client certificate', () => {
    const certified = (parameters: Record<string, string>): Settings => {
      const settings = settingsFor('localhost', { sslmode: 'verify-full', ...ca(), ...parameters });
      const url = new URL(settings['POSTRIDER_DATABASE_URL'] ?? '');
      url.username = CERTIFIED;
      url.pathname = `/${CERTIFIED}`;
      return { ...settings, POSTRIDER_DATABASE_URL: url.href };
    };
    const certificate = (name: string, key = name) => ({
      sslcert: join(directory, `${name}.pem`),
      sslkey: join(directory, `${key}.key`),
    });

    it('lets every connection in that has it', async () => {
      const settings = certified(certificate('client'));
      const server = await startProcess(settings);
      try {
        expect((await fetch(`${server.url}/ready`)).status).toBe(200);
        const [rows] = await ask(settings, [
          `select application_name as name, min(client_dn) as least, max(client_dn) as greatest
            from pg_stat_activity join pg_stat_ssl using (pid)
            where application_name like 'postrider%' and datname = current_database() group by 1 order by 1`,
        ]);
        const dn = `/CN=${CERTIFIED}`;
        expect(rows).toEqual([
          { name: 'postrider', least: dn, greatest: dn },
          { name: 'postrider worker', least: dn, greatest: dn },
        ]);
        expect(await server.end('SIGTERM')).toBe(0);
      } finally {
        server.child.kill('SIGKILL');
      }
    });

    it.each([
      ['without one', () => ({}), /valid client certificate/],
      [
        'with that of another user',
        () => certificate('somebody'),
        /authentication failed for user "certified"/,
      ],
      [
        'with one of another authority',
        () => certificate('forged'),
        /unknown ca|certificate|ended the connection/,
      ],
      ['with the key of another one', () => certificate('client', 'somebody'), /key values mismatch/],
      ['with a file that is not there', () => certificate('gone'), /gone\.pem/],
    ])('refuses in one line: %s', async (_what, parameters, why) => {
      await expectRefusal(certified(parameters()), why);
    });
  });
});
