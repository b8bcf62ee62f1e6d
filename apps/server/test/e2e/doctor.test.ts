import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { sql, type Transaction } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.js';
import type { Tables } from '../../src/database/tables.js';
import { examineDatabase } from '../../src/doctor/database.js';
import type { Finding } from '../../src/doctor/finding.js';
import { createVault } from '../../src/signing/vault.js';
import { levelOf, ShownFindings } from '../findings.js';
import { type Home, openHome, startServer } from '../harness.js';

/*
 * Every finding of `postrider doctor` about a database that is not good, made to appear on purpose, and gone where it has no
 * reason. Those about what is around it are in test/unit/doctor.test.ts, the command in test/fault/doctor.test.ts.
 */

const RETENTION_DAYS = 90;
const DAY_MS = 86_400_000;
const standing = (at: Date): Clock => ({ now: () => at, wait: () => Promise.resolve() });
const ahead = (ms: number): Clock => ({
  now: () => new Date(Date.now() + ms),
  wait: () => Promise.resolve(),
});
const shown = new ShownFindings();

let home: Home;
let well: Finding[];
/** When the only message came in. */
let messageAt: Date;
beforeAll(async () => {
  home = await openHome();
  // Makes no deliveries: what waits goes on waiting.
  const server = await startServer({ POSTRIDER_ROLE: 'api' }, home);
  const { client } = await server.createEnvironment();
  await client.application.create({ body: { name: 'Ill', uid: 'ill' } });
  const params = { app_id: 'ill' };
  await client.endpoint.create({ params, body: { url: 'https://example.com/', headers: { 'x-a': 'b' } } });
  well = await look();
  messageAt = server.clock.now();
  const sent = await client.message.create({ params, body: { eventType: 'a.b', payload: {} } });
  expect(sent.status).toBe(202);
  await server.stop();
});
afterAll(() => home.remove());

interface Other {
  readonly clock?: Clock;
  readonly key?: Buffer;
  /** A transaction in which something is not as it is. */
  readonly kysely?: Transaction<Tables>;
}
const look = ({ clock = ahead(0), key, kysely }: Other = {}) =>
  examineDatabase({
    database: { ...home.database, kysely: kysely ?? home.database.kysely },
    vault: createVault({ current: key ?? Buffer.from(home.encryptionKey, 'base64'), previous: [] }),
    clock,
    retentionDays: RETENTION_DAYS,
  });

/** Looks at what a change makes of the database, and takes it back. */
async function lookAfter(
  change: (transaction: Transaction<Tables>) => Promise<unknown>,
  other: Other = {},
): Promise<Finding[]> {
  let findings: Finding[] = [];
  const undo = new Error('taken back');
  await home.database.kysely
    .transaction()
    .execute(async (kysely) => {
      await change(kysely);
      findings = await look({ ...other, kysely });
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return findings;
}

it('that is well nothing is found, and everything is looked at', async () => {
  const source = await readFile(new URL('../../src/doctor/database.ts', import.meta.url), 'utf8');
  const checks = [...source.matchAll(/\bok\(\s*'([a-z-]+)'/g)].map(([, name]) => name);
  expect(checks.length).toBeGreaterThan(7);
  expect(well.map(({ check }) => check).sort()).toEqual(checks.sort());
  expect(well.filter(({ level }) => level !== 'ok')).toEqual([]);
  for (const one of well) expect(one).not.toHaveProperty('remedy');
});

it('a version that is too old', async () => {
  const findings = await lookAfter(async (transaction) => {
    await sql`create function public.current_setting(text) returns text language sql as $$
      select case $1 when 'server_version_num' then '130014' else '13.14' end $$`.execute(transaction);
    await sql`set local search_path = public, pg_catalog`.execute(transaction);
  });
  shown.expect(findings, 'problem', 'database-version', /PostgreSQL 13\.14 is too old/);
});

it('a schema that lacks steps, of which nothing more is looked at', async () => {
  const findings = await lookAfter((transaction) =>
    sql`delete from postrider_migration where name >= '0013'`.execute(transaction),
  );
  shown.expect(findings, 'warning', 'schema', /\d+ steps are not applied, the first is 0013-tally/);
  expect(findings.map(({ check }) => check)).toEqual(['database-version', 'schema']);
});

it('a schema of a newer version', async () => {
  const findings = await lookAfter((transaction) =>
    sql`insert into postrider_migration (name, applied_at) values ('9999-later', now())`.execute(transaction),
  );
  shown.expect(findings, 'problem', 'schema', /newer version \(9999-later\)/);
});

it('an encryption key that opens nothing', async () => {
  // The endpoint's secret, and its headers.
  shown.expect(
    await look({ key: randomBytes(32) }),
    'problem',
    'encryption-key',
    /does not open 2 of the stored/,
  );
});

it.each([2_500, -2_500])('a clock that is %i ms apart', async (ms) => {
  const findings = await look({ clock: ahead(ms) });
  expect(levelOf(findings, 'clock')).toEqual(['problem']);
  if (ms > 0) shown.expect(findings, 'problem', 'clock', /2\.[56]\d* s apart|[3-9]\.\d s apart/);
});

it('a queue that is a minute old, and ten', async () => {
  const after = (seconds: number) =>
    look({ clock: standing(new Date(messageAt.getTime() + seconds * 1000)) });
  expect(levelOf(await after(50), 'queue-age')).toEqual(['ok']);
  shown.expect(await after(75), 'warning', 'queue-age', /1 deliveries wait, the oldest due one for [67]\d s/);
  shown.expect(await after(615), 'problem', 'queue-age', /1 deliveries wait, the oldest due one for 6\d\d s/);
});

it('figures that are not folded', async () => {
  const at = new Date();
  const after = (minutes: number) =>
    lookAfter(
      (transaction) =>
        transaction
          .insertInto('tally')
          .values({
            application_id: 'app_1',
            endpoint_id: 'ep_1',
            event_type: 'a.b',
            bucket: new Date(at.getTime() - minutes * 60_000),
            success: 1,
            fail: 0,
            canceled: 0,
          })
          .execute(),
      { clock: standing(at) },
    );
  expect(levelOf(await after(15), 'tally')).toEqual(['ok']);
  shown.expect(await after(16), 'warning', 'tally', /figures of attempts wait since \d{4}-/);
});

it('messages that are kept for too long', async () => {
  const after = (days: number) => look({ clock: standing(new Date(messageAt.getTime() + days * DAY_MS)) });
  expect(levelOf(await after(RETENTION_DAYS + 0.5), 'retention')).toEqual(['ok']);
  shown.expect(await after(RETENTION_DAYS + 1.5), 'warning', 'retention', /still there after 90 days/);
});

it('a table of dead rows, until it is vacuumed', async () => {
  const run = (text: string) => sql.raw(text).execute(home.database.kysely);
  await run(
    'create table bloated with (autovacuum_enabled = off) as select n from generate_series(1, 100001) as n',
  );
  try {
    await home.database.kysely.connection().execute(async (connection) => {
      await sql`delete from bloated`.execute(connection);
      // Counted when the connection has nothing else to do; PostgreSQL 14 tells by itself.
      await sql`select pg_stat_force_next_flush()`.execute(connection).catch(() => {});
    });
    await expect.poll(async () => levelOf(await look(), 'bloat'), { timeout: 20_000 }).toEqual(['warning']);
    shown.expect(await look(), 'warning', 'bloat', /^mostly dead rows: bloated \(100001 dead rows\)$/);
    await run('vacuum bloated');
    await expect.poll(async () => levelOf(await look(), 'bloat'), { timeout: 20_000 }).toEqual(['ok']);
  } finally {
    await run('drop table bloated');
  }
});

it('what cannot be looked at, besides everything else', async () => {
  const run = (text: string) => sql.raw(text).execute(home.database.kysely);
  await run('alter table tally rename to hidden');
  try {
    const findings = await look();
    expect(findings.find(({ check }) => check === 'tally')).toEqual({
      check: 'tally',
      level: 'problem',
      message: expect.stringMatching(/^cannot be looked at: .*tally.* does not exist$/),
      remedy: expect.stringMatching(/\w{3}/),
    });
    expect(findings.map(({ check }) => check)).toEqual(well.map(({ check }) => check));
  } finally {
    await run('alter table hidden rename to tally');
  }
});

it('each place in the code that finds something is shown above', () => {
  shown.expectAllOf('database.ts');
});
