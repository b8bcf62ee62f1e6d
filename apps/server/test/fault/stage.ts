import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@postrider/client';
import { MAIN, type ServerProcess, type Settings, startProcess } from '../process.js';
import { CountingReceiver, Load } from './load.js';

export const API_KEY = 'sk_stagestagestagestage';

/** Servers, directories and receivers of one test, gone when it is over. */
export class Stage {
  readonly #cleanups: (() => Promise<unknown>)[] = [];

  later(cleanup: () => Promise<unknown>): void {
    this.#cleanups.push(cleanup);
  }

  async clear(): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0).reverse()) await cleanup();
  }

  async directory(): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), 'postrider-stage-'));
    this.later(() => rm(directory, { recursive: true, force: true }));
    return directory;
  }

  /** `main` is the program: the one that was built here, or that of another release. */
  async start(settings: Settings, main = MAIN): Promise<ServerProcess> {
    const given = {
      POSTRIDER_API_KEY: API_KEY,
      POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/8',
      POSTRIDER_RETRY_SCHEDULE: Array(120).fill('1').join(),
      ...settings,
    };
    const server = await startProcess(given, [], main);
    this.later(() => server.end('SIGKILL'));
    return server;
  }

  /** A receiver that has an address and does not answer yet: what is sent to it waits in the database. */
  async downReceiver(): Promise<CountingReceiver> {
    const sink = new CountingReceiver();
    await sink.start();
    await sink.stop();
    this.later(() => sink.stop());
    return sink;
  }

  /** A command that runs in the background, to be ended in the middle. */
  spawn(parameters: readonly string[], settings: Settings): ChildProcess {
    const child = spawn(process.execPath, [MAIN, ...parameters], {
      env: { PATH: process.env['PATH'], ...settings },
      stdio: 'ignore',
    });
    this.later(async () => child.kill('SIGKILL'));
    return child;
  }
}

/** An application with one endpoint at the address. Gives its id. */
export async function createCustomer(server: ServerProcess, url: string): Promise<string> {
  const client = createClient({ serverUrl: server.url, token: API_KEY });
  const { body } = await client.application.create({ body: { name: 'Load' } });
  const { id } = body as { id: string };
  const made = await client.endpoint.create({ params: { app_id: id }, body: { url } });
  if (made.status !== 201) throw new Error(`the endpoint was answered ${made.status}`);
  return id;
}

/** Numbered messages, so many at a time. */
export function startLoad(applicationId: string, url: () => string, first = 0): Load {
  const load = new Load(applicationId, API_KEY, first);
  load.start(url, 16);
  return load;
}

/** Resolves when the process has ended. */
export const ended = (child: ChildProcess): Promise<unknown> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', resolve));
