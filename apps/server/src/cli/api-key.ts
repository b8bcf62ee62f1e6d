import type { ApiKeyScope } from '@postrider/contract';
import type { Command } from 'commander';
import { collect, withExamples } from './examples.js';
import { UsageError } from './failure.js';
import type { Terminal } from './terminal.js';

interface CreateOptions {
  readonly environment?: string;
  readonly scope?: readonly string[];
  readonly json?: true;
}

/** `postrider api-key create`: a new key, alone on standard output. */
export function addApiKeyCommand(parent: Command, terminal: Terminal): Command {
  const group = parent
    .command('api-key')
    .summary('make keys for the API')
    .description('Makes keys for the API. Keys can be listed and ended over the API.');
  withExamples(group, [['postrider api-key create', 'Print a new key of the default environment']]);
  const create = group
    .command('create')
    .summary('print a new key; works while the service runs')
    .description(
      'Prints a new key, alone on standard output. It cannot be shown again. Works while the service runs, on both ' +
        'databases.',
    )
    .option('--environment <id>', 'the environment that the key belongs to (org_…); made if it is new')
    .option(
      '--scope <scope>',
      'what the key may do; may be given several times (default: everything)',
      collect,
    )
    .option('--json', 'print {"key": …} instead of the key alone')
    .action((options: CreateOptions) => printNewKey(terminal, options));
  return withExamples(create, [
    ['export POSTRIDER_KEY=$(postrider api-key create)', 'Make a key and keep it in the shell'],
    [
      'postrider api-key create --environment org_staging --scope message:create',
      'A key of another environment that may only send messages',
    ],
  ]);
}

/** @throws UsageError naming what is no scope */
async function readScopes(given: readonly string[] | undefined): Promise<ApiKeyScope[] | undefined> {
  if (given === undefined) return undefined;
  const { ALL_SCOPES } = await import('@postrider/contract');
  return given.map((text) => {
    const scope = ALL_SCOPES.find((one) => one === text);
    if (scope) return scope;
    throw new UsageError(`there is no scope "${text}"; there are ${ALL_SCOPES.join(', ')}`);
  });
}

/** Through the running process where the embedded database is open in one, else in this process. */
async function printNewKey(terminal: Terminal, options: CreateOptions): Promise<void> {
  const scopes = await readScopes(options.scope);
  const { readConfig } = await import('../config.js');
  const config = readConfig(terminal.environment);
  const show = (key: string) => terminal.print(options.json ? JSON.stringify({ key }) : key);
  if (config.database.kind === 'embedded') {
    const { sendControl, socketPath } = await import('../control.js');
    const key = await sendControl(socketPath(config.database.directory), {
      command: 'create-api-key',
      ...(options.environment === undefined ? {} : { environmentId: options.environment }),
      ...(scopes === undefined ? {} : { scopes }),
    });
    if (typeof key === 'string') return show(key);
  }
  const [{ openContext }, { createApiKey }, { createLogger }] = await Promise.all([
    import('../app.js'),
    import('../api-keys.js'),
    import('../observability/logger.js'),
  ]);
  const { context, close } = await openContext(config, { log: createLogger('silent') });
  try {
    show(await createApiKey(context, options.environment, scopes));
  } finally {
    await close();
  }
}
