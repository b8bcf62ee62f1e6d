import type { ReadyOut } from '@postrider/contract';
import { afterEach, describe, expect, it } from 'vitest';
import type { ServerProcess } from '../process.js';
import { PLACES } from '../process.js';
import { createCluster, hasCluster } from './cluster.js';
import { Stage } from './stage.js';

const PATIENCE = { timeout: 60_000, interval: 100 };
const KEY = Buffer.alloc(32, 7).toString('base64');

const stage = new Stage();
afterEach(() => stage.clear());

const ask = async ({ url }: ServerProcess): Promise<ReadyOut> =>
  (await (await fetch(`${url}/ready`)).json()) as ReadyOut;
const failing = async (server: ServerProcess): Promise<string[]> =>
  (await ask(server)).checks.filter(({ status }) => status === 'error').map(({ check }) => check);

describe.runIf(hasCluster)('a database that is stopped and started', () => {
  it('makes the process unready and ready again, and never says where it is', async () => {
    const cluster = await createCluster();
    stage.later(() => cluster.remove());
    await cluster.start();
    const { host } = new URL(cluster.url);
    const settings = { POSTRIDER_DATABASE_URL: cluster.url, POSTRIDER_ENCRYPTION_KEY: KEY };
    const server = await stage.start(settings);
    expect(await failing(server)).toEqual([]);
    await cluster.stop();
    await expect.poll(() => failing(server), PATIENCE).toEqual(['database', 'worker']);
    const answer = await fetch(`${server.url}/ready`);
    expect(answer.status).toBe(503);
    const text = await answer.text();
    for (const secret of [host, 'postgres', 'ECONNREFUSED', KEY]) expect(text).not.toContain(secret);
    await cluster.start();
    await expect.poll(() => failing(server), PATIENCE).toEqual([]);
    expect(await server.end('SIGTERM')).toBe(0);
  });
});

it('an embedded database has its directory looked at', async () => {
  const place = await (PLACES[0] as (typeof PLACES)[number])[1]();
  stage.later(() => place.remove());
  const server = await stage.start(place.settings);
  const { ready, checks } = await ask(server);
  expect(ready).toBe(true);
  expect(checks.map(({ check }) => check)).toEqual(['process', 'database', 'schema', 'worker', 'storage']);
});
