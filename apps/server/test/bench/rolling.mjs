// Restarts under a steady load: the fault test of rolling restarts at the rate that is promised.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { list, machineConditions } from './parts/report.mjs';

export const options = {
  rate: { type: 'string', default: '500' },
  turns: { type: 'string', default: '3' },
};
export const usage = `  --rate N      messages a second, default 500
  --turns N     how often each process is restarted, default 3`;

const server = fileURLToPath(new URL('../../', import.meta.url));
const vitest = fileURLToPath(new URL('../../../../node_modules/vitest/vitest.mjs', import.meta.url));

/** Runs it and prints the counts and latencies of each case; gives the exit code: 1 when a promise was not kept. */
export async function run({ json, rate, turns }) {
  if (!process.env.POSTRIDER_TEST_DATABASE_URL) {
    process.stderr.write('It takes PostgreSQL: bash scripts/with-postgres.sh npm run bench -- rolling\n');
    return 1;
  }
  const conditions = machineConditions();
  const parameters = ['run', '--project', 'fault', 'test/fault/rolling-restart.test.ts'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, ...parameters], {
    cwd: server,
    encoding: 'utf8',
    env: { ...process.env, POSTRIDER_ROLLING_RATE: rate, POSTRIDER_ROLLING_TURNS: turns },
  });
  const cases = [...stdout.matchAll(/^(.* restarts .*?): (\{.*\})$/gm)].map(([, what, facts]) => ({
    what,
    ...JSON.parse(facts),
  }));
  if (status !== 0) process.stderr.write(`${stdout}\n${stderr}\n`);
  process.stdout.write(
    json
      ? `${JSON.stringify({ suite: 'rolling', conditions, cases }, null, 2)}\n`
      : `\n${list(conditions)}\n\n${cases.map(({ what, ...facts }) => `${what}\n${list(facts)}`).join('\n\n')}\n`,
  );
  return status === 0 ? 0 : 1;
}
