import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { type Client, createClient } from '@postrider/client';
import type { ApiKeyScope } from '@postrider/contract';
import { inject } from 'vitest';
import { createApiKey } from '../src/api-keys.js';
import { createApp, type Parts } from '../src/app.js';
import type { Clock } from '../src/clock.js';
import { type Config, readConfig } from '../src/config.js';
import type { Context } from '../src/context.js';
import type { Database } from '../src/database/database.js';
import { createLogger } from '../src/observability/logger.js';
import { copyDatabase } from './databases.js';
import { Secrets } from './secrecy.js';

/**
 * A clock that runs with the machine's, unless it is stopped, and can be moved on: who waits past the new time is woken
 * at once.
 */
export class TestClock implements Clock {
  #offset = 0;
  #stoppedAt: number | undefined;
  readonly #waiting = new Set<{ until: number; wake: () => void }>();
  readonly #expected: { ms: number; met: () => void }[] = [];

  now(): Date {
    return new Date((this.#stoppedAt ?? Date.now()) + this.#offset);
  }

  /** From now on time passes by `advance` alone. */
  stop(): void {
    this.#stoppedAt ??= Date.now();
  }

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiter = { until: this.now().getTime() + ms, wake: () => {} };
      const timer = setTimeout(() => waiter.wake(), ms);
      waiter.wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', waiter.wake);
        this.#waiting.delete(waiter);
        resolve();
      };
      if (signal?.aborted) return waiter.wake();
      signal?.addEventListener('abort', waiter.wake, { once: true });
      this.#waiting.add(waiter);
      for (const one of this.#expected.filter((expected) => expected.ms === ms)) one.met();
    });
  }

  /** Moves the time on by seconds. */
  advance(seconds: number): void {
    this.#offset += seconds * 1000;
    const due = [...this.#waiting].filter((waiter) => waiter.until <= this.now().getTime());
    for (const waiter of due) waiter.wake();
  }

  /** Resolves when somebody begins to wait for just this long. */
  nextWait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#expected.push({ ms, met: resolve });
    });
  }
}

/** An environment of its own and how to call as its owner. */
export interface TestEnvironment {
  readonly id: string;
  readonly key: string;
  readonly client: Client;
}

export interface TestServer {
  readonly url: string;
  readonly context: Context;
  readonly clock: TestClock;
  /** Every line that was logged. */
  readonly logs: string[];
  /** Its key may do everything in it, or what the scopes say. */
  createEnvironment(scopes?: ApiKeyScope[]): Promise<TestEnvironment>;
  /** A client with this token, which makes no second try. */
  as(token: string | undefined): Client;
  stop(): Promise<void>;
}

type Settings = Record<string, string>;

/** A database and what servers on it have in common: for those that share one, or come one after the other. */
export interface Home {
  readonly database: Database;
  readonly clock: TestClock;
  readonly encryptionKey: string;
  readonly remove: () => Promise<void>;
}

/** Makes an empty database. Who opens it removes it when its servers have stopped. */
export async function openHome(): Promise<Home> {
  const { database, remove } = await copyDatabase(inject('database'), inject('template'));
  return { database, clock: new TestClock(), encryptionKey: randomBytes(32).toString('base64'), remove };
}

/** A home that outlives the server. */
const lend = (home: Home): Home => ({
  ...home,
  database: { ...home.database, close: async () => {} },
  remove: async () => {},
});

/**
 * Starts a whole server in this process, on a database of its own unless it is given a home. Settings are environment
 * variables. When it is stopped its log is searched for every secret that was used with it.
 */
export async function startServer(settings: Settings = {}, home?: Home): Promise<TestServer> {
  const { database, clock, encryptionKey, remove } = home ? lend(home) : await openHome();
  const logs: string[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logs.push(chunk.toString());
      done();
    },
  });
  const environment = {
    POSTRIDER_LISTEN: '127.0.0.1:0',
    POSTRIDER_PUBLIC_URL: 'https://portal.example.com',
    POSTRIDER_ENCRYPTION_KEY: encryptionKey,
    POSTRIDER_AUTH_RATE_LIMIT: '100000',
    // The harness brings its own database; the setting only says that there could be other processes.
    ...(settings['POSTRIDER_ROLE'] === undefined ? {} : { POSTRIDER_DATABASE_URL: 'postgres://unused' }),
    ...settings,
  };
  const secrets = new Secrets(environment);
  const config: Config = readConfig(environment);
  const parts: Parts = { clock, database, log: createLogger('debug', sink), validateResponses: true };
  const app = await createApp(config, parts);
  const url = await app.start();
  const as = (token: string | undefined): Client =>
    createClient({
      serverUrl: url,
      retries: 0,
      fetch: secrets.fetch,
      ...(token === undefined ? {} : { token }),
    });
  return {
    url,
    context: app.context,
    clock,
    logs,
    as,
    createEnvironment: async (scopes) => {
      const id = `org_${randomBytes(12).toString('hex')}`;
      const key = await createApiKey(app.context, id, scopes);
      secrets.note('a key', key);
      return { id, key, client: as(key) };
    },
    stop: async () => {
      await app.stop();
      await remove();
      secrets.check(logs);
    },
  };
}
