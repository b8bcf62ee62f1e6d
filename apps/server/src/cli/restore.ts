import type { Command } from 'commander';
import { WITH_PG_DUMP } from './backup.js';
import { withExamples } from './examples.js';
import { untilInterrupted } from './interrupted.js';
import type { Terminal } from './terminal.js';

interface RestoreFlags {
  readonly replace?: true;
  readonly json?: true;
}

/** `postrider restore`: a backup in the place of the embedded database. */
export function addRestoreCommand(parent: Command, terminal: Terminal): Command {
  const command = parent
    .command('restore')
    .summary('put a backup in the place of the embedded database')
    .description(
      'Checks a backup to its last byte, unpacks it into POSTRIDER_DATA_DIR, opens it, and only then lets it count. The ' +
        'service must not run. A directory that holds a database is left alone unless --replace is given; what is there ' +
        'is kept beside it then.',
    )
    .argument('<file>', 'what postrider backup wrote')
    .option('--replace', 'put it in the place of the database that is there')
    .option('--json', 'print what was restored as one JSON object')
    .action((file: string, flags: RestoreFlags) => restoreBackup(terminal, file, flags));
  return withExamples(command, [
    ['POSTRIDER_DATA_DIR=/srv/postrider postrider restore backup.tar.gz', 'Into an empty directory'],
    ['postrider restore --replace before-upgrade.tar.gz', 'Back to what was before an upgrade'],
  ]);
}

async function restoreBackup(terminal: Terminal, file: string, flags: RestoreFlags): Promise<void> {
  const [{ restore }, { requireEmbedded }, { readConfig }] = await Promise.all([
    import('../embedded/restore.js'),
    import('../embedded/source.js'),
    import('../config.js'),
  ]);
  const config = readConfig(terminal.environment);
  const embedded = requireEmbedded(config, WITH_PG_DUMP);
  const report = await untilInterrupted((interrupted) =>
    restore(config, embedded, file, { replace: flags.replace ?? false, interrupted }),
  );
  if (flags.json) return terminal.print(JSON.stringify(report));
  const { directory, info, messages, replaced, totalMs } = report;
  terminal.print(`${directory}: restored as of ${info.madeAt}, ${messages} messages, in ${totalMs} ms`);
  if (replaced !== undefined)
    terminal.note(`what was there before is in ${replaced}; remove it when you like`);
}
