import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Client, createClient, unwrap } from '@postrider/client';
import type { ApplicationOut, AppPortalAccessIn, AppPortalAccessOut } from '@postrider/contract';

/** What was built here, or the program that POSTRIDER_TEST_PROGRAM names. */
const MAIN =
  process.env.POSTRIDER_TEST_PROGRAM ?? fileURLToPath(new URL('../../server/dist/main.js', import.meta.url));
/** Seconds: two retries within moments, then one that the walks do not see. */
const RETRY_SCHEDULE = '0.05,0.05,3600';
const START_MILLISECONDS = 60_000;

/** A server of its own, with the built portal, on an empty database. */
export interface TestServer {
  /** Where people reach it, as in its links. */
  readonly url: string;
  /** The API, called with an environment key. */
  readonly client: Client;
  createApplication(name?: string): Promise<ApplicationOut>;
  /** A link and a token, each of a session of its own. */
  access(application: ApplicationOut, access?: AppPortalAccessIn): Promise<AppPortalAccessOut>;
  /** A fresh magic link into the application. */
  link(application: ApplicationOut, access?: AppPortalAccessIn): Promise<string>;
  expireAll(application: ApplicationOut): Promise<void>;
  stop(): Promise<void>;
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Polls, since a process has no better way to say that it is ready. */
async function untilReady(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + START_MILLISECONDS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) break;
    const status = await fetch(`${url}/api/v1/health/ping/`).then(
      (answer) => answer.status,
      () => undefined,
    );
    if (status === 204) return;
    await delay(50);
  }
  throw new Error(`the server did not start:\n${log()}`);
}

/** Starts the built server on a data directory, with further settings; `stop` ends it and leaves the directory. */
async function startOn(directory: string, settings: Readonly<Record<string, string>>) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH,
      POSTRIDER_LISTEN: `127.0.0.1:${port}`,
      POSTRIDER_PUBLIC_URL: url,
      POSTRIDER_DATA_DIR: directory,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
  }
  const stop = async () => {
    if (child.exitCode === null && child.kill()) await once(child, 'exit');
  };
  try {
    await untilReady(url, child, () => log);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

const makeDirectory = () => mkdtemp(join(tmpdir(), 'postrider-portal-'));
const remove = (directory: string) => rm(directory, { recursive: true, force: true });

/** The data directory of a server that has made its database and was stopped. */
export async function makeTemplate(): Promise<{ directory: string; remove: () => Promise<void> }> {
  const directory = await makeDirectory();
  const { stop } = await startOn(directory, {});
  await stop();
  return { directory, remove: () => remove(directory) };
}

/** Starts the built server on a copy of the template, with a key of its own; `stop` ends it and removes its data. */
export async function startServer(template: string | undefined): Promise<TestServer> {
  const key = `sk_${randomBytes(16).toString('hex')}`;
  const directory = await makeDirectory();
  const clear = () => remove(directory);
  if (template !== undefined) await cp(template, directory, { recursive: true });
  const server = await startOn(directory, {
    POSTRIDER_API_KEY: key,
    // The receivers of the walks are on this machine.
    POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/8',
    POSTRIDER_RETRY_SCHEDULE: RETRY_SCHEDULE,
  }).catch(async (error: unknown) => {
    await clear();
    throw error;
  });
  const { url } = server;
  const stop = async () => {
    await server.stop();
    await clear();
  };

  const client = createClient({ serverUrl: url, token: key });
  const headers = {};
  const access = ({ id }: ApplicationOut, body: AppPortalAccessIn = {}) =>
    unwrap(client.authentication.getAppPortalAccess({ params: { app_id: id }, body, headers }));
  return {
    url,
    client,
    createApplication: (name = 'Harbour Coffee Roasters') =>
      unwrap(client.application.create({ body: { name }, query: {}, headers })),
    access,
    link: async (application, body) => (await access(application, body)).url,
    expireAll: async ({ id }) => {
      await unwrap(client.authentication.expireAll({ params: { app_id: id }, body: {}, headers }));
    },
    stop,
  };
}
