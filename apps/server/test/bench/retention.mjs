// Removing what is older than the retention while messages go on: how fast, and what those who send notice of it.
import { compare, createCustomer, openStage, QUIET_MS, sorted } from './parts/delivery-run.mjs';
import { now } from './parts/helper.mjs';
import { quantile } from './parts/load.mjs';
import { availablePlaces } from './parts/places.mjs';
import { figure, list, machineConditions, table } from './parts/report.mjs';
import { fill } from './scale.mjs';

export const options = {
  database: { type: 'string' },
  messages: { type: 'string' },
  rate: { type: 'string', default: '300' },
};
export const usage = `  --database D  only on this one: embedded or postgres
  --messages N  stored before; default 300000 on PostgreSQL, 30000 embedded
  --rate N      messages a second meanwhile, default 300`;

/** The seed spreads its messages over 27 days; with this many of retention three quarters of them are too old. */
const RETENTION_DAYS = 7;
const SEED_DAYS = 27;
const SECONDS = 20;
const PAYLOAD_BYTES = 1024;

const old = `select
  (select count(*) from message where created_at < now() - interval '${RETENTION_DAYS} days') as messages,
  (select count(*) from attempt where created_at < now() - interval '${RETENTION_DAYS} days') as attempts`;
const rowsOf = (result) => (result.rows ?? result.at(-1).rows)[0];

/** A load on the filled place with this retention; `left` is what is too old when the load is over. */
async function measure(place, retentionDays, rate) {
  const settings = { ...place.settings, POSTRIDER_RETENTION_DAYS: String(retentionDays) };
  const started = now();
  const stage = await openStage({ ...place, settings });
  try {
    const customer = await createCustomer(stage.server.url, [`${stage.receiverUrl}/ep/0`]);
    await stage.receiver.ask('begin', { warmUp: 0, quietMs: 0 });
    const load = { bytes: PAYLOAD_BYTES, keys: true, inFlight: 128, first: 1, rate, seconds: SECONDS };
    const sent = await stage.send(customer, load);
    const { messages } = sent;
    const arrived = await stage.receiver.ask('settle', { messages, endpoints: 1, quietMs: QUIET_MS });
    const { delays, lost, duplicated } = compare(sent, arrived, 1);
    const delaysInOrder = sorted(delays);
    return {
      p50Ms: quantile(delaysInOrder, 0.5),
      p99Ms: quantile(delaysInOrder, 0.99),
      lost,
      duplicated,
      seconds: (now() - started) / 1000,
      peakMemoryMiB: await stage.server.peakMemory(),
    };
  } finally {
    await stage.end();
  }
}

/** The same load without anything to remove, then with three quarters of what is stored. */
async function measureDatabase(place, messages, rate) {
  const amounts = { applications: 100, messages, waiting: 0, heavy: 0, event_types: 60 };
  await fill(place, amounts);
  const count = async () => rowsOf(await place.withDatabase((run) => run(old)));
  const rows = [];
  for (const days of [SEED_DAYS + 1, RETENTION_DAYS]) {
    const before = await count();
    const measured = await measure(place, days, rate);
    const after = await count();
    const removed = (name) => Number(before[name]) - Number(after[name]);
    rows.push({
      database: place.database,
      days,
      ...measured,
      removedMessages: removed('messages'),
      removedAttempts: removed('attempts'),
      leftMessages: days === RETENTION_DAYS ? Number(after.messages) : 0,
    });
  }
  return rows;
}

const COLUMNS = [
  ['Database', 'database'],
  ['Retention, days', 'days', figure(0)],
  ['Accept→receive p50 ms', 'p50Ms', figure(1)],
  ['p99 ms', 'p99Ms', figure(1)],
  ['Within s', 'seconds', figure(0)],
  ['Messages removed', 'removedMessages', figure(0)],
  ['Attempts removed', 'removedAttempts', figure(0)],
  ['Messages left over', 'leftMessages', figure(0)],
  ['Lost', 'lost', figure(0)],
  ['Twice', 'duplicated', figure(0)],
  ['At most MiB', 'peakMemoryMiB', figure(0)],
];

/** Runs the benchmark and prints it; gives the exit code: 1 when a message was lost. */
export async function run({ json, database, messages, rate }) {
  const conditions = { ...machineConditions(), messagesPerSecond: Number(rate), seconds: SECONDS };
  const rows = [];
  for (const makePlace of availablePlaces('retention', database)) {
    const place = await makePlace();
    Object.assign(conditions, place.conditions);
    const stored = Number(messages ?? (place.database === 'embedded' ? 30_000 : 300_000));
    conditions[`storedOn${place.database}`] =
      `${stored} messages, ${2 * stored} attempts, of ${SEED_DAYS} days`;
    try {
      rows.push(...(await measureDatabase(place, stored, Number(rate))));
    } finally {
      await place.remove();
    }
  }
  process.stdout.write(
    json
      ? `${JSON.stringify({ suite: 'retention', conditions, rows }, null, 2)}\n`
      : `\n${list(conditions)}\n\n${table(COLUMNS, rows)}\n`,
  );
  return rows.some(({ lost }) => lost > 0) ? 1 : 0;
}
