// Portal access, its check at every request, and its end: requests per second, latency, processor time, memory, start.
import { randomUUID } from 'node:crypto';
import { call, openConnections } from './parts/load.mjs';
import { measureCase, measureStarts, STARTS, WARM_UP_SECONDS } from './parts/measure.mjs';
import { availablePlaces } from './parts/places.mjs';
import { figure, list, machineConditions, table } from './parts/report.mjs';
import { API_KEY, startServer } from './parts/server.mjs';

const APPLICATIONS = 100;
const IN_FLIGHT = [16, 64];

const headersOf = (token) => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' });
/** Every POST has a key of its own, as the official SDKs send it. */
const postHeaders = () => ({ ...headersOf(API_KEY), 'idempotency-key': `auto_${randomUUID()}` });

const accessCall = (number, sessionId) => ({
  method: 'POST',
  path: `/api/v1/auth/app-portal-access/customer-${number}/`,
  headers: postHeaders(),
  body: JSON.stringify({ sessionId, capabilities: ['ViewBase', 'ManageEndpoint'] }),
  expect: 200,
});

/** Makes the customers, and one portal session for each; gives the sessions' tokens. */
async function prepare(connections) {
  const tokens = [];
  for (let number = 0; number < APPLICATIONS; number++) {
    await call(connections, {
      method: 'POST',
      path: '/api/v1/app/',
      headers: postHeaders(),
      body: JSON.stringify({ name: `Customer ${number}`, uid: `customer-${number}` }),
      expect: 201,
    });
    tokens.push(JSON.parse(await call(connections, accessCall(number, 'viewer'))).token);
  }
  return tokens;
}

/** The measured operations, in the order in which they need each other. */
function createCases(tokens) {
  let turn = 0;
  const sessions = [];
  return [
    {
      name: 'whoami',
      next: () => ({
        method: 'GET',
        path: '/api/v1/auth/whoami/',
        headers: headersOf(tokens[turn++ % tokens.length]),
        expect: 200,
      }),
    },
    {
      name: 'app-portal-access',
      next: () => {
        const session = { number: turn % APPLICATIONS, sessionId: `user-${turn++}` };
        return {
          ...accessCall(session.number, session.sessionId),
          done: () => sessions.push(session),
        };
      },
    },
    {
      // Each call ends one living session and its unopened link, of those that app-portal-access made.
      name: 'expire-all',
      next: () => {
        const session = sessions.pop();
        return (
          session && {
            method: 'POST',
            path: `/api/v1/auth/app/customer-${session.number}/expire-all/`,
            headers: postHeaders(),
            body: JSON.stringify({ sessionIds: [session.sessionId] }),
            expect: 204,
          }
        );
      },
      // The sessions are shared between the measurements, so that each has some to end.
      share: (measurementsLeft) => Math.floor(sessions.length / measurementsLeft),
    },
  ];
}

async function measureLoad(place, seconds, progress) {
  const server = await startServer(place);
  const rows = [];
  try {
    const connections = openConnections(server.url, 1);
    const tokens = await prepare(connections);
    await connections.close();
    for (const one of createCases(tokens)) {
      for (const [index, inFlight] of IN_FLIGHT.entries()) {
        progress(`${place.database}: ${one.name}, ${inFlight} in flight`);
        const left = IN_FLIGHT.length - index;
        rows.push({ database: place.database, ...(await measureCase(server, one, inFlight, left, seconds)) });
      }
    }
    return { firstStartSeconds: server.startSeconds, rows, peakMemoryMiB: await server.peakMemory() };
  } finally {
    await server.end();
  }
}

async function measurePlace(place, seconds, progress) {
  try {
    const { firstStartSeconds, rows, peakMemoryMiB } = await measureLoad(place, seconds, progress);
    const starts = await measureStarts(place, progress);
    const process = { database: place.database, firstStartSeconds, ...starts, peakMemoryMiB };
    return { conditions: place.conditions, rows, process };
  } finally {
    await place.remove();
  }
}

const LOAD_COLUMNS = [
  ['Database', 'database'],
  ['Operation', 'operation'],
  ['In flight', 'inFlight', figure(0)],
  ['Requests/s', 'requestsPerSecond', figure(0)],
  ['p50 ms', 'p50Ms', figure(1)],
  ['p99 ms', 'p99Ms', figure(1)],
  ['CPU s per 1 000', 'cpuSecondsPer1000', figure(2)],
  ['Requests', 'requests', figure(0)],
  ['Seconds', 'seconds', figure(1)],
];
const PROCESS_COLUMNS = [
  ['Database', 'database'],
  ['First start s', 'firstStartSeconds', figure(2)],
  ['Start s', 'startSeconds', figure(2)],
  ['Slowest start s', 'slowestStartSeconds', figure(2)],
  ['Idle MiB', 'idleMiB', figure(0)],
  ['At most, under load MiB', 'peakMemoryMiB', figure(0)],
];

/** Runs the benchmark on every database that is here and prints it; gives the exit code. */
export async function run({ seconds = 4, json }) {
  const progress = (text) => process.stderr.write(`${text}\n`);
  const conditions = {
    ...machineConditions(),
    applications: APPLICATIONS,
    warmUpSeconds: WARM_UP_SECONDS,
    secondsPerMeasurement: seconds,
    starts: STARTS,
  };
  const rows = [];
  const processes = [];
  for (const makePlace of availablePlaces('auth')) {
    const place = await makePlace();
    const measured = await measurePlace(place, seconds, progress);
    Object.assign(conditions, measured.conditions);
    rows.push(...measured.rows);
    processes.push(measured.process);
  }
  process.stdout.write(
    json
      ? `${JSON.stringify({ suite: 'auth', conditions, operations: rows, processes }, null, 2)}\n`
      : `\n${list(conditions)}\n\n${table(LOAD_COLUMNS, rows)}\n\n${table(PROCESS_COLUMNS, processes)}\n`,
  );
  return 0;
}
