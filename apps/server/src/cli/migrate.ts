import type { Command } from 'commander';
import { withExamples } from './examples.js';
import type { Terminal } from './terminal.js';

/** `postrider migrate`: the schema brought up to date, and nothing else. */
export function addMigrateCommand(parent: Command, terminal: Terminal): Command {
  const command = parent
    .command('migrate')
    .summary("bring the database's schema up to date")
    .description("Brings the database's schema up to date and ends. Every start does so too.")
    .option('--json', 'print the names of the steps that were applied as one JSON object')
    .action((options: { json?: true }) => migrate(terminal, options.json ?? false));
  return withExamples(command, [
    ['postrider migrate', 'Before the new version of the service is started'],
    ['postrider migrate --json', 'For a program: {"applied":["0010-…"]}'],
  ]);
}

async function migrate(terminal: Terminal, json: boolean): Promise<void> {
  const [{ openContext }, { readConfig }, { createLogger }] = await Promise.all([
    import('../app.js'),
    import('../config.js'),
    import('../observability/logger.js'),
  ]);
  const parts = json ? { log: createLogger('silent') } : {};
  const { applied, close } = await openContext(readConfig(terminal.environment), parts);
  await close();
  if (json) terminal.print(JSON.stringify({ applied }));
}
