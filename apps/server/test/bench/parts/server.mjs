// The measured server: a child process, as an operator runs it.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { atTheLatest, temporaryDirectory } from './leftovers.mjs';
import { cpuSecondsOf, memoryOf } from './processes.mjs';

const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

/** How long a server may take to answer for the first time, and to end, in ms. */
const START_TIMEOUT_MS = 60_000;
const END_TIMEOUT_MS = 45_000;
/** How often a starting server is asked whether it answers, in ms: the error of start-up times. */
const ASK_MS = 10;

/** Key of the default environment of every measured server. */
export const API_KEY = 'sk_benchbenchbenchbench';

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Asks until the service and its database answer. */
async function waitForAnswer(url, child, startedAt) {
  while (performance.now() - startedAt < START_TIMEOUT_MS) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('the server ended');
    const status = await request(`${url}/api/v1/health/`).then(
      async ({ statusCode, body }) => {
        await body.dump();
        return statusCode;
      },
      () => undefined,
    );
    if (status === 200) return;
    await delay(ASK_MS);
  }
  throw new Error('the server did not answer');
}

/** Starts the built server in a place and waits for its first answer. Its log goes to a file, at the usual level. */
export async function startServer(place) {
  const port = await freePort();
  const logs = await temporaryDirectory('postrider-bench-log-');
  const logFile = join(logs.path, 'server.log');
  const log = openSync(logFile, 'w');
  const startedAt = performance.now();
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH,
      POSTRIDER_LISTEN: `127.0.0.1:${port}`,
      POSTRIDER_API_KEY: API_KEY,
      ...place.settings,
    },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const kill = atTheLatest(() => child.kill('SIGKILL'));
  const exit = new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', resolve);
  });
  const end = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
    await exit;
    clearTimeout(timer);
    kill();
    logs.remove();
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitForAnswer(url, child, startedAt);
  } catch (error) {
    const text = await readFile(logFile, 'utf8');
    await end();
    throw new Error(`${error.message}\n${text.slice(-2000)}`);
  }
  return {
    url,
    startSeconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: () => cpuSecondsOf(child.pid),
    memory: () => memoryOf(child.pid, 'VmRSS'),
    peakMemory: () => memoryOf(child.pid, 'VmHWM'),
    end,
  };
}
