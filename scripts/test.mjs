// Runs every package's tests and closes with what failed and one line of counts: N passed, N failed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const packages = ['packages', 'apps']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
  .filter((directory) => existsSync(join(directory, 'vitest.config.ts')));
const resultsOf = (directory) => join(directory, '.test', 'results.json');

for (const directory of packages) rmSync(resultsOf(directory), { force: true });

// One package at a time: each uses every core by itself.
const run = spawnSync(
  join(root, 'node_modules', '.bin', 'turbo'),
  [
    'run',
    'typecheck',
    'test',
    '--concurrency=1',
    '--continue',
    '--output-logs=full',
    '--log-order=stream',
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  },
);

/** What failed, at the end, where nobody has to look for it in half an hour of output. */
function* failuresOf({ testResults }) {
  for (const { name, message, assertionResults } of testResults) {
    const file = relative(root, name);
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    for (const { fullName, failureMessages } of failed)
      yield `${file}: ${fullName}\n${failureMessages.join('\n')}`;
    if (failed.length === 0 && message) yield `${file}\n${message}`;
  }
}

const failures = [];
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const directory of packages) {
  if (!existsSync(resultsOf(directory))) {
    console.error(`${directory}: its tests gave no results`);
    counts.failed += 1;
    continue;
  }
  const results = JSON.parse(readFileSync(resultsOf(directory), 'utf8'));
  failures.push(...failuresOf(results));
  counts.passed += results.numPassedTests;
  // A file that does not even load has no failed test, but it has failed.
  counts.failed += Math.max(results.numFailedTests, results.success ? 0 : 1);
  counts.skipped += results.numPendingTests + results.numTodoTests;
}
for (const failure of failures) console.log(`\nFAILED ${failure}`);
console.log(
  `\n${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
);
process.exitCode = run.status === 0 && counts.failed === 0 && counts.passed > 0 ? 0 : 1;
