// Measures the built server: npm run bench -- auth
// On the embedded database always, and on PostgreSQL where POSTRIDER_TEST_DATABASE_URL names a server.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const folder = new URL('../apps/server/test/bench/', import.meta.url);
const suites = readdirSync(fileURLToPath(folder))
  .filter((name) => name.endsWith('.mjs'))
  .map((name) => name.slice(0, -'.mjs'.length));

const USAGE = `Usage: npm run bench -- SUITE [--seconds N] [--json]

Suites: ${suites.join(', ')}

  --seconds N   length of one measurement, 1 to 60; default 4
  --json        print one JSON document instead of the tables. Without npm's own lines, once everything
                is built: node scripts/bench.mjs SUITE --json
`;

/** Prints what is wrong with the command line and how it is meant to be. */
function refuse(problem) {
  process.stderr.write(`bench: ${problem}\n\n${USAGE}`);
  process.exit(2);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        seconds: { type: 'string', default: '4' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    return refuse(error.message);
  }
}

const { values, positionals } = readArguments();
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const [suite, ...rest] = positionals;
const seconds = Number(values.seconds);
if (suite === undefined) refuse('which suite?');
if (rest.length > 0 || !suites.includes(suite)) refuse(`there is no suite "${positionals.join(' ')}"`);
if (!(seconds >= 1 && seconds <= 60)) refuse('--seconds must be 1 to 60');

const { run } = await import(new URL(`${suite}.mjs`, folder));
process.exitCode = await run({ seconds, json: values.json });
