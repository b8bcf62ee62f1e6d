import type { Command } from 'commander';
import { withExamples } from './examples.js';
import { UsageError } from './failure.js';
import type { Terminal } from './terminal.js';

interface MoveFlags {
  readonly to?: string;
  readonly json?: true;
}

/** `postrider move`: the embedded database to PostgreSQL. */
export function addMoveCommand(parent: Command, terminal: Terminal): Command {
  const command = parent
    .command('move')
    .summary('copy the embedded database to PostgreSQL')
    .description(
      'Copies everything in the embedded database to an empty PostgreSQL database, counted and compared table by table, ' +
        'all or nothing. Stop the service first. Afterwards it does not start on the embedded database any more. Links, ' +
        'keys, secrets, sessions and waiting deliveries go on working.',
    )
    .option(
      '--to <url>',
      'an empty database; POSTRIDER_MOVE_TO keeps its password out of the list of processes',
    )
    .option('--json', 'print counts and checksums as one JSON object')
    .action((flags: MoveFlags) => moveTo(terminal, flags));
  return withExamples(command, [
    ['postrider move --to postgres://postrider@db.internal/postrider', 'With the password in PGPASSWORD'],
    [
      'POSTRIDER_MOVE_TO=postgres://postrider:…@db.internal/postrider postrider move',
      'With the password in the address',
    ],
  ]);
}

async function moveTo(terminal: Terminal, flags: MoveFlags): Promise<void> {
  const url = flags.to ?? terminal.environment['POSTRIDER_MOVE_TO'];
  if (!url) throw new UsageError('where to? Give --to postgres://…, or set POSTRIDER_MOVE_TO');
  const [{ move }, { requireEmbedded }, { readConfig }] = await Promise.all([
    import('../embedded/move.js'),
    import('../embedded/source.js'),
    import('../config.js'),
  ]);
  const config = readConfig(terminal.environment);
  const embedded = requireEmbedded(config, 'unset it, and name the target with --to');
  const report = await move(config, embedded, url, (table, rows) => {
    if (!flags.json && rows > 0) terminal.note(`${table}: ${rows} rows`);
  });
  if (flags.json) return terminal.print(JSON.stringify(report));
  const rows = report.tables.reduce((sum, table) => sum + table.rows, 0);
  const key = report.keyFile
    ? `"$(cat ${report.keyFile})"`
    : '…, the key that is set for this service at present';
  terminal.print(
    [
      `${rows} rows in ${report.tables.length} tables are in ${report.to}, the same as here, after ${report.totalMs} ms.`,
      'Start the service there with:',
      '  POSTRIDER_DATABASE_URL=… (the address that was given)',
      `  POSTRIDER_ENCRYPTION_KEY=${key}`,
    ].join('\n'),
  );
}
