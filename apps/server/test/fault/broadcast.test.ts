import { type Client, createClient, unwrap } from '@postrider/client';
import { afterEach, describe, expect, it } from 'vitest';
import { PLACES, type Place, type ServerProcess, startProcess } from '../process.js';

const API_KEY = 'sk_faultfaultfaultfault';
/** More than some steps take. */
const APPLICATIONS = 400;
const KILLS = 3;

let place: Place | undefined;
let running: ServerProcess | undefined;
afterEach(async () => {
  await running?.end('SIGKILL');
  await place?.remove();
  place = undefined;
});

async function start(): Promise<Client> {
  running = await startProcess({ POSTRIDER_API_KEY: API_KEY, ...place?.settings });
  return createClient({ serverUrl: running.url, token: API_KEY });
}

/** Ids of all messages of the environment. */
async function sent(client: Client): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let iterator: string | undefined, done = false; !done; ) {
    const query = { limit: 250, ...(iterator === undefined ? {} : { iterator }) };
    const page = await unwrap(client.events.stream({ query }));
    for (const { id } of page.data) ids.add(id);
    ({ iterator, done } = page);
  }
  return ids;
}

/** How many messages each application has. */
async function countOfEach(client: Client, applications: readonly string[]): Promise<number[]> {
  const counts: number[] = [];
  for (const app_id of applications) {
    const { data } = await unwrap(
      client.message.list({ params: { app_id }, query: { with_content: false } }),
    );
    counts.push(data.length);
  }
  return counts;
}

describe.each(PLACES)('on %s', (_name, make) => {
  it('every application gets a broadcast once, however often the process is killed', async () => {
    place = await make();
    let client = await start();
    const applications: string[] = [];
    for (let number = 0; number < APPLICATIONS; number++) {
      applications.push((await unwrap(client.application.create({ body: { name: `${number}` } }))).id);
    }
    const body = { eventType: 'news', payload: { n: 1 } };
    const call = { body, headers: { 'idempotency-key': 'the-broadcast' } };
    const { id } = await unwrap(client.message.broadcast(call));
    let before = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      // Somewhere in the midst, if it is not done by then.
      await expect.poll(async () => (await sent(client)).size, { interval: 1 }).toBeGreaterThan(before);
      await running?.end('SIGKILL');
      client = await start();
      before = Math.min((await sent(client)).size, APPLICATIONS - 1);
    }
    expect(await unwrap(client.message.broadcast(call))).toMatchObject({ id });
    await expect
      .poll(async () => (await unwrap(client.message.broadcast(call))).status, { timeout: 30_000 })
      .toBe('finished');
    expect(await countOfEach(client, applications)).toEqual(applications.map(() => 1));
  });
});
