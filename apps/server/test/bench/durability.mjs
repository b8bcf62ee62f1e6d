// What it costs the embedded database to be safe against power loss: the same load with POSTRIDER_DURABILITY=process and
// =power in turn, and how long one fsync takes on this disk.
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { measureShape } from './parts/delivery-run.mjs';
import { temporaryDirectory } from './parts/leftovers.mjs';
import { availablePlaces } from './parts/places.mjs';
import { figure, list, machineConditions, table } from './parts/report.mjs';

const PAYLOAD_BYTES = 1024;
const TURNS = 3;
const SHAPES = [
  { name: '1 endpoint', inFlight: 64 },
  { name: '1 endpoint, one sender', inFlight: 1 },
  { name: '200 a second', inFlight: 128, rate: 200 },
];
const COLUMNS = [
  ['Shape', 'shape'],
  ['Durability', 'durability'],
  ['Deliveries/s', 'deliveriesPerSecond', figure(0)],
  ['Accept p50 ms', 'acceptP50Ms', figure(1)],
  ['p99 ms', 'acceptP99Ms', figure(1)],
  ['Accept→receive p50 ms', 'receiveP50Ms', figure(1)],
  ['p99 ms', 'receiveP99Ms', figure(1)],
  ['CPU s per 1 000: server', 'cpuServer', figure(2)],
  ['Acknowledged', 'acknowledged', figure(0)],
  ['Lost', 'lost', figure(0)],
];

/** Milliseconds that an fsync after 8 KiB takes here: the median of 200. */
async function measureSync() {
  const { path, remove } = await temporaryDirectory('postrider-bench-');
  const descriptor = openSync(join(path, 'file'), 'w');
  const block = Buffer.alloc(8192, 1);
  const times = Array.from({ length: 200 }, () => {
    writeSync(descriptor, block);
    const start = performance.now();
    fsyncSync(descriptor);
    return performance.now() - start;
  }).sort((a, b) => a - b);
  closeSync(descriptor);
  remove();
  return Number(times[100].toFixed(2));
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Of several runs of one thing the medians of what differs, and the sum of what must not be lost. */
function summarise(runs) {
  const keys = COLUMNS.map(([, key]) => key).filter((key) => typeof runs[0][key] === 'number');
  return Object.fromEntries(
    keys.map((key) => {
      const values = runs.map((run) => run[key]);
      const sum = key === 'lost' || key === 'acknowledged';
      return [key, sum ? values.reduce((a, b) => a + b, 0) : median(values)];
    }),
  );
}

/** Runs it and prints it; gives the exit code: 1 when a message was lost. */
export async function run({ seconds = 6, json }) {
  const makePlace = availablePlaces('dispatch')[0];
  const conditions = {
    ...machineConditions(),
    payloadBytes: PAYLOAD_BYTES,
    secondsPerRun: seconds,
    turns: TURNS,
    medianFsyncMs: await measureSync(),
  };
  const rows = [];
  for (const shape of SHAPES) {
    const runs = { process: [], power: [] };
    for (let turn = 0; turn < TURNS; turn++) {
      for (const durability of ['process', 'power']) {
        const place = await makePlace();
        process.stderr.write(`${shape.name}, ${durability}\n`);
        try {
          const settings = { ...place.settings, POSTRIDER_DURABILITY: durability };
          const how = { seconds, bytes: PAYLOAD_BYTES, keys: true };
          runs[durability].push(await measureShape({ ...place, settings }, shape, how));
        } finally {
          await place.remove();
        }
      }
    }
    for (const durability of ['process', 'power']) {
      rows.push({ shape: shape.name, durability, ...summarise(runs[durability]) });
    }
  }
  conditions.loadAverageAtEnd = Number((loadavg()[0] ?? 0).toFixed(2));
  process.stdout.write(
    json
      ? `${JSON.stringify({ suite: 'durability', conditions, shapes: rows }, null, 2)}\n`
      : `\n${list(conditions)}\n\n${table(COLUMNS, rows)}\n`,
  );
  return rows.some(({ lost }) => lost > 0) ? 1 : 0;
}
