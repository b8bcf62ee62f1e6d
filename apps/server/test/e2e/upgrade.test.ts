import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { fromPGlite } from '../../src/database/embedded.js';
import { MIGRATIONS, migrate } from '../../src/database/migrate.js';
import { sumEndpoint } from '../../src/storage/activity.js';
import { listAttemptsOfEndpoint } from '../../src/storage/attempt.js';
import { listAttemptedMessages } from '../../src/storage/attempted-message.js';
import { listMessages } from '../../src/storage/message-list.js';

const key = { applicationId: 'app_1', endpointId: 'ep_1' };
const windowOf = (prefix: string) => ({
  limit: 50,
  over: prefix,
  under: `${prefix}z`,
  fromOldest: false,
});

/** What a service of the first two steps held: per status of a delivery a message, and an attempt of the done ones. */
const HELD = [
  sql`insert into environment (id, name, is_default, created_at) values ('org_1', 'x', true, now())`,
  sql`insert into application (environment_id, id, name, metadata, created_at, updated_at)
    values ('org_1', 'app_1', 'x', '{}', now(), now())`,
  sql`insert into endpoint (environment_id, application_id, id, url, created_at, updated_at)
    values ('org_1', 'app_1', 'ep_1', 'http://x/', now(), now())`,
  sql`insert into message (application_id, id, event_type, channels, tags, payload, created_at)
    select 'app_1', 'msg_' || n, 'type.' || n, array['c'], case when n = 2 then array['t'] end, '{}', now()
    from generate_series(0, 4) n`,
  sql`insert into delivery (application_id, endpoint_id, message_id, status, due_at, attempts)
    select 'app_1', 'ep_1', 'msg_' || n, n, case when n in (1, 3) then now() end, 1 from generate_series(0, 4) n`,
  sql`insert into attempt (application_id, message_id, id, endpoint_id, event_type, url, status, status_code,
      duration_ms, trigger_type, created_at)
    select 'app_1', 'msg_' || n, 'atmpt_' || n, 'ep_1', 'type.' || n, 'http://x/', n, 200, 5, 0, now()
    from generate_series(0, 2, 2) n`,
];

let database: Database;
beforeEach(async () => {
  database = await fromPGlite({});
});
afterEach(() => database.close());

it('brings what an older service held into every table, list and figure of this one', async () => {
  const first = MIGRATIONS.slice(0, 2);
  expect(await migrate(database.kysely, first)).toEqual(first.map(({ name }) => name));
  for (const statement of HELD) await statement.execute(database.kysely);
  expect(await migrate(database.kysely)).toEqual(MIGRATIONS.slice(2).map(({ name }) => name));
  expect(await migrate(database.kysely)).toEqual([]);

  const content = { withContent: true, includeUntriedCanceled: true };
  for (const status of [0, 1, 2, 3, 4]) {
    const { rows } = await listAttemptedMessages(
      database.kysely,
      key,
      { ...content, status },
      windowOf('msg_'),
    );
    expect(rows.map((row) => row.id)).toEqual([`msg_${status}`]);
  }
  const attemptsOf = async (filter: { status?: number; eventTypes?: string[] }) => {
    const asked = { ...filter, withContent: true };
    const page = await listAttemptsOfEndpoint(database.kysely, 'app_1', 'ep_1', asked, windowOf('atmpt_'));
    return page.rows.map((row) => row.id);
  };
  expect(await attemptsOf({})).toEqual(['atmpt_2', 'atmpt_0']);
  expect(await attemptsOf({ status: 0 })).toEqual(['atmpt_0']);
  expect(await attemptsOf({ eventTypes: ['type.2'] })).toEqual(['atmpt_2']);
  const labelled = { withContent: true, channel: 'c', tag: 't' };
  const found = await listMessages(database.kysely, 'app_1', labelled, windowOf('msg_'));
  expect(found.rows.map((row) => row.id)).toEqual(['msg_2']);
  const ever = { since: new Date(0), until: new Date(Date.now() + 86_400_000) };
  expect(await sumEndpoint(database.kysely, key, ever)).toEqual({ success: 1, fail: 1, canceled: 0 });
});
