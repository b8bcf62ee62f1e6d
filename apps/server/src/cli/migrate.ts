import type { Command } from 'commander';
import { withExamples } from './examples.js';
import type { Terminal } from './terminal.js';

/** `postrider migrate`: the schema brought up to date, and nothing else. */
export function addMigrateCommand(parent: Command, terminal: Terminal): Command {
  const command = parent
    .command('migrate')
    .summary("bring the database's schema up to date")
    .description("Brings the database's schema up to date and ends. Every start does so too.")
    .option('--plan', 'change nothing: print what would be applied, what it locks, and roughly for how long')
    .option('--json', 'print the names of the steps that were applied, or the plan, as one JSON object')
    .action((options: { json?: true; plan?: true }) =>
      options.plan ? plan(terminal, options.json ?? false) : migrate(terminal, options.json ?? false),
    );
  return withExamples(command, [
    ['postrider migrate', 'Before the new version of the service is started'],
    ['postrider migrate --plan', 'What would be done, and who would have to wait'],
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

async function plan(terminal: Terminal, json: boolean): Promise<void> {
  const [{ readCurrentSchema }, { planSteps }, { readConfig }] = await Promise.all([
    import('../embedded/schema.js'),
    import('../database/plan.js'),
    import('../config.js'),
  ]);
  const steps = planSteps(await readCurrentSchema(readConfig(terminal.environment).database));
  if (json) return terminal.print(JSON.stringify({ steps }));
  if (steps.length === 0) return terminal.print('The schema is up to date: nothing would be done.');
  for (const { name, statements } of steps) {
    const seconds = statements.reduce((sum, one) => sum + one.seconds, 0);
    terminal.print(
      `${name}: ${statements.length} statements in one transaction, roughly ${seconds.toFixed(1)} s`,
    );
    for (const { statement, locks, rows, seconds: taken } of statements) {
      terminal.print(`\n  ${statement.replace(/\n/g, '\n  ')}`);
      for (const { table, mode, stops } of locks) terminal.print(`  -- ${mode} on ${table}: stops ${stops}`);
      if (rows > 0) terminal.print(`  -- goes through ${rows} rows, roughly ${taken} s`);
    }
    terminal.print('');
  }
}
