// Hours in minutes: a steady load for a long time, while as much passes the retention, and what it does to memory, latency
// and the size of tables.
import { setTimeout as delay } from 'node:timers/promises';
import { fillWithAged } from './parts/aged.mjs';
import { compare, createCustomer, openStage, QUIET_MS, sorted } from './parts/delivery-run.mjs';
import { quantile } from './parts/load.mjs';
import { availablePlaces } from './parts/places.mjs';
import { figure, list, machineConditions, table } from './parts/report.mjs';
import { startServer } from './parts/server.mjs';
import { growthOf } from './parts/trend.mjs';

export const options = {
  database: { type: 'string' },
  minutes: { type: 'string', default: '30' },
  rate: { type: 'string', default: '500' },
};
export const usage = `  --database D  only on this one: embedded or postgres
  --minutes N   how long, default 30
  --rate N      messages a second, default 500`;

const PAYLOAD_BYTES = 1024;
/** One line of the report, in seconds: a minute of half an hour, less where there is less of it. */
const sliceSecondsOf = (minutes) => Math.min(60, Math.max(10, minutes * 2));
/** The memory at the end is read when nothing has been under way for so long, in ms. */
const REST_MS = 10_000;

const COLUMNS = [
  ['Database', 'database'],
  ['Minutes', 'minutes', figure(1)],
  ['Messages', 'messages', figure(0)],
  ['Deliveries/s', 'deliveriesPerSecond', figure(0)],
  ['Accept→receive p50 ms', 'p50Ms', figure(1)],
  ['p99 ms', 'p99Ms', figure(1)],
  ['CPU s per 1 000', 'cpuServer', figure(2)],
  ['MiB', 'memoryMiB', figure(0)],
  ['Tables MiB', 'tablesMiB', figure(0)],
  ['Older than retention', 'overdue', figure(0)],
  ['Lost', 'lost', figure(0)],
  ['Twice', 'duplicated', figure(0)],
];

/** What must not grow, and by what part of itself it may between the middle third and the last: noise is not growth. */
const WATCHED = [
  { what: 'memory', key: 'memoryMiB', most: 0.1 },
  { what: 'tables', key: 'tablesMiB', most: 0.1 },
  { what: 'accept→receive p50', key: 'p50Ms', most: 0.3 },
  { what: 'accept→receive p99', key: 'p99Ms', most: 0.5 },
];

const SIZES = `select
  (select sum(pg_total_relation_size(oid)) / 1048576 from pg_class
   where relkind = 'r' and relnamespace = current_schema()::regnamespace) as size,
  (select count(*) from message where created_at < now() - interval '1 day') as overdue`;

/** Sizes of tables with their indexes, while the server runs: so on PostgreSQL only. */
async function sizesOf(place) {
  if (place.database === 'embedded') return { tablesMiB: null, overdue: null };
  const { rows } = await place.withDatabase((run) => run(SIZES));
  return { tablesMiB: Number(rows[0].size), overdue: Number(rows[0].overdue) };
}

/** Makes the customer, and as many messages of a day ago as will be sent. */
async function prepare(place, receiverUrl, { seconds, rate }) {
  const server = await startServer({
    ...place,
    settings: { ...place.settings, POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/8' },
  });
  let customer;
  try {
    customer = await createCustomer(server.url, [`${receiverUrl}/ep/0`]);
  } finally {
    await server.end();
  }
  await place.withDatabase((run) => fillWithAged(run, { seconds, rate, bytes: PAYLOAD_BYTES }));
  return customer;
}

async function runSlice(stage, customer, { first, rate, seconds }) {
  await stage.receiver.ask('begin', { warmUp: 0, quietMs: 0 });
  const cpu = await stage.server.cpuSeconds();
  const load = { bytes: PAYLOAD_BYTES, keys: true, inFlight: 128, first, rate, seconds };
  const sent = await stage.send(customer, load);
  const { messages } = sent;
  const arrived = await stage.receiver.ask('settle', { messages, endpoints: 1, quietMs: QUIET_MS });
  const { delays, lost, duplicated, seconds: taken } = compare(sent, arrived, 1);
  const used = (await stage.server.cpuSeconds()) - cpu;
  return {
    messages: messages.length,
    deliveriesPerSecond: delays.length / taken,
    p50Ms: quantile(sorted(delays), 0.5),
    p99Ms: quantile(sorted(delays), 0.99),
    cpuServer: (used / delays.length) * 1000,
    memoryMiB: await stage.server.memory(),
    lost,
    duplicated,
  };
}

async function soak(place, minutes, rate) {
  const settings = { ...place.settings, POSTRIDER_RETENTION_DAYS: '1' };
  let customer;
  const stage = await openStage({ ...place, settings }, 0, async (receiverUrl) => {
    customer = await prepare(place, receiverUrl, { seconds: minutes * 60, rate });
  });
  try {
    const atStartMiB = await stage.server.memory();
    const slices = [];
    const sliceSeconds = sliceSecondsOf(minutes);
    for (let done = 0; done < minutes * 60; done += sliceSeconds) {
      const seconds = Math.min(sliceSeconds, minutes * 60 - done);
      const first = 1 + slices.length * sliceSeconds * rate * 2;
      const slice = await runSlice(stage, customer, { first, rate, seconds });
      slices.push({
        database: place.database,
        minutes: (done + seconds) / 60,
        ...slice,
        ...(await sizesOf(place)),
      });
      process.stderr.write(`${place.database}: ${JSON.stringify(slices.at(-1))}\n`);
    }
    await delay(REST_MS);
    const memory = {
      atStartMiB,
      atMostMiB: await stage.server.peakMemory(),
      atRestMiB: await stage.server.memory(),
    };
    return { slices, memory };
  } finally {
    await stage.end();
  }
}

/** What is watched, by how much it grew, and whether that is flat. */
const judge = (database, slices) =>
  WATCHED.map(({ what, key, most }) => {
    const growth = growthOf(slices.filter((one) => one.database === database).map((one) => one[key]));
    const verdict = growth === null ? 'not known' : growth > most ? 'GROWS' : 'flat';
    return { database, what, growth: growth === null ? null : growth * 100, most: most * 100, verdict };
  });

const VERDICT_COLUMNS = [
  ['Database', 'database'],
  ['What', 'what'],
  ['Growth %', 'growth', figure(1)],
  ['At most %', 'most', figure(0)],
  ['Verdict', 'verdict'],
];

/** Runs the benchmark and prints it; gives the exit code: 1 when a message was lost, or something grows. */
export async function run({ json, database, minutes, rate }) {
  const conditions = { ...machineConditions(), payloadBytes: PAYLOAD_BYTES, messagesPerSecond: Number(rate) };
  const slices = [];
  const memory = {};
  const verdicts = [];
  for (const makePlace of availablePlaces('soak', database)) {
    const place = await makePlace();
    Object.assign(conditions, place.conditions);
    try {
      const measured = await soak(place, Number(minutes), Number(rate));
      slices.push(...measured.slices);
      memory[place.database] = measured.memory;
      verdicts.push(...judge(place.database, measured.slices));
    } finally {
      await place.remove();
    }
  }
  const memoryRows = Object.entries(memory).map(([name, one]) => ({ database: name, ...one }));
  const memoryColumns = [
    ['Database', 'database'],
    ['At start MiB', 'atStartMiB', figure(0)],
    ['At most MiB', 'atMostMiB', figure(0)],
    ['At rest afterwards MiB', 'atRestMiB', figure(0)],
  ];
  process.stdout.write(
    json
      ? `${JSON.stringify({ suite: 'soak', conditions, slices, memory, verdicts }, null, 2)}\n`
      : `\n${list(conditions)}\n\n${table(COLUMNS, slices)}\n\n${table(memoryColumns, memoryRows)}\n\n${table(VERDICT_COLUMNS, verdicts)}\n`,
  );
  const grows = verdicts.some(({ verdict }) => verdict === 'GROWS');
  return grows || slices.some(({ lost }) => lost > 0) ? 1 : 0;
}
