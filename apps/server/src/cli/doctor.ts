import type { Command } from 'commander';
import { withExamples } from './examples.js';
import { FoundProblems } from './failure.js';
import type { Terminal } from './terminal.js';

const MARKS = { ok: 'ok     ', warning: 'warning', problem: 'PROBLEM' };

/** `postrider doctor`: what is wrong, and what to do about it. */
export function addDoctorCommand(parent: Command, terminal: Terminal): Command {
  const command = parent
    .command('doctor')
    .summary('look whether everything is well, and say what to do where it is not')
    .description(
      'Looks at the configuration, the disk, the database, its schema, the encryption key, the clock, dead rows, the ' +
        'queue, figures, retention and the public address. Changes nothing, and works while the service runs. Run it ' +
        "with the service's own settings. Exit code 1 when something is a problem; warnings alone are 0.",
    )
    .option('--json', 'print the findings as one JSON object')
    .action((flags: { json?: true }) => doctor(terminal, flags.json ?? false));
  return withExamples(command, [
    ['postrider doctor', 'After the installation, after an upgrade, and when something is strange'],
    ['postrider doctor --json | jq \'.findings[] | select(.level != "ok")\'', 'For a program'],
  ]);
}

async function doctor(terminal: Terminal, json: boolean): Promise<void> {
  const { examine } = await import('../doctor/doctor.js');
  const findings = await examine(terminal.environment);
  const healthy = findings.every(({ level }) => level !== 'problem');
  if (json) terminal.print(JSON.stringify({ healthy, findings }));
  else {
    for (const { check, level, message, remedy } of findings) {
      terminal.print(`${MARKS[level]}  ${check}: ${message}`);
      if (remedy !== undefined) terminal.print(`         → ${remedy}`);
    }
  }
  if (!healthy) throw new FoundProblems();
}
