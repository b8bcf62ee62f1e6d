import type { Command } from 'commander';
import { withExamples } from './examples.js';
import type { Terminal } from './terminal.js';

/** `postrider demo`: the service with an example customer, and the way in. */
export function addDemoCommand(parent: Command, terminal: Terminal): Command {
  const command = parent
    .command('demo')
    .summary('start it with an example customer, and show the way in')
    .description(
      'Starts the service with an example customer, an endpoint that works and one that fails, and sends them a few ' +
        'messages. Prints an API key, calls to try, and a link that opens the portal.',
    )
    .action(() => demo(terminal));
  return withExamples(command, [
    ['postrider demo', 'In ./.postrider, on port 8071'],
    ['POSTRIDER_DATA_DIR=/tmp/demo POSTRIDER_LISTEN=127.0.0.1:9000 postrider demo', 'Somewhere else'],
  ]);
}

async function demo(terminal: Terminal): Promise<void> {
  const [{ createApp }, { readConfig }, { startOrStop, stopOnSignal }, { showDemo }] = await Promise.all([
    import('../app.js'),
    import('../config.js'),
    import('./running.js'),
    import('../demo.js'),
  ]);
  const { environment } = terminal;
  // The demo's receiver listens on this machine, where endpoints may not be otherwise.
  const allowed = [environment['POSTRIDER_ALLOW_SUBNETS'], '127.0.0.0/8'].filter(Boolean).join(',');
  const app = await createApp(
    readConfig({ POSTRIDER_LOG_LEVEL: 'error', ...environment, POSTRIDER_ALLOW_SUBNETS: allowed }),
  );
  stopOnSignal(app);
  const address = await startOrStop(app);
  let shown = false;
  const early: string[] = [];
  const text = await showDemo(app, address, (line) => {
    if (shown) terminal.print(`  ${line}`);
    else early.push(line);
  });
  terminal.print(text);
  shown = true;
  for (const line of early) terminal.print(`  ${line}`);
}
