import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Database, Queryable } from '../../src/database/database.js';
import {
  claimTask,
  findNextTaskDue,
  listTasks,
  lockTask,
  releaseTasksOf,
} from '../../src/storage/background-task.js';
import { cancelRange } from '../../src/storage/claim.js';
import { lockReplayTarget, queueDelivered, queueMissing } from '../../src/storage/replay.js';
import { copyDatabase } from '../databases.js';
import { plansOf } from '../explain.js';

const MESSAGES = 60_000;
/** Applications that have messages; the first has as many as all others together. */
const APPLICATIONS = 20;
const id = (prefix: string, number: number | string) => `${prefix}${String(number).padStart(27, '0')}`;
const APP = id('app_', 1);
const ENDPOINT = id('ep_', 1);
const key = { applicationId: APP, endpointId: ENDPOINT };

/** A busy service: per message a delivery to two endpoints and an attempt of each, of which one in 500 failed. */
const FILL = [
  sql`insert into environment (id, name, is_default, created_at, updated_at) values ('org_1', 'x', true, now(), now())`,
  sql`insert into application (environment_id, id, name, metadata, created_at, updated_at)
    select 'org_1', 'app_' || lpad(n::text, 27, '0'), 'x', '{}', now(), now() from generate_series(1, ${APPLICATIONS}) n`,
  sql`insert into endpoint (environment_id, application_id, id, url, created_at, updated_at)
    select 'org_1', application.id, 'ep_' || lpad(n::text, 27, '0'), 'http://x/', now(), now()
    from application, generate_series(1, 2) n`,
  sql`insert into message (application_id, id, event_type, event_id, channels, payload, created_at)
    select 'app_' || lpad((case when n % 2 = 0 then 1 else 1 + n % ${APPLICATIONS} end)::text, 27, '0'),
      'msg_' || lpad(n::text, 27, '0'), 'type.' || n % 30, 'event-' || n, array['c' || n % 50], '{}', now()
    from generate_series(1, ${MESSAGES}) n`,
  sql`insert into delivery (application_id, endpoint_id, message_id, status, attempts, due_at)
    select message.application_id, 'ep_' || lpad(n::text, 27, '0'), message.id,
      case when right(message.id, 5)::int % 500 = 0 then 2 when right(message.id, 5)::int % 501 = 0 then 3 else 0 end,
      1, case when right(message.id, 5)::int % 501 = 0 then now() end
    from message, generate_series(1, 2) n`,
  sql`insert into attempt (application_id, message_id, id, endpoint_id, event_type, url, status, status_code,
      duration_ms, trigger_type, created_at)
    select application_id, message_id, 'atmpt_' || right(message_id, 26) || right(endpoint_id, 1), endpoint_id, 'type.1', 'http://x/',
      case when status = 0 then 0 else 2 end, 200, 5, 0, now() from delivery`,
  sql`insert into worker (started_at, seen_at, settled_before) values (now(), now(), ${id('msg_', MESSAGES)})`,
  sql`insert into background_task (environment_id, id, kind, status, application_id, endpoint_id, input, state, data,
      due_at, created_at, updated_at)
    select 'org_1', 'qtask_' || lpad(n::text, 27, '0'), 'endpoint.recover', case when n % 1000 = 0 then 'running' else 'finished' end,
      'app_' || lpad((1 + n % ${APPLICATIONS})::text, 27, '0'), 'ep_1', '{}', '{}', '{}',
      case when n % 1000 = 0 then now() end, now(), now() from generate_series(1, 20000) n`,
  sql`analyze`,
];

// The embedded database is told to scan no table at all; PostgreSQL chooses by itself.
describe.runIf(inject('database') === 'postgres')('on PostgreSQL', () => {
  let database: Database;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    ({ database, remove } = await copyDatabase(inject('database'), inject('template')));
    for (const statement of FILL) await statement.execute(database.kysely);
  });
  afterAll(() => remove());

  const range = { over: 'msg_', under: id('msg_', 'z') };
  const portion = { scan: 500, room: 100, now: new Date() };
  const filter = { eventTypes: ['type.1'], channel: 'c1', tag: 't', status: 2, statusCodeClass: 200 };

  it.each<[string, string, (database: Queryable) => Promise<unknown>]>([
    ['the endpoint of a replay', 'delivery_due', (db) => lockReplayTarget(db, key, new Date(), 100)],
    ['messages to recover', 'delivery_pkey', (db) => queueDelivered(db, key, range, { status: 2 }, portion)],
    ['messages to replay', 'delivery_pkey', (db) => queueDelivered(db, key, range, filter, portion)],
    [
      'messages that are missing',
      'message_pkey',
      (db) => queueMissing(db, key, range, { eventTypes: ['type.1'], channels: ['c1'] }, portion),
    ],
    ['messages to cancel', 'delivery_pkey', (db) => cancelRange(db, key, range, 1_000, new Date())],
    [
      'a task to take',
      'background_task_due',
      (db) => claimTask(db, 1, ['endpoint.replay'], new Date(), new Date()),
    ],
    ['the next task', 'background_task_due', (db) => findNextTaskDue(db, new Date())],
    ['a task by id', 'background_task_pkey', (db) => lockTask(db, id('qtask_', 1), 1)],
    ['tasks of a dead process', 'background_task_', (db) => releaseTasksOf(db, 1, new Date())],
    [
      'tasks of an environment',
      'background_task_',
      (db) =>
        listTasks(
          db,
          { environmentId: 'org_1', kinds: ['endpoint.recover'] },
          { limit: 50, ascending: false },
        ),
    ],
  ])('%s: walks %s, whole tables never', async (_what, index, run) => {
    const plan = await plansOf(database.kysely, run);
    expect(plan).toContain(index);
    expect(plan).not.toMatch(/Seq Scan on (message|delivery|attempt|background_task)\b/);
  });
});
