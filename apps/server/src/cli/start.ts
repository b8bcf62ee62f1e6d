import type { Command } from 'commander';
import { withExamples } from './examples.js';
import type { Terminal } from './terminal.js';

/** `postrider start`, which `postrider` alone is as well: the service, until a signal ends it. */
export function addStartCommand(parent: Command, terminal: Terminal): Command {
  const command = parent
    .command('start')
    .summary('start the service; what postrider does without a command')
    .description(
      'Starts the service: API, deliveries and portal. The first start prints an API key, this once. SIGTERM and ' +
        'SIGINT end it in order; a second signal ends it at once.',
    )
    .action(() => start(terminal));
  return withExamples(command, [
    ['postrider', 'On an embedded database in ./.postrider'],
    [
      'POSTRIDER_DATABASE_URL=postgres://… POSTRIDER_ENCRYPTION_KEY=… postrider',
      'On PostgreSQL; keep the encryption key, every start needs it',
    ],
    ['POSTRIDER_LISTEN=0.0.0.0:8071 postrider start', 'Reachable from other machines'],
  ]);
}

async function start(terminal: Terminal): Promise<void> {
  const [{ createApp }, { readConfig }, { startOrStop, stopOnSignal }] = await Promise.all([
    import('../app.js'),
    import('../config.js'),
    import('./running.js'),
  ]);
  const app = await createApp(readConfig(terminal.environment));
  // Before anything else can go wrong: it is stored already, and cannot be shown again.
  if (app.firstKey !== undefined) terminal.print(`\nYour API key, shown this once: ${app.firstKey}\n`);
  stopOnSignal(app);
  await startOrStop(app);
}
