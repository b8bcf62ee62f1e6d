import type http from 'node:http';
import { createApiKey, ensureFirstKey } from './api-keys.js';
import { runCheckpoints } from './checkpoints.js';
import { type Clock, systemClock } from './clock.js';
import type { Config } from './config.js';
import type { Context } from './context.js';
import { type ControlRequest, type DirectoryLock, lockDirectory } from './control.js';
import { type Database, openDatabase } from './database/database.js';
import { migrate } from './database/migrate.js';
import { readSchema } from './database/plan.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { QueueFigures } from './dispatch/queue-figures.js';
import { examineDatabase } from './doctor/database.js';
import { refuseMoved } from './embedded/moved.js';
import { finishRestore } from './embedded/replace.js';
import { answerSnapshot, Snapshots } from './embedded/snapshot.js';
import { keepEncryptionKey } from './encryption-key.js';
import { EnvironmentSettingsCache } from './environment-settings.js';
import { ConfigurationError } from './errors.js';
import { createHttpApplication } from './http/application.js';
import { createAuthenticate } from './http/authenticate.js';
import { handlers } from './http/handlers.js';
import { createLimiters } from './http/rate-limit.js';
import { createServer, drain, listen, takeLeave } from './http/server.js';
import { Streams } from './http/streams.js';
import { runMaintenance, runTally } from './maintenance.js';
import { events } from './observability/events.js';
import { createLogger, type Logger } from './observability/logger.js';
import { beginAtZero, createMetrics, observeLive } from './observability/metrics.js';
import { openTracing } from './observability/tracing.js';
import { parseSubnets } from './outbound/address.js';
import { createSender } from './outbound/send.js';
import { freeBytesOf, Readiness } from './readiness.js';
import { runReseal } from './reseal.js';
import { createVault } from './signing/vault.js';
import { releaseAllIdempotentCalls } from './storage/idempotency-key.js';
import { KINDS } from './tasks/kinds.js';
import { TaskRunner } from './tasks/runner.js';
import { VERSION } from './version.js';

/** What tests put in the place of the real thing. */
export interface Parts {
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly database?: Database;
  readonly validateResponses?: boolean;
}

/** A Postrider process. */
export interface App {
  readonly context: Context;
  /** The first key of the service, when it was made by this start. */
  readonly firstKey: string | undefined;
  /** Listens and begins to work; gives the address in use. Safe to call twice. */
  start(): Promise<string>;
  /** Finishes what is under way, then lets go of everything. Safe to call twice, and before `start`. */
  stop(): Promise<void>;
}

/** The context and how to close it, without a server: enough for the command line. */
export interface OpenContext {
  readonly context: Context;
  readonly lock: DirectoryLock | undefined;
  /** Names of the steps of the schema that were applied by this opening. */
  readonly applied: readonly string[];
  readonly close: () => Promise<void>;
}

/**
 * Opens the database, brings its schema up to date and builds the context.
 *
 * @throws ConfigurationError when the embedded database is open elsewhere or its key is missing
 */
export async function openContext(config: Config, parts: Parts = {}): Promise<OpenContext> {
  const log = parts.log ?? createLogger(config.logLevel);
  const { directory } = { directory: undefined, ...config.database };
  const lock = parts.database || !directory ? undefined : await lockDirectory(directory);
  const close = async () => {
    await lock?.release();
  };
  try {
    if (lock && directory) {
      await finishRestore(directory);
      await refuseMoved(directory);
    }
    const [current = await keepEncryptionKey(directory ?? '.'), ...previous] = config.encryptionKeys;
    const database = parts.database ?? (await openDatabase(config.database, config.databasePoolSize));
    const clock = parts.clock ?? systemClock;
    const metrics = createMetrics();
    const context: Context = {
      config,
      database,
      clock,
      log,
      metrics,
      vault: createVault({ current, previous }),
      settings: new EnvironmentSettingsCache(database, clock),
    };
    const closeAll = async () => {
      await database.close();
      await close();
    };
    try {
      const applied = await migrate(database.kysely);
      if (applied.length > 0) log.info({ event: 'database.migrated', applied });
      // What a process before us left under way has no owner any more: this database is ours alone.
      if (database.kind === 'embedded') await releaseAllIdempotentCalls(database.kysely);
      return { context, lock, applied, close: closeAll };
    } catch (error) {
      await database.close();
      throw error;
    }
  } catch (error) {
    await close();
    throw error;
  }
}

const control = (context: Context) => {
  const snapshots = new Snapshots(context.database);
  return async (request: ControlRequest): Promise<unknown> => {
    switch (request.command) {
      case 'create-api-key':
        return createApiKey(context, request.environmentId, request.scopes);
      case 'begin-backup':
      case 'finish-backup':
        return answerSnapshot(snapshots, request.command);
      case 'examine':
        return examineDatabase({ ...context, retentionDays: context.config.dispatch.retentionDays });
      case 'describe-schema':
        return readSchema(context.database.kysely);
      default:
        throw new ConfigurationError(
          'the service that runs does not know this command: it is of another version',
        );
    }
  };
};

/** @throws ConfigurationError naming the entry that is no range of addresses */
function readSubnets(text: string): ReturnType<typeof parseSubnets> {
  try {
    return parseSubnets(text);
  } catch (error) {
    throw new ConfigurationError(
      `POSTRIDER_ALLOW_SUBNETS: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Builds a process: everything is open and up to date, nothing listens yet. */
export async function createApp(config: Config, parts: Parts = {}): Promise<App> {
  const startedAt = performance.now();
  const allowSubnets = readSubnets(config.dispatch.allowSubnets);
  const { context: opened, lock, close } = await openContext(config, parts);
  const context: Context = { ...opened, tracing: await openTracing(config.tracing, opened.log) };
  const firstKey = await ensureFirstKey(context);
  lock?.serve(control(context));
  const sender = createSender({
    allowSubnets,
    timeoutMs: config.dispatch.requestTimeoutMs,
    userAgent: `Postrider/${VERSION}`,
  });
  const dispatcher = new Dispatcher(context, sender);
  const taskRunner = new TaskRunner({ ...context, dispatch: dispatcher }, () => dispatcher.workerNumber);
  dispatcher.onTask = () => taskRunner.wake();
  const streams = new Streams(config.limits.streams);
  const queue = new QueueFigures(context);
  const directory = lock && config.database.kind === 'embedded' ? config.database.directory : undefined;
  beginAtZero(
    context.metrics,
    KINDS.map(({ name }) => name),
  );
  observeLive(context.metrics, {
    streams: () => streams.size,
    inFlight: () => dispatcher.inFlight,
    pools: () => context.database.pools(),
    queue: () => queue.read(),
    takesWork: config.dispatch.role === 'api' ? undefined : () => dispatcher.workState?.registered === true,
    freeBytes: directory === undefined ? undefined : () => freeBytesOf(directory),
  });
  const readiness = new Readiness(context, { work: () => dispatcher.workState, directory });
  const gate = {
    context,
    dispatch: dispatcher,
    readiness,
    authenticate: createAuthenticate(context),
    limiters: createLimiters(config.limits),
    streams,
    validateResponses: parts.validateResponses ?? false,
  };
  const server: http.Server = createServer(createHttpApplication(handlers, gate, VERSION));
  const stopping = new AbortController();
  let started: Promise<string> | undefined;
  let stopped: Promise<void> | undefined;
  let maintenance: Promise<unknown> = Promise.resolve();

  const startOnce = async () => {
    await dispatcher.start();
    const address = await listen(server, config.listen);
    maintenance = Promise.all([
      runMaintenance(context, stopping.signal),
      runTally(context, stopping.signal),
      runReseal(context, stopping.signal),
      runCheckpoints(context, stopping.signal),
      config.dispatch.role === 'api' ? undefined : taskRunner.run(stopping.signal),
    ]);
    const startMs = Math.round(performance.now() - startedAt);
    events.serviceStarted(context, { address, database: context.database.kind, startMs });
    return address;
  };
  const stopOnce = async () => {
    // First of all, so that a load balancer sends nothing new here by the time nothing new is taken.
    readiness.stop();
    takeLeave(server);
    await started?.catch(() => {});
    if (server.listening && config.drainDelaySeconds > 0)
      await context.clock.wait(config.drainDelaySeconds * 1000);
    stopping.abort();
    streams.close();
    await drain(server, config.drainSeconds * 1000);
    await maintenance;
    await dispatcher.stop(config.drainSeconds * 1000);
    await context.tracing?.close();
    await close();
    events.serviceStopped(context);
  };
  return {
    context,
    firstKey,
    start: () => {
      started ??= startOnce();
      return started;
    },
    stop: () => {
      stopped ??= stopOnce();
      return stopped;
    },
  };
}
