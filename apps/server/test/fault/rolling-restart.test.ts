import { createClient, unwrap } from '@postrider/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort, PLACES, type ServerProcess, type Settings } from '../process.js';
import { Front } from './front.js';
import { CountingReceiver } from './load.js';
import { API_KEY, createCustomer, Stage } from './stage.js';
import { SteadyLoad } from './steady-load.js';

/** `npm run bench -- rolling` asks for more than a busy machine can be held to. */
const RATE = Number(process.env['POSTRIDER_ROLLING_RATE'] ?? 60);
const TURNS = Number(process.env['POSTRIDER_ROLLING_TURNS'] ?? 2);
/** Messages between two restarts. */
const BETWEEN = RATE / 2;

/** An end is over when calls under way are answered, not when the time for draining (30 s) is up: in ms. */
const LONGEST_STOP_MS = 15_000;

const stage = new Stage();
const makePostgres = PLACES.find(([name]) => name === 'postgres')?.[1];

/** A process on a port of its own, which is stopped and started again there. */
class Member {
  #server: ServerProcess | undefined;
  readonly #outputs: string[] = [];
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#settings['PORT']}`;
  }

  get output(): string {
    return [...this.#outputs, this.#server?.output() ?? ''].join('');
  }

  async start(): Promise<ServerProcess> {
    this.#server = await stage.start(this.#settings);
    return this.#server;
  }

  /** Gives the ms that the end took. */
  async restart(): Promise<number> {
    const begun = performance.now();
    expect(await this.#server?.end('SIGTERM')).toBe(0);
    const took = performance.now() - begun;
    this.#outputs.push(this.#server?.output() ?? '');
    await this.start();
    return took;
  }
}

/** Deliveries that one process took over from another: what an orderly end leaves is none. */
const takenOver = (members: readonly Member[]): number =>
  members
    .flatMap(({ output }) => [...output.matchAll(/"event":"worker.taken_over".*?"deliveries":(\d+)/g)])
    .reduce((sum, match) => sum + Number(match[1]), 0);

const print = (what: string, facts: object) => process.stdout.write(`${what}: ${JSON.stringify(facts)}\n`);

describe.runIf(makePostgres)('under a steady load', () => {
  let settings: Settings;
  let sink: CountingReceiver;
  beforeEach(async () => {
    const place = await makePostgres?.();
    if (!place) throw new Error('no PostgreSQL');
    stage.later(() => place.remove());
    sink = new CountingReceiver();
    await sink.start();
    stage.later(() => sink.stop());
    settings = { ...place.settings, POSTRIDER_DRAIN_DELAY: '1', POSTRIDER_LOG_LEVEL: 'info' };
  });
  afterEach(() => stage.clear());

  const createMember = async (more: Settings = {}) =>
    new Member({ ...settings, ...more, PORT: String(await freePort()) });

  /** Waits for every delivery and holds the counts to what is promised. */
  async function settle(what: string, load: SteadyLoad, members: readonly Member[], more: object) {
    await load.stop();
    const settledMs = await sink.waitForAll(load.acknowledged, 30_000);
    const tally = sink.tally(load.acknowledged);
    const { refused, repeated } = load;
    print(what, {
      perSecond: RATE,
      ...tally,
      refused: refused.length,
      repeated,
      ...more,
      ...load.report(),
      settledMs,
    });
    expect(refused).toEqual([]);
    expect(tally.lost).toBe(0);
    expect(tally.duplicated).toBeLessThanOrEqual(takenOver(members));
  }

  /** Messages that the service holds: no more than were answered, so a repeated call made no second one. */
  async function countMessages(url: string, app_id: string): Promise<number> {
    const client = createClient({ serverUrl: url, token: API_KEY });
    let count = 0;
    let iterator: string | undefined;
    for (;;) {
      const query = { limit: 250, with_content: false, ...(iterator ? { iterator } : {}) };
      const page = await unwrap(client.message.list({ params: { app_id }, query }));
      count += page.data.length;
      if (page.done || !page.iterator) return count;
      iterator = page.iterator;
    }
  }

  it('two processes are restarted in turns: no call is refused, nothing is lost, nothing comes twice', async () => {
    const members = [await createMember(), await createMember()];
    const [first] = await Promise.all(members.map((one) => one.start()));
    if (!first) throw new Error('nothing was started');
    const app_id = await createCustomer(first, sink.url);
    const front = new Front(members.map(({ url }) => url));
    stage.later(() => front.stop());
    const load = new SteadyLoad(front, API_KEY, app_id);
    load.start(RATE);
    const stopMs: number[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      for (const member of members) {
        await load.more(BETWEEN);
        stopMs.push(Math.round(await member.restart()));
        await front.isUp(member.url);
      }
    }
    await load.more(BETWEEN);
    await settle(`${2 * TURNS} restarts of two processes`, load, members, {
      failedAtFront: front.failed,
      stopMs,
    });
    expect(Math.max(...stopMs)).toBeLessThan(LONGEST_STOP_MS);
    expect(await countMessages(first.url, app_id)).toBe(load.acknowledged.size);
  });

  it('without warning the connections end politely: the client has to repeat few calls, and none is refused', async () => {
    settings = { ...settings, POSTRIDER_DRAIN_DELAY: '0' };
    const members = [await createMember(), await createMember()];
    const [first] = await Promise.all(members.map((one) => one.start()));
    if (!first) throw new Error('nothing was started');
    const front = new Front(members.map(({ url }) => url));
    stage.later(() => front.stop());
    const load = new SteadyLoad(front, API_KEY, await createCustomer(first, sink.url));
    load.start(RATE);
    for (const member of members) {
      await load.more(BETWEEN);
      await member.restart();
      await front.isUp(member.url);
    }
    await settle('2 restarts without a delay', load, members, { failedAtFront: front.failed });
  });

  it('one process takes calls and two make deliveries: one of those is restarted, and nobody sees it', async () => {
    const api = await createMember({ POSTRIDER_ROLE: 'api' });
    const workers = [
      await createMember({ POSTRIDER_ROLE: 'worker' }),
      await createMember({ POSTRIDER_ROLE: 'worker' }),
    ];
    sink.delayMs = 20;
    const [first] = await Promise.all([api, ...workers].map((one) => one.start()));
    if (!first) throw new Error('nothing was started');
    const load = new SteadyLoad(api, API_KEY, await createCustomer(first, sink.url));
    load.start(RATE);
    for (let turn = 0; turn < TURNS; turn++) {
      await load.more(BETWEEN);
      await workers[0]?.restart();
    }
    await load.more(BETWEEN);
    await settle(`${TURNS} restarts of one worker of two`, load, workers, {});
    expect(load.repeated).toBe(0);
  });
});
