import { Command } from 'commander';
import { VERSION } from '../version.js';
import { addApiKeyCommand } from './api-key.js';
import { addBackupCommand } from './backup.js';
import { addCompletionCommand } from './completion.js';
import { addDemoCommand } from './demo.js';
import { addDoctorCommand } from './doctor.js';
import { failureOf, toUsageLine } from './failure.js';
import { addListenCommand } from './listen.js';
import { addMigrateCommand } from './migrate.js';
import { addMoveCommand } from './move.js';
import { addRestoreCommand } from './restore.js';
import { addSendCommand } from './send.js';
import { addStartCommand } from './start.js';
import type { Terminal } from './terminal.js';

/** Every command, in the order in which help lists them. One file each, named after it. */
const COMMANDS = [
  addStartCommand,
  addDemoCommand,
  addApiKeyCommand,
  addMigrateCommand,
  addListenCommand,
  addSendCommand,
  addBackupCommand,
  addRestoreCommand,
  addMoveCommand,
  addDoctorCommand,
  addCompletionCommand,
];

const SETTINGS = `
Without a command it starts the service. Settings are environment variables; see the table in README.md. With none,
the service listens on 127.0.0.1:8071 and keeps its data in ./.postrider.

Exit codes: 0 done, 1 failed, 2 not called as it must be.

Examples:
  # Start the service
  postrider

  # What a command does, with examples
  postrider api-key create --help
`;

/** The whole command line. What a command needs is imported when it runs, so that help and completion are quick. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('postrider')
    .description(`Postrider ${VERSION}: webhooks with a consumer portal`)
    .version(VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(toUsageLine(text)) })
    .addHelpText('after', SETTINGS);
  for (const add of COMMANDS) add(program, terminal);
  return program;
}

/**
 * Runs the command line with these parameters and gives the exit code. A service that was started goes on running; the
 * process ends when it does.
 */
export async function runCommandLine(parameters: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const given = parameters.length === 0 ? ['start'] : parameters;
    await createProgram(terminal).parseAsync(given, { from: 'user' });
    return 0;
  } catch (error) {
    const { code, message } = failureOf(error);
    if (message !== undefined) terminal.note(`postrider: ${message}`);
    return code;
  }
}
