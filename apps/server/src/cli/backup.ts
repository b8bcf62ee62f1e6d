import type { Command } from 'commander';
import { withExamples } from './examples.js';
import { untilInterrupted } from './interrupted.js';
import type { Terminal } from './terminal.js';
import { bytesOf } from './units.js';

interface BackupFlags {
  readonly withoutKey?: true;
  readonly json?: true;
}

/** What to do for a database that has tools of its own. */
export const WITH_PG_DUMP =
  'use pg_dump and pg_restore, or the archiving that you have; docs/operating.md, section Backup, has the lines';

/** `postrider backup`: the embedded database in one file, also while the service runs. */
export function addBackupCommand(parent: Command, terminal: Terminal): Command {
  const command = parent
    .command('backup')
    .summary('write the embedded database to a file, also while the service runs')
    .description(
      'Writes the embedded database with its encryption key to one file, readable by its owner alone. The service may ' +
        'run meanwhile. The file is complete or not there. Who has it can read everything in it: keep it safe, or leave ' +
        'the key out.',
    )
    .argument('<file>', 'a new file, or a directory to make one in')
    .option('--without-key', 'leave the encryption key out; a restore needs it in POSTRIDER_ENCRYPTION_KEY')
    .option('--json', 'print what was written as one JSON object')
    .action((file: string, flags: BackupFlags) => backup(terminal, file, flags));
  return withExamples(command, [
    ['postrider backup /backups', 'Every night, from cron'],
    ['postrider backup before-upgrade.tar.gz', 'Before an upgrade'],
    ['postrider backup --without-key --json backup.tar.gz', 'For a program, without the encryption key'],
  ]);
}

async function backup(terminal: Terminal, target: string, flags: BackupFlags): Promise<void> {
  const [{ backUp }, { requireEmbedded }, { readConfig }] = await Promise.all([
    import('../embedded/backup.js'),
    import('../embedded/source.js'),
    import('../config.js'),
  ]);
  const config = requireEmbedded(readConfig(terminal.environment), WITH_PG_DUMP);
  const report = await untilInterrupted((interrupted) =>
    backUp(config, { target, withoutKey: flags.withoutKey ?? false, interrupted }),
  );
  if (flags.json) return terminal.print(JSON.stringify(report));
  terminal.print(report.file);
  terminal.note(
    `${report.files} files, ${bytesOf(report.bytes)}, compressed ${bytesOf(report.size)}, in ${report.totalMs} ms; ` +
      `encryption key ${report.key}`,
  );
}
