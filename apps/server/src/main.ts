#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { ALL_SCOPES, type ApiKeyScope } from '@postrider/contract';
import { createApiKey } from './api-keys.js';
import { type App, createApp, openContext } from './app.js';
import { readConfig } from './config.js';
import { sendControl, socketPath } from './control.js';
import { showDemo } from './demo.js';
import { ConfigurationError } from './errors.js';
import { events } from './observability/events.js';
import { createLogger } from './observability/logger.js';
import { VERSION } from './version.js';

const HELP = `Postrider ${VERSION}: webhooks with a consumer portal

Usage:
  postrider                                     start the service
  postrider demo                                start it with an example customer, and show the way in
  postrider api-key create [--environment ID] [--scope SCOPE]...
                                                print a new key; works while the service runs
  postrider migrate                             bring the database's schema up to date
  postrider --help | --version

Settings are environment variables; see the table in README.md. With none, the service listens on
127.0.0.1:8071 and keeps its data in ./.postrider.
`;

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Lets the process end in order at the first signal; a second one ends it at once. */
function stopOnSignal(app: App): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      events.serviceDraining(app.context, { signal });
      process.once(signal, () => process.exit(1));
      app.stop().catch((error: unknown) => {
        app.context.log.error({ err: error }, 'could not stop in order');
        process.exitCode = 1;
      });
    });
  }
}

/** Starts it; what cannot start lets go of everything, so that the process ends. */
async function startOrStop(app: App): Promise<string> {
  try {
    return await app.start();
  } catch (error) {
    await app.stop();
    throw error;
  }
}

async function start(): Promise<void> {
  const app = await createApp(readConfig(process.env));
  // Before anything else can go wrong: it is stored already, and cannot be shown again.
  if (app.firstKey !== undefined) print(`\nYour API key, shown this once: ${app.firstKey}\n`);
  stopOnSignal(app);
  await startOrStop(app);
}

async function demo(): Promise<void> {
  // The demo's receiver listens on this machine, where endpoints may not be otherwise.
  const allowed = [process.env['POSTRIDER_ALLOW_SUBNETS'], '127.0.0.0/8'].filter(Boolean).join(',');
  const app = await createApp(
    readConfig({ POSTRIDER_LOG_LEVEL: 'error', ...process.env, POSTRIDER_ALLOW_SUBNETS: allowed }),
  );
  stopOnSignal(app);
  const address = await startOrStop(app);
  let shown = false;
  const early: string[] = [];
  const text = await showDemo(app, address, (line) => {
    if (shown) print(`  ${line}`);
    else early.push(line);
  });
  print(text);
  shown = true;
  for (const line of early) print(`  ${line}`);
}

/** @throws ConfigurationError naming what is no scope */
function readScopes(given: readonly string[] | undefined): ApiKeyScope[] | undefined {
  return given?.map((text) => {
    const scope = ALL_SCOPES.find((one) => one === text);
    if (scope) return scope;
    throw new ConfigurationError(`there is no scope "${text}"; there are ${ALL_SCOPES.join(', ')}`);
  });
}

/** Through the running process where the embedded database is open in one, else in this process. */
async function printNewKey(
  environmentId: string | undefined,
  given: readonly string[] | undefined,
): Promise<void> {
  const scopes = readScopes(given);
  const config = readConfig(process.env);
  if (config.database.kind === 'embedded') {
    const key = await sendControl(socketPath(config.database.directory), {
      command: 'create-api-key',
      ...(environmentId === undefined ? {} : { environmentId }),
      ...(scopes === undefined ? {} : { scopes }),
    });
    if (typeof key === 'string') return print(key);
  }
  const { context, close } = await openContext(config, { log: createLogger('silent') });
  try {
    print(await createApiKey(context, environmentId, scopes));
  } finally {
    await close();
  }
}

async function migrateOnly(): Promise<void> {
  const { close } = await openContext(readConfig(process.env));
  await close();
}

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      environment: { type: 'string' },
      scope: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
    },
  });
  if (values.help) return print(HELP);
  if (values.version) return print(VERSION);
  const command = positionals.join(' ');
  switch (command) {
    case '':
      return start();
    case 'demo':
      return demo();
    case 'migrate':
      return migrateOnly();
    case 'api-key create':
      return printNewKey(values.environment, values.scope);
    default:
      throw new ConfigurationError(`there is no command "${command}"; see postrider --help`);
  }
}

const isArgumentError = (error: unknown): error is Error =>
  error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');

run().catch((error: unknown) => {
  const known = error instanceof ConfigurationError || isArgumentError(error);
  process.stderr.write(
    `postrider: ${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = 1;
});
