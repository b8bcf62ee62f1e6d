// Messages from their acceptance to their receivers: deliveries per second, latency, processor time, memory, and whether
// any was lost or came twice.
import { loadavg } from 'node:os';
import { measureShape } from './parts/delivery-run.mjs';
import { availablePlaces } from './parts/places.mjs';
import { figure, list, machineConditions, table } from './parts/report.mjs';

export const options = { 'no-keys': { type: 'boolean', default: false } };
export const usage = `  --no-keys     post without idempotency keys; the SDKs send one with every post`;

const PAYLOAD_BYTES = 1024;

const SHAPES = [
  { name: '1 endpoint', inFlight: 64 },
  { name: '10 endpoints', inFlight: 32, endpoints: 10 },
  { name: '200 a second', inFlight: 128, rate: 200 },
  { name: 'answers after 100 ms', inFlight: 64, delayMs: 100 },
  { name: '50 a second, beside a dead one', inFlight: 64, rate: 50, dead: 1_000 },
];

const COLUMNS = [
  ['Database', 'database'],
  ['Shape', 'shape'],
  ['Deliveries/s', 'deliveriesPerSecond', figure(0)],
  ['Accept p50 ms', 'acceptP50Ms', figure(1)],
  ['p99 ms', 'acceptP99Ms', figure(1)],
  ['Accept→receive p50 ms', 'receiveP50Ms', figure(1)],
  ['p99 ms', 'receiveP99Ms', figure(1)],
  ['CPU s per 1 000: server', 'cpuServer', figure(2)],
  ['PostgreSQL', 'cpuDatabase', figure(2)],
  ['load and receiver', 'cpuLoad', figure(2)],
  ['Acknowledged', 'acknowledged', figure(0)],
  ['Lost', 'lost', figure(0)],
  ['Twice', 'duplicated', figure(0)],
  ['At most MiB', 'peakMemoryMiB', figure(0)],
];

/** Runs the benchmark on every database that is here and prints it; gives the exit code: 1 when a message was lost. */
export async function run({ seconds = 6, json, 'no-keys': withoutKeys }) {
  const conditions = {
    ...machineConditions(),
    payloadBytes: PAYLOAD_BYTES,
    secondsPerShape: seconds,
    idempotencyKeys: !withoutKeys,
  };
  const rows = [];
  for (const makePlace of availablePlaces('dispatch')) {
    for (const shape of SHAPES) {
      const place = await makePlace();
      process.stderr.write(`${place.database}: ${shape.name}\n`);
      Object.assign(conditions, place.conditions);
      try {
        const settings = { seconds, bytes: PAYLOAD_BYTES, keys: !withoutKeys };
        const measured = await measureShape(place, shape, settings);
        rows.push({ database: place.database, shape: shape.name, ...measured });
      } finally {
        await place.remove();
      }
    }
  }
  conditions.loadAverageAtEnd = Number((loadavg()[0] ?? 0).toFixed(2));
  process.stdout.write(
    json
      ? `${JSON.stringify({ suite: 'dispatch', conditions, shapes: rows }, null, 2)}\n`
      : `\n${list(conditions)}\n\n${table(COLUMNS, rows)}\n`,
  );
  return rows.some(({ lost }) => lost > 0) ? 1 : 0;
}
