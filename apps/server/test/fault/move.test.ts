import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient, unwrap } from '@postrider/client';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort, PLACES, runCommand, type Settings } from '../process.js';
import { API_KEY, createCustomer, ended, Stage, startLoad } from './stage.js';

const stage = new Stage();
const makePostgres = PLACES.find(([name]) => name === 'postgres')?.[1];

describe.runIf(makePostgres)('a move to PostgreSQL', () => {
  let url: string;
  let directory: string;
  let settings: Settings;
  beforeEach(async () => {
    const place = await makePostgres?.();
    if (!place) throw new Error('no PostgreSQL');
    stage.later(() => place.remove());
    url = place.settings['POSTRIDER_DATABASE_URL'] ?? '';
    directory = await stage.directory();
    settings = { POSTRIDER_DATA_DIR: directory, PORT: String(await freePort()) };
  });
  afterEach(() => stage.clear());

  async function query(text: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(text)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  }

  const onPostgres = async (): Promise<Settings> => ({
    PORT: settings['PORT'] ?? '',
    POSTRIDER_DATABASE_URL: url,
    POSTRIDER_ENCRYPTION_KEY: (await readFile(join(directory, 'encryption.key'), 'utf8')).trim(),
  });

  it('under load loses nothing: waiting deliveries, links, keys, secrets and sessions go on', async () => {
    const sink = await stage.downReceiver();
    const server = await stage.start(settings);
    const app_id = await createCustomer(server, sink.url);
    const client = createClient({ serverUrl: server.url, token: API_KEY });
    const access = await unwrap(
      client.authentication.getAppPortalAccess({ params: { app_id }, body: { sessionId: 'session' } }),
    );
    const endpoints = await unwrap(client.endpoint.list({ params: { app_id }, query: {} }));
    const params = { app_id, endpoint_id: endpoints.data[0]?.id ?? '' };
    const secret = await unwrap(client.endpoint.getSecret({ params }));
    const load = startLoad(app_id, () => server.url);
    await load.more(600);
    expect(await server.end('SIGTERM')).toBe(0);
    const before = load.acknowledged.size;

    const moved = await runCommand(['move', '--to', url, '--json'], settings);
    expect(moved).toMatchObject({ code: 0, stderr: '' });
    const report = JSON.parse(moved.stdout) as { tables: { name: string; rows: number }[]; totalMs: number };
    const key = (await onPostgres())['POSTRIDER_ENCRYPTION_KEY'] ?? '';
    expect(moved.stdout).not.toContain(key);
    expect(moved.stdout).not.toContain(`${new URL(url).username}@`);

    await stage.start(await onPostgres());
    await load.more(300);
    await load.stop();
    await sink.start();
    await sink.waitForAll(load.acknowledged, 60_000);
    const tally = sink.tally(load.acknowledged);
    const rows = report.tables.map((table) => `${table.name} ${table.rows}`).join(', ');
    process.stdout.write(
      `move under load: ${before} acknowledged before, ${tally.acknowledged} in all, ${tally.lost} lost; ${report.totalMs} ms (${rows})\n`,
    );
    expect(tally.lost).toBe(0);
    expect(await unwrap(client.endpoint.getSecret({ params }))).toEqual(secret);
    const session = createClient({ serverUrl: server.url, token: access.token });
    expect((await session.endpoint.list({ params: { app_id }, query: {} })).status).toBe(200);
    const code = new URL(access.url).hash.slice('#key='.length);
    const { oneTimeToken } = JSON.parse(Buffer.from(code, 'base64').toString()) as { oneTimeToken: string };
    const exchanged = await fetch(`${server.url}/api/v1/auth/one-time-token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ oneTimeToken }),
    });
    expect(exchanged.status).toBe(200);
  });

  it('is made once: what was moved does not start any more, and what is filled is not moved to', async () => {
    const server = await stage.start(settings);
    await createCustomer(server, 'http://127.0.0.1:9/');
    const running = await runCommand(['move', '--to', url], settings);
    expect(running).toMatchObject({ code: 1, stderr: expect.stringContaining('stop it first') });
    await server.end('SIGKILL');
    const first = await runCommand(['move', '--to', url], settings);
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('encryption.key');
    await expect(stage.start(settings)).rejects.toThrow(/was moved to postgres:\/\/127\.0\.0\.1/);
    await stage.start(await onPostgres()).then((one) => one.end('SIGTERM'));

    const other = { POSTRIDER_DATA_DIR: await stage.directory() };
    await (await stage.start(other)).end('SIGTERM');
    const second = await runCommand(['move', '--to', url], other);
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('the target is not empty') });
    await (await stage.start(other)).end('SIGTERM');
  });

  it('killed in the middle leaves nothing there, and everything here', async () => {
    const sink = await stage.downReceiver();
    const server = await stage.start(settings);
    const load = startLoad(await createCustomer(server, sink.url), () => server.url);
    await load.more(500);
    await server.end('SIGTERM');
    await load.stop();
    for (const table of ['environment', 'message', 'delivery']) {
      const child = stage.spawn(['move', '--to', url], settings);
      // In the middle: the transaction has got as far as this table.
      await expect
        .poll(
          async () =>
            (
              await query(`select 1 from pg_locks where relation = to_regclass('${table}')
                and mode = 'RowExclusiveLock' and database = (select oid from pg_database where datname = current_database())`)
            ).length,
          { timeout: 30_000, interval: 2 },
        )
        .toBeGreaterThan(0);
      child.kill('SIGKILL');
      await ended(child);
      await expect.poll(() => query('select count(*)::int4 as n from endpoint')).toEqual([{ n: 0 }]);
    }
    const moved = await runCommand(['move', '--to', url], settings);
    expect(moved.code).toBe(0);
    await stage.start(await onPostgres());
    await sink.start();
    await sink.waitForAll(load.acknowledged, 60_000);
    const tally = sink.tally(load.acknowledged);
    process.stdout.write(`moves killed: ${tally.acknowledged} acknowledged, ${tally.lost} lost\n`);
    expect(tally.lost).toBe(0);
  });

  it('killed when everything is there, but nobody has said so here, is completed by a second one', async () => {
    await (await stage.start(settings)).end('SIGTERM');
    const END_AT = fileURLToPath(new URL('end-at.mjs', import.meta.url));
    const ending = { NODE_OPTIONS: `--import=${END_AT}`, POSTRIDER_TEST_END: 'SIGKILL rename 1' };
    const killed = await runCommand(['move', '--to', url], { ...settings, ...ending });
    expect(killed.code).toBe(null);
    const there = await query('select count(*)::int4 as n from api_key');
    expect(there).toEqual([{ n: 1 }]);
    expect(await readdir(directory)).not.toContain('moved.json');
    expect(await runCommand(['move', '--to', url], settings)).toMatchObject({ code: 0 });
    expect(await query('select count(*)::int4 as n from api_key')).toEqual(there);
    await expect(stage.start(settings)).rejects.toThrow(/was moved to postgres:/);
  });
});
