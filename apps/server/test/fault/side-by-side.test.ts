import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, PLACES, type ServerProcess, type Settings } from '../process.js';
import { Front } from './front.js';
import { CountingReceiver } from './load.js';
import { buildPrevious } from './previous.js';
import { API_KEY, createCustomer, Stage } from './stage.js';
import { SteadyLoad } from './steady-load.js';

const RATE = 60;
const SPANS = [300, 3_600, 86_400];

const stage = new Stage();
afterEach(() => stage.clear());

const makePostgres = PLACES.find(([name]) => name === 'postgres')?.[1];
const previous = makePostgres ? await buildPrevious() : undefined;

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

const takenOver = (servers: readonly ServerProcess[]): number =>
  servers
    .flatMap((one) => [...one.output().matchAll(/"event":"worker.taken_over".*?"deliveries":(\d+)/g)])
    .reduce((sum, match) => sum + Number(match[1]), 0);

describe.runIf(previous)('the previous release and this one over one database', () => {
  it('share the load while one replaces the other: no call is refused, nothing is lost, figures add up', async () => {
    const place = await makePostgres?.();
    if (!place) throw new Error('no PostgreSQL');
    stage.later(() => place.remove());
    const url = place.settings['POSTRIDER_DATABASE_URL'] ?? '';
    const sink = new CountingReceiver();
    await sink.start();
    stage.later(() => sink.stop());
    const ports = [String(await freePort()), String(await freePort())];
    const settingsOf = (index: number): Settings => ({
      ...place.settings,
      PORT: ports[index] ?? '',
      POSTRIDER_DRAIN_DELAY: '1',
      // The old one waits so long for connections that the front keeps open.
      POSTRIDER_DRAIN_TIMEOUT: '3',
      POSTRIDER_LOG_LEVEL: 'info',
    });
    const servers: ServerProcess[] = [];
    const start = async (index: number, main?: string) => {
      const server = await stage.start(settingsOf(index), main);
      servers.push(server);
      return server;
    };

    const old = await start(0, previous);
    const app_id = await createCustomer(old, sink.url);
    const front = new Front(ports.map((port) => `http://127.0.0.1:${port}`));
    stage.later(() => front.stop());
    const load = new SteadyLoad(front, API_KEY, app_id);
    load.start(RATE);
    await load.more(RATE);
    // The schema is brought up to date while the old process works on.
    const fresh = await start(1);
    await front.isUp(fresh.url);
    await load.more(RATE);
    // Killed, so that a process of this release takes its deliveries over; started again, so that it begins with its
    // maintenance, which folds figures in the way of its time.
    await old.end('SIGKILL');
    const again = await start(0, previous);
    await front.isUp(again.url);
    await load.more(RATE);
    await again.end('SIGTERM');
    await front.isUp((await start(0)).url);
    await load.more(RATE);
    await load.stop();

    const settledMs = await sink.waitForAll(load.acknowledged, 30_000);
    const tally = sink.tally(load.acknowledged);
    const facts = { ...tally, refused: load.refused.length, repeated: load.repeated, failed: front.failed };
    process.stdout.write(
      `side by side: ${JSON.stringify({ ...facts, ...load.report(), takenOver: takenOver(servers), settledMs })}\n`,
    );
    expect(load.refused).toEqual([]);
    expect(tally.lost).toBe(0);
    expect(tally.duplicated).toBeLessThanOrEqual(takenOver(servers));
    await expectFigures(url, load.acknowledged.size);
  });
});

/** Every attempt is in the figures of every span once, as soon as they are folded. */
async function expectFigures(url: string, atLeast: number): Promise<void> {
  const figuresOf = async (table: string) =>
    query(url, `select span, sum(success + fail)::int4 as sum from ${table} group by span order by span`);
  await expect.poll(() => query(url, 'select 1 from tally limit 1'), { timeout: 30_000 }).toEqual([]);
  const [attempts] = await query(url, 'select count(*)::int4 as count from attempt');
  const count = Number(attempts?.['count']);
  expect(count).toBeGreaterThanOrEqual(atLeast);
  const expected = SPANS.map((span) => ({ span, sum: count }));
  expect(await figuresOf('endpoint_activity')).toEqual(expected);
  expect(await figuresOf('event_type_activity')).toEqual(expected);
}
