// Where a measured server keeps its data: a place of its own, gone afterwards.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { temporaryDirectory } from './leftovers.mjs';
import { familyCpuSecondsOf, isProgram, parentOf } from './processes.mjs';

/*
 * A place has `settings` for the server, the `conditions` that it brings, `cpuSeconds` of a database that works in
 * processes of its own, `withDatabase` to run SQL while no server runs (embedded), and `remove`.
 */

/** A directory of its own for the embedded database. */
export async function embeddedPlace() {
  const { path, remove } = await temporaryDirectory('postrider-bench-');
  return {
    database: 'embedded',
    settings: { POSTRIDER_DATA_DIR: path },
    conditions: {},
    // The database works in the server's process.
    cpuSeconds: () => null,
    withDatabase: async (work) => {
      const database = await PGlite.create(join(path, 'database'));
      try {
        return await work((statements) => database.exec(statements));
      } finally {
        await database.close();
      }
    },
    remove,
  };
}

/** The process whose children are the server's connections; undefined when the server is on another machine. */
async function findPostmaster(client) {
  const { rows } = await client.query('select pg_backend_pid() as pid');
  const pid = Number(rows[0].pid);
  return (await isProgram(pid, 'postgres')) ? await parentOf(pid) : undefined;
}

async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A database of its own on a PostgreSQL server. */
async function postgresPlace(url) {
  const name = `postrider_bench_${randomBytes(6).toString('hex')}`;
  const { conditions, postmaster } = await withClient(url, async (client) => {
    const show = async (setting) => (await client.query(`show ${setting}`)).rows[0][setting];
    const conditions = {
      postgres: await show('server_version'),
      fsync: await show('fsync'),
      synchronousCommit: await show('synchronous_commit'),
    };
    await client.query(`create database ${name}`);
    return { conditions, postmaster: await findPostmaster(client) };
  });
  const own = new URL(url);
  own.pathname = `/${name}`;
  const poolSize = process.env.POSTRIDER_DATABASE_POOL_SIZE || '10';
  return {
    database: 'postgres',
    settings: {
      POSTRIDER_DATABASE_URL: own.href,
      POSTRIDER_DATABASE_POOL_SIZE: poolSize,
      POSTRIDER_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    },
    conditions: { ...conditions, poolSize: Number(poolSize) },
    /** Of the whole PostgreSQL server, whoever else it works for; null when it is on another machine. */
    cpuSeconds: () => (postmaster === undefined ? null : familyCpuSecondsOf(postmaster)),
    withDatabase: (work) => withClient(own.href, (client) => work((statements) => client.query(statements))),
    remove: () => withClient(url, (client) => client.query(`drop database ${name} with (force)`)),
  };
}

/**
 * Makers of the places that this machine offers; says so when PostgreSQL is not among them.
 *
 * @param only one of the databases, where the others are not wanted
 */
export function availablePlaces(suite, only) {
  const url = process.env.POSTRIDER_TEST_DATABASE_URL;
  if (!url) {
    process.stderr.write(
      'POSTRIDER_TEST_DATABASE_URL is not set: measuring on the embedded database only.\n' +
        `With PostgreSQL: bash scripts/with-postgres.sh npm run bench -- ${suite}\n\n`,
    );
  }
  return [
    ...(only === 'postgres' ? [] : [embeddedPlace]),
    ...(url && only !== 'embedded' ? [() => postgresPlace(url)] : []),
  ];
}
