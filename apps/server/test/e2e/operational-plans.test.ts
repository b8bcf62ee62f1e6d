import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Database, Queryable } from '../../src/database/database.js';
import { insertAnnouncements } from '../../src/storage/announcement.js';
import { findOperationalApplication } from '../../src/storage/operational.js';
import { type NewAttempt, recordAttempts } from '../../src/storage/record.js';
import { copyDatabase } from '../databases.js';
import { Explain } from '../explain.js';

const ENVIRONMENTS = 2_000;
const MESSAGES = 40_000;
const id = (prefix: string, number: number | string) => `${prefix}${String(number).padStart(27, '0')}`;
const now = new Date();

/** Many environments with an application each; every second one has an operational endpoint too. */
const FILL = [
  sql`insert into environment (id, name, is_default, created_at, updated_at)
    select 'org_' || n, 'x', false, now(), now() from generate_series(1, ${ENVIRONMENTS}) n`,
  sql`insert into application (environment_id, id, name, metadata, created_at, updated_at)
    select 'org_' || n, 'app_' || lpad(n::text, 27, '0'), 'x', '{}', now(), now()
    from generate_series(1, ${ENVIRONMENTS}) n`,
  sql`insert into application (environment_id, id, uid, name, metadata, created_at, updated_at)
    select 'operational', 'opapp_' || lpad(n::text, 27, '0'), 'org_' || n, 'x', '{}', now(), now()
    from generate_series(1, ${ENVIRONMENTS}, 2) n`,
  sql`insert into endpoint (environment_id, application_id, id, url, created_at, updated_at)
    select environment_id, id, 'ep_' || lpad('1', 27, '0'), 'http://x/', now(), now() from application`,
  sql`insert into message (application_id, id, event_type, payload, created_at)
    select 'app_' || lpad((1 + n % ${ENVIRONMENTS})::text, 27, '0'), 'msg_' || lpad(n::text, 27, '0'), 'a', '{}', now()
    from generate_series(1, ${MESSAGES}) n`,
  sql`insert into delivery (application_id, endpoint_id, message_id, status, owner)
    select application_id, 'ep_' || lpad('1', 27, '0'), id, 1, 1 from message`,
  sql`analyze`,
];

const announcement = (number: number) => ({
  environmentId: `org_${number}`,
  id: id('msg_', MESSAGES + number),
  type: 'message.attempt.exhausted',
  payload: '{}',
  createdAt: now,
});

const attempt = (number: number): NewAttempt => ({
  applicationId: id('app_', 1 + number),
  messageId: id('msg_', number),
  endpointId: id('ep_', 1),
  id: id('atmpt_', number),
  eventType: 'a',
  url: 'http://x/',
  status: 2,
  statusCode: 500,
  durationMs: 1,
  manual: false,
  response: null,
  signature: null,
  responseHeaders: null,
  sentHeaders: null,
  createdAt: now,
  owner: 1,
  lease: 0,
  nextStatus: 2,
  retryAt: null,
  announcement: announcement(1 + number),
});

// The embedded database is told to scan no table at all; PostgreSQL chooses by itself.
describe.runIf(inject('database') === 'postgres')('on PostgreSQL', () => {
  let database: Database;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    ({ database, remove } = await copyDatabase(inject('database'), inject('template')));
    for (const statement of FILL) await statement.execute(database.kysely);
  });
  afterAll(() => remove());

  const explained = async (run: (database: Queryable) => Promise<unknown>): Promise<string> => {
    const explain = new Explain();
    await run(database.kysely.withPlugin(explain));
    return explain.plans.join('\n');
  };
  const expectKeysOnly = (plan: string) => {
    expect(plan).toContain('application_uid');
    expect(plan).not.toMatch(/Seq Scan on (application|endpoint|message|delivery|attempt|endpoint_work)\b/);
  };

  it('an event is stored by keys alone', async () => {
    const plan = await explained((db) => insertAnnouncements(db, [announcement(1), announcement(2)]));
    expectKeysOnly(plan);
    expect(plan).toContain('endpoint_pkey');
  });

  it('the operational application is found by its key', async () => {
    expectKeysOnly(await explained((db) => findOperationalApplication(db, 'org_1')));
  });

  it('what is told about attempts is stored by keys alone, however often it was prepared', async () => {
    let plan = '';
    const explaining: Database = {
      ...database,
      run: async (statement, parameters) => {
        const name = `explained_${statement.name}`;
        const rows = await database.run<Record<string, string>>(
          { ...statement, name, text: `explain ${statement.text}` },
          parameters,
        );
        plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        return [];
      },
    };
    const batch = Array.from({ length: 100 }, (_, index) => attempt(1 + index));
    for (let times = 0; times < 8; times++) await recordAttempts(explaining, batch);
    expectKeysOnly(plan);
    expect(plan).toContain('delivery_pkey');
    expect(plan).not.toMatch(/Hash Join|Merge Join/);
  });

  it('what is told reaches just those who listen', async () => {
    const batch = Array.from({ length: 100 }, (_, index) => attempt(1 + index));
    const { announced } = await recordAttempts(database, batch);
    const odd = batch.flatMap((one) => {
      const told = one.announcement;
      return told && Number(told.environmentId.slice(4)) % 2 === 1 ? [told.id] : [];
    });
    expect([...announced].sort()).toEqual(odd.sort());
    const { rows } = await sql<{ application_id: string; next_due_at: Date }>`
      select application_id, next_due_at from endpoint_work`.execute(database.kysely);
    expect(rows).toHaveLength(odd.length);
    expect(rows.every((row) => row.application_id.startsWith('opapp_'))).toBe(true);
    expect(await recordAttempts(database, batch)).toEqual({ nextDueAt: undefined, announced: [] });
  });
});
