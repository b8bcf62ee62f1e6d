import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { PLACES, runCommand } from '../process.js';
import { createBouncer, hasBouncer } from './bouncer.js';
import { CountingReceiver } from './load.js';
import { createCustomer, Stage, startLoad } from './stage.js';

/** Connections to the server: fewer than the clients that two processes open. */
const CONNECTIONS = 4;

const stage = new Stage();
afterEach(() => stage.clear());

async function ask<Row>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'looking on' });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** An empty database, directly and through PgBouncer. */
async function openPlace() {
  const [, make] = PLACES.find(([name]) => name === 'postgres') ?? [];
  if (!make) throw new Error('there is no PostgreSQL');
  const place = await make();
  stage.later(() => place.remove());
  const direct = place.settings['POSTRIDER_DATABASE_URL'] ?? '';
  const bouncer = await createBouncer(direct, CONNECTIONS);
  stage.later(() => bouncer.remove());
  return {
    direct,
    pooled: bouncer.url,
    settings: {
      ...place.settings,
      POSTRIDER_DATABASE_URL: bouncer.url,
      POSTRIDER_DATABASE_DIRECT_URL: direct,
    },
  };
}

describe.runIf(hasBouncer)('behind PgBouncer in transaction mode', () => {
  it('messages are sent and delivered, and the work of a killed process is taken over', async () => {
    const { direct, pooled, settings } = await openPlace();
    // The first one makes the schema, through it as well.
    const one = await stage.start(settings);
    const two = await stage.start(settings);
    const receiver = new CountingReceiver();
    await receiver.start();
    stage.later(() => receiver.stop());
    // So that there is something under way when the process is killed.
    receiver.delayMs = 200;
    const load = startLoad(await createCustomer(one, receiver.url), () => one.url);
    await load.more(150);
    await one.end('SIGKILL');
    await load.stop();
    const waited = await receiver.waitForAll(load.acknowledged, 60_000);
    expect(waited).toBeLessThan(60_000);
    expect(receiver.tally(load.acknowledged).lost).toBe(0);
    await expect.poll(() => two.output(), { timeout: 30_000 }).toContain('worker.taken_over');
    await expect
      .poll(async () => (await fetch(`${two.url}/ready`)).status, { timeout: 30_000, interval: 200 })
      .toBe(200);

    const backends = await ask<{ name: string; count: number }>(
      direct,
      `select application_name as name, count(*)::int4 as count from pg_stat_activity
        where datname = current_database() and application_name like 'postrider%' group by 1 order by 1`,
    );
    expect(backends.find(({ name }) => name === 'postrider')?.count).toBeLessThanOrEqual(CONNECTIONS);
    expect(backends.find(({ name }) => name === 'postrider worker')?.count).toBe(1);
    // Nothing is left on connections that others get.
    for (let n = 0; n < 3 * CONNECTIONS; n++) {
      expect(await ask(pooled, 'show enable_seqscan')).toEqual([{ enable_seqscan: 'on' }]);
    }
    expect(await ask(pooled, 'select name from pg_prepared_statements')).toEqual([]);
    expect(await two.end('SIGTERM')).toBe(0);
  });

  it('a direct address of another database ends the start with what is wrong', async () => {
    const { direct, settings } = await openPlace();
    const elsewhere = new URL(direct);
    elsewhere.pathname = '/postgres';
    const { code, stderr } = await runCommand([], {
      ...settings,
      POSTRIDER_LISTEN: '127.0.0.1:0',
      POSTRIDER_DATABASE_DIRECT_URL: elsewhere.href,
    });
    expect(code).toBe(1);
    expect(stderr).toContain('POSTRIDER_DATABASE_DIRECT_URL must lead to the same database');
    expect(stderr).not.toContain('    at ');
  });
});
