// Measures the built server: npm run bench -- auth
// On the embedded database always, and on PostgreSQL where POSTRIDER_TEST_DATABASE_URL names a server.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const folder = new URL('../apps/server/test/bench/', import.meta.url);
const suites = readdirSync(fileURLToPath(folder))
  .filter((name) => name.endsWith('.mjs'))
  .map((name) => name.slice(0, -'.mjs'.length));

const usageOf = (more) => `Usage: npm run bench -- SUITE [--seconds N] [--json]

Suites: ${suites.join(', ')}

  --seconds N   length of one measurement, 1 to 60; each suite has its own default
  --json        print one JSON document instead of the tables. Without npm's own lines, once everything
                is built: node scripts/bench.mjs SUITE --json
${more}`;

/** Prints what is wrong with the command line and how it is meant to be. */
function refuse(problem, usage) {
  process.stderr.write(`bench: ${problem}\n\n${usage}`);
  process.exit(2);
}

/** The suite is the first word; it may have options of its own, and says what they mean. */
async function loadSuite(name) {
  const known = name !== undefined && suites.includes(name);
  const { run, options = {}, usage } = known ? await import(new URL(`${name}.mjs`, folder)) : {};
  return { run, options, usage: usageOf(usage === undefined ? '' : `\nOf ${name}:\n\n${usage}\n`) };
}

function readArguments(options, usage) {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        seconds: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        ...options,
      },
    });
  } catch (error) {
    return refuse(error.message, usage);
  }
}

const name = process.argv.slice(2).find((word) => !word.startsWith('-'));
const { run, options, usage } = await loadSuite(name);
const { values, positionals } = readArguments(options, usage);
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
if (name === undefined) refuse('which suite?', usage);
if (run === undefined || positionals.length > 1)
  refuse(`there is no suite "${positionals.join(' ')}"`, usage);
const { seconds: given, ...others } = values;
const seconds = given === undefined ? undefined : Number(given);
if (seconds !== undefined && !(seconds >= 1 && seconds <= 60)) refuse('--seconds must be 1 to 60', usage);

process.exitCode = await run({ ...others, seconds });
