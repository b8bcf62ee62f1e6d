// The same calls on an almost empty database and on a full one: what is stored must not slow down what is asked for.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { openStage } from './parts/delivery-run.mjs';
import { now } from './parts/helper.mjs';
import { call, openConnections, quantile } from './parts/load.mjs';
import { WARM_UP_FROM } from './parts/numbers.mjs';
import { availablePlaces } from './parts/places.mjs';
import { figure, list, machineConditions, table } from './parts/report.mjs';
import { READS } from './parts/scale-calls.mjs';
import { API_KEY } from './parts/server.mjs';

export const options = {
  database: { type: 'string' },
  share: { type: 'string' },
};
export const usage = `  --database D  only on this one: embedded or postgres
  --share N     part of the full amounts that is stored, 0.01 to 1; default 1 on PostgreSQL, 0.05 embedded`;

/** Customers, endpoints of each, and calls of each kind that are measured. */
const APPLICATIONS = 100;
const ENDPOINTS = 10;
const CALLS = { warmUp: 10, measured: 60 };
/** How long the backlog is worked off for, in seconds, and where more than that is waited for in vain, in ms. */
const DRAIN_SECONDS = 20;
const QUIET_MS = 10_000;
/** Pause between new messages while a backlog is worked off, in ms. */
const PAUSE_MS = 20;

/** What is stored; see scale-seed.sql. */
const FULL = { applications: 100, messages: 2_000_000, waiting: 500_000, heavy: 100_000, event_types: 1_000 };
const ALMOST_EMPTY = { applications: 2, messages: 600, waiting: 200, heavy: 100, event_types: 60 };

const fullAt = (share) => ({
  ...FULL,
  messages: Math.round(FULL.messages * share),
  waiting: Math.round(FULL.waiting * share),
  heavy: Math.round(FULL.heavy * share),
});

const progress = (text) => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);

/** Calls the API as the environment's owner; gives the answer's body. */
function createApi(url) {
  const connections = openConnections(url, 1);
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
  return {
    get: (path) => call(connections, { method: 'GET', path, headers, expect: 200 }),
    post: (path, body, expect = 201) =>
      call(connections, {
        method: 'POST',
        path: `/api/v1${path}`,
        headers: { ...headers, 'idempotency-key': `auto_${randomUUID()}` },
        body: JSON.stringify(body),
        expect,
      }),
    close: () => connections.close(),
  };
}

/** Makes the customers through the API, so that their endpoints have secrets, and stores the rest by SQL. */
export async function fill(place, amounts) {
  progress(`${place.database}: filling: ${JSON.stringify(amounts)}`);
  const stage = await openStage(place);
  const api = createApi(stage.server.url);
  try {
    for (let number = 0; number < APPLICATIONS; number++) {
      const uid = `scale-${number}`;
      await api.post('/app/', { name: uid, uid });
      for (let index = 0; index < ENDPOINTS; index++) {
        await api.post(`/app/${uid}/endpoint/`, { url: `${stage.receiverUrl}/ep/${index}` });
      }
    }
    const heavy = { url: `${stage.receiverUrl}/ep/${ENDPOINTS}`, uid: 'heavy' };
    await api.post('/app/scale-0/endpoint/', heavy);
  } finally {
    await api.close();
    await stage.end();
  }
  const seed = await readFile(new URL('scale-seed.sql', import.meta.url), 'utf8');
  await place.withDatabase(async (run) => {
    for (const [name, value] of Object.entries(amounts)) await run(`set scale.${name} = '${value}'`);
    await run(seed);
    await run('vacuum (analyze)');
  });
}

/** Receivers listen on another port than when the endpoints were made. */
const moveEndpoints = (place, url) =>
  place.withDatabase((run) =>
    run(
      `update endpoint set url = '${url}/ep/' || substring(url from '/ep/(\\d+)'); update application set revision = revision + 1`,
    ),
  );

/** Things that are there to ask for, from all over what is stored. */
async function findTargets(api, { applications }) {
  const targets = [];
  for (let turn = 0; targets.length < 40; turn++) {
    const app = `scale-${turn % applications}`;
    const endpoints = JSON.parse(await api.get(`/api/v1/app/${app}/endpoint/?order=ascending`)).data;
    const index = turn % ENDPOINTS;
    const { id: endpoint, url } = endpoints.filter(({ uid }) => uid === null)[index];
    const until = new Date(Date.now() - (9 + (turn % 10)) * 86_400_000).toISOString();
    const path = `/api/v1/app/${app}/attempt/endpoint/${endpoint}/?limit=20&before=${until}`;
    const attempt = JSON.parse(await api.get(path)).data.at(-1);
    if (!attempt) throw new Error(`endpoint ${index} of ${app} has no attempts`);
    const message = JSON.parse(await api.get(`/api/v1/app/${app}/msg/${attempt.msgId}/`));
    targets.push({
      app,
      endpoint,
      // Number of the endpoint as its receiver knows it.
      index: Number(url.split('/').at(-1)),
      message: message.id,
      middle: message.id,
      number: Number(message.eventId.slice('event-'.length)),
      attempt: attempt.id,
    });
  }
  const [{ id: heavy }] = JSON.parse(await api.get('/api/v1/app/scale-0/endpoint/?limit=250')).data.filter(
    ({ uid }) => uid === 'heavy',
  );
  return targets.map((target) => ({ ...target, heavy }));
}

/** Accepting, the way of a resend through the queue, and all reads; each gives the ms that it took. */
function createCases() {
  const timed = async (work) => {
    const start = now();
    await work();
    return now() - start;
  };
  let accepted = WARM_UP_FROM;
  return [
    {
      name: 'accept, for 10 endpoints',
      run: ({ api }, { app }) => {
        const payload = { n: accepted++, pad: 'x'.repeat(1_000) };
        return timed(() => api.post(`/app/${app}/msg/`, { eventType: 'scale.type_0', payload }, 202));
      },
    },
    {
      name: 'resend, until it arrives',
      run: async ({ api, stage }, { app, message, number, endpoint, index }) => {
        const start = now();
        const arrival = stage.receiver.ask('next', { message: number, endpoint: index, quietMs: QUIET_MS });
        await api.post(`/app/${app}/msg/${message}/endpoint/${endpoint}/resend/`, undefined, 202);
        const at = await arrival;
        if (at === null) throw new Error('a resend did not arrive');
        return at - start;
      },
    },
    ...READS.map(({ name, path }) => ({
      name,
      run: ({ api }, target) => timed(() => api.get(path(target))),
    })),
    { name: 'metrics', run: ({ api }) => timed(() => api.get('/metrics')) },
  ];
}

/** A server on a filled place. */
async function start(place, amounts) {
  const stage = await openStage(place, 0, (receiverUrl) => moveEndpoints(place, receiverUrl));
  const api = createApi(stage.server.url);
  return { stage, api, targets: await findTargets(api, amounts) };
}

const stop = async ({ stage, api }) => {
  await api.close();
  await stage.end();
};

/** Each call in turn on both, so that what else the machine does is the same for both. */
async function measureCase({ name, run }, subjects) {
  const times = subjects.map(() => []);
  for (let turn = 0; turn < CALLS.warmUp + CALLS.measured; turn++) {
    for (const [index, subject] of subjects.entries()) {
      const took = await run(subject, subject.targets[turn % subject.targets.length]);
      if (turn >= CALLS.warmUp) times[index].push(took);
    }
  }
  const [empty, full] = times.map((some) => some.sort((a, b) => a - b));
  return {
    name,
    emptyP50Ms: quantile(empty, 0.5),
    emptyP99Ms: quantile(empty, 0.99),
    fullP50Ms: quantile(full, 0.5),
    fullP99Ms: quantile(full, 0.99),
    ratio: quantile(full, 0.5) / quantile(empty, 0.5),
  };
}

/** Rows that a statement has changed, as either database tells. */
const affected = (result) => result.rowCount ?? result.at(-1).affectedRows;

/** Makes all that waits due at once, and sees how it goes out, and how new messages fare meanwhile. */
async function drain(place) {
  progress(`${place.database}: everything that waits becomes due`);
  const { backlog, endpoints } = await place.withDatabase(async (run) => {
    const deliveries =
      await run(`update delivery set due_at = now() - interval '1 minute', retry_at = now() - interval '1 minute'
      where due_at is not null`);
    const works = await run(`update endpoint_work set next_due_at = now() - interval '1 minute'
      where next_due_at < 'infinity'`);
    return { backlog: affected(deliveries), endpoints: affected(works) };
  });
  const stage = await openStage(place, 0, (receiverUrl) => moveEndpoints(place, receiverUrl));
  const api = createApi(stage.server.url);
  try {
    const [cpu, database, count, start] = [
      await stage.server.cpuSeconds(),
      await place.cpuSeconds(),
      await stage.receiver.ask('count'),
      now(),
    ];
    const waits = [];
    const body = (number) => ({ eventType: 'scale.type_0', payload: { n: number, pad: 'x'.repeat(1_000) } });
    let delivered = 0;
    for (let turn = 0; delivered < backlog && now() - start < DRAIN_SECONDS * 1_000; turn++) {
      // Numbers that nothing else has, and that the receiver counts.
      const number = WARM_UP_FROM / 2 + turn;
      const at = now();
      const arrival = stage.receiver.ask('next', { message: number, endpoint: 0, quietMs: QUIET_MS });
      await api.post(`/app/scale-${turn % APPLICATIONS}/msg/`, body(number), 202);
      waits.push(((await arrival) ?? Number.POSITIVE_INFINITY) - at);
      await delay(PAUSE_MS);
      delivered = (await stage.receiver.ask('count')) - count;
    }
    const seconds = (now() - start) / 1000;
    waits.sort((a, b) => a - b);
    return {
      database: place.database,
      backlog,
      endpoints,
      deliveriesPerSecond: delivered / seconds,
      cpuServer: (((await stage.server.cpuSeconds()) - cpu) / delivered) * 1000,
      cpuDatabase: database === null ? null : (((await place.cpuSeconds()) - database) / delivered) * 1000,
      newP50Ms: quantile(waits, 0.5),
      newP99Ms: quantile(waits, 0.99),
      peakMemoryMiB: await stage.server.peakMemory(),
    };
  } finally {
    await api.close();
    await stage.end();
  }
}

const COLUMNS = [
  ['Database', 'database'],
  ['Call', 'name'],
  ['Almost empty p50 ms', 'emptyP50Ms', figure(1)],
  ['p99 ms', 'emptyP99Ms', figure(1)],
  ['Full p50 ms', 'fullP50Ms', figure(1)],
  ['p99 ms', 'fullP99Ms', figure(1)],
  ['Ratio', 'ratio', figure(1)],
];
const DRAIN_COLUMNS = [
  ['Database', 'database'],
  ['Due', 'backlog', figure(0)],
  ['Endpoints', 'endpoints', figure(0)],
  ['Deliveries/s', 'deliveriesPerSecond', figure(0)],
  ['CPU s per 1 000: server', 'cpuServer', figure(2)],
  ['PostgreSQL', 'cpuDatabase', figure(2)],
  ['New messages p50 ms', 'newP50Ms', figure(1)],
  ['p99 ms', 'newP99Ms', figure(1)],
  ['At most MiB', 'peakMemoryMiB', figure(0)],
];

async function measureDatabase(makePlace, share) {
  const [empty, full] = [await makePlace(), await makePlace()];
  const amounts = fullAt(share ?? (full.database === 'embedded' ? 0.05 : 1));
  const running = [];
  try {
    await fill(empty, ALMOST_EMPTY);
    await fill(full, amounts);
    running.push(await start(empty, ALMOST_EMPTY), await start(full, amounts));
    const rows = [];
    for (const one of createCases()) {
      progress(`${full.database}: ${String(one.name)}`);
      rows.push({ database: full.database, ...(await measureCase(one, running)) });
    }
    while (running.length > 0) await stop(running.pop());
    return { rows, drained: await drain(full), amounts, conditions: full.conditions };
  } finally {
    for (const one of running) await stop(one);
    await empty.remove();
    await full.remove();
  }
}

/** Runs the benchmark and prints it; gives the exit code. */
export async function run({ json, database, share: given }) {
  const share = given === undefined ? undefined : Number(given);
  if (share !== undefined && !(share >= 0.01 && share <= 1)) throw new Error('--share must be 0.01 to 1');
  const conditions = {
    ...machineConditions(),
    callsOfEachKind: CALLS.measured,
    drainSeconds: DRAIN_SECONDS,
  };
  const rows = [];
  const drained = [];
  for (const makePlace of availablePlaces('scale', database)) {
    const measured = await measureDatabase(makePlace, share);
    Object.assign(conditions, measured.conditions);
    const { messages, waiting, heavy } = measured.amounts;
    conditions[`storedOn${measured.drained.database}`] =
      `${messages + heavy} messages, ${2 * waiting + heavy} waiting deliveries (${heavy} for one endpoint), ` +
      `${2 * messages + 2 * waiting + 2 * heavy} attempts`;
    rows.push(...measured.rows);
    drained.push(measured.drained);
  }
  conditions.loadAverageAtEnd = Number((loadavg()[0] ?? 0).toFixed(2));
  process.stdout.write(
    json
      ? `${JSON.stringify({ suite: 'scale', conditions, calls: rows, backlog: drained }, null, 2)}\n`
      : `\n${list(conditions)}\n\n${table(COLUMNS, rows)}\n\nA backlog, all due at once:\n\n${table(DRAIN_COLUMNS, drained)}\n`,
  );
  return 0;
}
