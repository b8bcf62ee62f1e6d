// One, two and four processes over one PostgreSQL: what more of them bring on this machine, and what bounds them.
import { spawn } from 'node:child_process';
import { compare, createCustomer, QUIET_MS, sorted } from './parts/delivery-run.mjs';
import { startHelper } from './parts/helper.mjs';
import { quantile } from './parts/load.mjs';
import { WARM_UP_FROM } from './parts/numbers.mjs';
import { availablePlaces } from './parts/places.mjs';
import { figure, list, machineConditions, table } from './parts/report.mjs';
import { API_KEY, startServer } from './parts/server.mjs';

export const options = {
  'load-program': { type: 'string' },
  rate: { type: 'string', default: '0' },
};
export const usage = `  --rate N      messages a second in all; 0, the default: as fast as it goes, 64 posts under way in all
  --load-program PATH
                another program that posts and receives, in place of the suite's own: called as
                PATH -api URL -token KEY -inflight N -for 8s -rate N -listen HOST:PORT, it prints JSON`;

const PAYLOAD_BYTES = 1024;
const IN_FLIGHT = 64;
const WARM_UP = 500;
/** Numbers of messages that one sender has to itself. */
const NUMBERS = 10_000_000;
const FIRST_PORT = 19_000;

/** Roles of the processes of each row. */
const ROWS = [
  { name: '1', roles: ['all'] },
  { name: '2', roles: ['all', 'all'] },
  { name: '4', roles: ['all', 'all', 'all', 'all'] },
  { name: '1 api, 1 worker', roles: ['api', 'worker'] },
];

const COLUMNS = [
  ['Processes', 'processes'],
  ['Deliveries/s', 'deliveriesPerSecond', figure(0)],
  ['Accept p50 ms', 'acceptP50Ms', figure(1)],
  ['p99 ms', 'acceptP99Ms', figure(1)],
  ['Accept→receive p50 ms', 'receiveP50Ms', figure(1)],
  ['p99 ms', 'receiveP99Ms', figure(1)],
  ['CPU s per 1 000: servers', 'cpuServers', figure(2)],
  ['PostgreSQL', 'cpuDatabase', figure(2)],
  ['load and receiver', 'cpuLoad', figure(2)],
  ['Acknowledged', 'acknowledged', figure(0)],
  ['Lost', 'lost', figure(0)],
  ['Twice', 'duplicated', figure(0)],
];

const sum = (values) => values.reduce((total, value) => total + value, 0);
const most = (values) => Math.max(...values);

/** The suite's own load: a sender for each process that takes calls, one receiver for all. */
async function loadHere({ urls, seconds, rate, cpu }) {
  const receiver = startHelper('receiver.mjs');
  const senders = urls.map(() => startHelper('sender.mjs'));
  try {
    const receiverUrl = await receiver.ask('listen', { delayMs: 0 });
    const send = async (index, parameters) =>
      senders[index].ask('send', {
        url: urls[index],
        token: API_KEY,
        path: paths[index],
        bytes: PAYLOAD_BYTES,
        keys: true,
        inFlight: Math.ceil(IN_FLIGHT / urls.length),
        ...parameters,
      });
    const paths = await Promise.all(urls.map((url) => createCustomer(url, [`${receiverUrl}/ep/0`])));
    await Promise.all(
      urls.map((_, index) => send(index, { first: WARM_UP_FROM + index * NUMBERS, count: WARM_UP })),
    );
    await receiver.ask('begin', { warmUp: WARM_UP * urls.length, quietMs: QUIET_MS });
    const cpuOfLoad = async () =>
      sum(await Promise.all([receiver, ...senders].map((one) => one.cpuSeconds())));
    const before = { ...(await cpu()), load: await cpuOfLoad() };
    const sent = await Promise.all(
      urls.map((_, index) => send(index, { first: 1 + index * NUMBERS, seconds, rate: rate / urls.length })),
    );
    const results = [];
    for (const one of sent) {
      const arrived = await receiver.ask('settle', {
        messages: one.messages,
        endpoints: 1,
        quietMs: QUIET_MS,
      });
      results.push(compare(one, arrived, 1));
    }
    const after = { ...(await cpu()), load: await cpuOfLoad() };
    const delays = sorted(results.flatMap((one) => [...one.delays]));
    const took = sorted(sent.flatMap((one) => [...one.tookMs]));
    const perThousand = (who) =>
      before[who] === null ? null : ((after[who] - before[who]) / delays.length) * 1000;
    return {
      deliveriesPerSecond: sum(results.map((one) => one.delays.length / one.seconds)),
      acceptP50Ms: quantile(took, 0.5),
      acceptP99Ms: quantile(took, 0.99),
      receiveP50Ms: quantile(delays, 0.5),
      receiveP99Ms: quantile(delays, 0.99),
      cpuServers: perThousand('servers'),
      cpuDatabase: perThousand('database'),
      cpuLoad: perThousand('load'),
      acknowledged: took.length,
      lost: sum(results.map((one) => one.lost)),
      duplicated: sum(results.map((one) => one.duplicated)),
    };
  } finally {
    for (const one of [receiver, ...senders]) one.end();
  }
}

const runProgram = (program, parameters) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`${program} ended with ${code}`)),
    );
  });

/** Another program's load, one of it for each process that takes calls. Of their quantiles the greatest is given. */
async function loadByProgram(program, { urls, seconds, rate }) {
  const reports = await Promise.all(
    urls.map((url, index) =>
      runProgram(program, [
        ...['-api', url, '-token', API_KEY, '-for', `${seconds}s`, '-rate', String(rate / urls.length)],
        ...['-inflight', String(Math.ceil(IN_FLIGHT / urls.length)), '-payload', String(PAYLOAD_BYTES)],
        ...['-listen', `127.0.0.1:${FIRST_PORT + index}`, '-drain', '10s', '-warmup', String(WARM_UP)],
      ]),
    ),
  );
  const received = sum(reports.map((one) => one.received));
  // Each counts the processor time of the whole machine, by the names of programs.
  const [first] = reports;
  const perThousand = (...names) =>
    (sum(names.map((name) => first.cpu_s_per_1000[name] ?? 0)) * first.received) / received;
  return {
    deliveriesPerSecond: sum(reports.map((one) => one.deliveries_per_s)),
    acceptP50Ms: most(reports.map((one) => one.accept_ms.p50)),
    acceptP99Ms: most(reports.map((one) => one.accept_ms.p99)),
    receiveP50Ms: most(reports.map((one) => one.accept_to_receive_ms.p50)),
    receiveP99Ms: most(reports.map((one) => one.accept_to_receive_ms.p99)),
    cpuServers: perThousand('node', 'MainThread', 'node-MainThread'),
    cpuDatabase: perThousand('postgres'),
    cpuLoad: perThousand('load'),
    acknowledged: sum(reports.map((one) => one.acknowledged)),
    lost: sum(reports.map((one) => one.lost)),
    duplicated: sum(reports.map((one) => one.duplicated)),
  };
}

async function measure(place, { name, roles }, { seconds, rate, program }) {
  const servers = [];
  try {
    for (const role of roles) {
      const settings = { ...place.settings, POSTRIDER_ROLE: role, POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/8' };
      servers.push(await startServer({ ...place, settings }));
    }
    const urls = servers.filter((_, index) => roles[index] !== 'worker').map(({ url }) => url);
    const cpu = async () => ({
      servers: sum(await Promise.all(servers.map((one) => one.cpuSeconds()))),
      database: await place.cpuSeconds(),
    });
    const run = { urls, seconds, rate, cpu };
    const measured = program === undefined ? await loadHere(run) : await loadByProgram(program, run);
    return { processes: name, ...measured };
  } finally {
    for (const server of servers) await server.end();
  }
}

/** Runs the benchmark and prints it; gives the exit code: 1 when a message was lost. */
export async function run({ seconds = 8, json, rate, 'load-program': program }) {
  const [makePlace] = availablePlaces('processes', 'postgres');
  if (makePlace === undefined) return 1;
  const conditions = {
    ...machineConditions(),
    payloadBytes: PAYLOAD_BYTES,
    secondsPerRow: seconds,
    messagesPerSecond: Number(rate) || 'as fast as it goes',
    load: program === undefined ? "the suite's own" : 'another program',
  };
  const rows = [];
  for (const row of ROWS) {
    const place = await makePlace();
    Object.assign(conditions, place.conditions);
    process.stderr.write(`${row.name}\n`);
    try {
      rows.push(await measure(place, row, { seconds, rate: Number(rate), program }));
    } finally {
      await place.remove();
    }
  }
  process.stdout.write(
    json
      ? `${JSON.stringify({ suite: 'processes', conditions, rows }, null, 2)}\n`
      : `\n${list(conditions)}\n\n${table(COLUMNS, rows)}\n`,
  );
  return rows.some(({ lost }) => lost > 0) ? 1 : 0;
}
