// Hours in minutes: a steady load for a long time, and what it does to memory and latency.
import { setTimeout as delay } from 'node:timers/promises';
import { compare, createCustomer, openStage, QUIET_MS, sorted } from './parts/delivery-run.mjs';
import { quantile } from './parts/load.mjs';
import { availablePlaces } from './parts/places.mjs';
import { figure, list, machineConditions, table } from './parts/report.mjs';

export const options = {
  database: { type: 'string' },
  minutes: { type: 'string', default: '10' },
  rate: { type: 'string', default: '500' },
};
export const usage = `  --database D  only on this one: embedded or postgres
  --minutes N   how long, default 10
  --rate N      messages a second, default 500`;

const PAYLOAD_BYTES = 1024;
/** One line of the report, in seconds. */
const SLICE_SECONDS = 30;
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
  ['Lost', 'lost', figure(0)],
  ['Twice', 'duplicated', figure(0)],
];

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
  const stage = await openStage(place);
  try {
    const customer = await createCustomer(stage.server.url, [`${stage.receiverUrl}/ep/0`]);
    const atStartMiB = await stage.server.memory();
    const slices = [];
    for (let done = 0; done < minutes * 60; done += SLICE_SECONDS) {
      const seconds = Math.min(SLICE_SECONDS, minutes * 60 - done);
      const first = 1 + slices.length * SLICE_SECONDS * rate * 2;
      const slice = await runSlice(stage, customer, { first, rate, seconds });
      slices.push({ database: place.database, minutes: (done + seconds) / 60, ...slice });
      process.stderr.write(`${place.database}: ${JSON.stringify(slice)}\n`);
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

/** Runs the benchmark and prints it; gives the exit code: 1 when a message was lost. */
export async function run({ json, database, minutes, rate }) {
  const conditions = { ...machineConditions(), payloadBytes: PAYLOAD_BYTES, messagesPerSecond: Number(rate) };
  const slices = [];
  const memory = {};
  for (const makePlace of availablePlaces('soak', database)) {
    const place = await makePlace();
    Object.assign(conditions, place.conditions);
    try {
      const measured = await soak(place, Number(minutes), Number(rate));
      slices.push(...measured.slices);
      memory[place.database] = measured.memory;
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
      ? `${JSON.stringify({ suite: 'soak', conditions, slices, memory }, null, 2)}\n`
      : `\n${list(conditions)}\n\n${table(COLUMNS, slices)}\n\n${table(memoryColumns, memoryRows)}\n`,
  );
  return slices.some(({ lost }) => lost > 0) ? 1 : 0;
}
