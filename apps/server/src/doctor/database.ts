import type { Clock } from '../clock.js';
import type { Database } from '../database/database.js';
import { MIGRATIONS } from '../database/migrate.js';
import { readSchema } from '../database/plan.js';
import { countUnopenable } from '../embedded/secrets.js';
import type { Vault } from '../signing/vault.js';
import { findDeadRows, findOldestMessage, findOldestTally, readServer } from '../storage/examine.js';
import { measureQueue } from '../storage/queue.js';
import { type Finding, ok, problem, warning } from './finding.js';

/** What the checks of a database need. */
export interface Patient {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly retentionDays: number;
}

const OLDEST_POSTGRES = 140_000;
const CLOCK_MS = 1_000;
const QUEUE_SECONDS = { warning: 60, problem: 600 };
/** A tally is folded every 10 s, and its rows are dated by their 5 minutes. */
const TALLY_MS = 15 * 60_000;
const DAY_MS = 86_400_000;

/** Looks at an open database and changes nothing. What cannot be looked at is a problem of its own. */
export async function examineDatabase(patient: Patient): Promise<Finding[]> {
  const schema = await examineSchema(patient);
  const findings = [await guarded('database-version', () => examineVersion(patient)), ...schema.findings];
  if (!schema.complete) return findings;
  const checks: readonly (readonly [string, (patient: Patient) => Promise<Finding>])[] = [
    ['encryption-key', examineKey],
    ['clock', examineClock],
    ['bloat', examineBloat],
    ['queue-age', examineQueue],
    ['tally', examineTally],
    ['retention', examineRetention],
  ];
  for (const [name, check] of checks) findings.push(await guarded(name, () => check(patient)));
  return findings;
}

async function guarded(check: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return problem(check, `cannot be looked at: ${why}`, 'see what the database says about it in its log');
  }
}

async function examineVersion({ database }: Patient): Promise<Finding> {
  const { version, number } = await readServer(database.kysely);
  return number >= OLDEST_POSTGRES
    ? ok('database-version', `PostgreSQL ${version}`)
    : problem('database-version', `PostgreSQL ${version} is too old`, 'use PostgreSQL 14 or newer');
}

async function examineSchema({ database }: Patient): Promise<{ findings: Finding[]; complete: boolean }> {
  const { applied } = await readSchema(database.kysely);
  const missing = MIGRATIONS.filter(({ name }) => !applied.includes(name));
  const unknown = applied.filter((name) => !MIGRATIONS.some((step) => step.name === name));
  const findings: Finding[] = [];
  if (unknown.length > 0) {
    findings.push(
      problem(
        'schema',
        `the schema is of a newer version (${unknown.join(', ')})`,
        'start that version instead',
      ),
    );
  }
  if (missing.length > 0) {
    findings.push(
      warning(
        'schema',
        `${missing.length} steps are not applied, the first is ${missing[0]?.name}`,
        'the next start applies them; postrider migrate --plan says what they lock',
      ),
    );
  }
  if (findings.length === 0) findings.push(ok('schema', `up to date (${applied.at(-1)})`));
  return { findings, complete: missing.length === 0 };
}

async function examineKey({ database, vault }: Patient): Promise<Finding> {
  const wrong = await countUnopenable(database, vault);
  return wrong === 0
    ? ok('encryption-key', 'opens every stored secret')
    : problem(
        'encryption-key',
        `does not open ${wrong} of the stored secrets, so messages of their endpoints cannot be signed`,
        'set POSTRIDER_ENCRYPTION_KEY to the key that they were stored with, or to both joined by a comma',
      );
}

async function examineClock({ database, clock }: Patient): Promise<Finding> {
  const before = clock.now().getTime();
  const { now } = await readServer(database.kysely);
  const after = clock.now().getTime();
  const apart = Math.max(0, before - now.getTime(), now.getTime() - after);
  return apart <= CLOCK_MS
    ? ok('clock', 'agrees with the database within a second')
    : problem(
        'clock',
        `is ${(apart / 1000).toFixed(1)} s apart from the database's`,
        'let both machines follow the same time server (NTP); schedules and followed messages rely on it',
      );
}

async function examineBloat({ database }: Patient): Promise<Finding> {
  const tables = await findDeadRows(database.kysely);
  const named = tables.map(({ name, dead }) => `${name} (${dead} dead rows)`).join(', ');
  return tables.length === 0
    ? ok('bloat', 'no table has more dead rows than living ones')
    : warning(
        'bloat',
        `mostly dead rows: ${named}`,
        'run vacuum (analyze) on them, and look whether autovacuum runs',
      );
}

async function examineQueue({ database, clock }: Patient): Promise<Finding> {
  const { depth, ageSeconds } = await measureQueue(database.kysely, clock.now());
  const text = `${depth} deliveries wait, the oldest due one for ${Math.round(ageSeconds)} s`;
  const remedy =
    'look whether a process with the role all or worker runs, and whether receivers are slow (postrider_deliveries_in_flight); more processes take more';
  if (ageSeconds >= QUEUE_SECONDS.problem) return problem('queue-age', text, remedy);
  return ageSeconds >= QUEUE_SECONDS.warning ? warning('queue-age', text, remedy) : ok('queue-age', text);
}

async function examineTally({ database, clock }: Patient): Promise<Finding> {
  const oldest = await findOldestTally(database.kysely);
  const late = oldest === undefined ? 0 : clock.now().getTime() - oldest.getTime();
  return late <= TALLY_MS
    ? ok('tally', 'figures of attempts are folded')
    : warning(
        'tally',
        `figures of attempts wait since ${oldest?.toISOString()}`,
        'look whether a service runs, and for "could not fold" in its log',
      );
}

async function examineRetention({ database, clock, retentionDays }: Patient): Promise<Finding> {
  const bound = new Date(clock.now().getTime() - (retentionDays + 1) * DAY_MS);
  const late = await findOldestMessage(database.kysely, bound);
  return late === undefined
    ? ok('retention', `nothing is older than ${retentionDays} days`)
    : warning(
        'retention',
        `messages of ${late.toISOString()} are still there after ${retentionDays} days`,
        `look whether a service runs, and for "maintenance failed" in its log`,
      );
}
