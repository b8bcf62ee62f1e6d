import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { fromPGlite } from '../../src/database/embedded.js';
import { MIGRATIONS, migrate } from '../../src/database/migrate.js';
import { sumEndpoint, sumOverTime } from '../../src/storage/activity.js';
import { listAttemptsOfEndpoint } from '../../src/storage/attempt.js';
import { foldTally } from '../../src/storage/attempt-tally.js';
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

it('completes the figures of hours and days from those that an older service had of each time only once', async () => {
  const older = MIGRATIONS.findIndex(({ name }) => name === '0010-figures');
  await migrate(database.kysely, MIGRATIONS.slice(0, older));
  const day = (number: number) => new Date(Date.UTC(2026, 5, number));
  // Days where they are old, then hours, then 5 minutes; the last are of the hour before the end of a day.
  const held = [
    { bucket: day(1), span: 86_400 },
    { bucket: day(10), span: 3_600 },
    { bucket: new Date(day(11).getTime() - 3_600_000), span: 3_600 },
    { bucket: day(20), span: 300 },
    { bucket: new Date(day(20).getTime() + 300_000), span: 300 },
    { bucket: new Date(day(21).getTime() - 300_000), span: 300 },
  ];
  for (const { bucket, span } of held) {
    await sql`insert into endpoint_activity (application_id, endpoint_id, bucket, span, success, fail, canceled)
      values ('app_1', 'ep_1', ${bucket}, ${span}, 1, 2, 3)`.execute(database.kysely);
    await sql`insert into event_type_activity (application_id, event_type, bucket, span, success, fail, canceled)
      values ('app_1', 'a', ${bucket}, ${span}, 1, 2, 3)`.execute(database.kysely);
  }
  await migrate(database.kysely);

  const sum = (since: Date, until: Date) => sumEndpoint(database.kysely, key, { since, until });
  const times = (count: number) => ({ success: count, fail: 2 * count, canceled: 3 * count });
  expect(await sum(day(1), day(30))).toEqual(times(6));
  expect(await sum(day(10), day(11))).toEqual(times(2));
  expect(await sum(new Date(day(10).getTime() + 3_600_000), day(11))).toEqual(times(1));
  expect(await sum(day(20), new Date(day(20).getTime() + 300_000))).toEqual(times(1));
  const overTime = async (span: 300 | 3_600 | 86_400) => {
    const stretch = { since: day(1), until: day(30) };
    const rows = await sumOverTime(database.kysely, 'app_1', stretch, span, undefined);
    return rows
      .map(({ at, success }) => [at.getTime(), success] as const)
      .sort(([one], [other]) => one - other);
  };
  expect(await overTime(86_400)).toEqual([
    [day(1).getTime(), 1],
    [day(10).getTime(), 2],
    [day(20).getTime(), 3],
  ]);
  expect(await overTime(3_600)).toEqual([
    [day(10).getTime(), 1],
    [day(11).getTime() - 3_600_000, 1],
    [day(20).getTime(), 2],
    [day(21).getTime() - 3_600_000, 1],
  ]);
});

it('makes up for figures that an older process folded by 5 minutes alone, and lets it fold no more', async () => {
  const older = MIGRATIONS.findIndex(({ name }) => name === '0013-tally');
  await migrate(database.kysely, MIGRATIONS.slice(0, older));
  const hour = new Date(Date.UTC(2026, 5, 20, 7));
  const later = new Date(hour.getTime() + 300_000);
  // An hour that was begun before the older process folded the rest of it, and a day that has a row of 5 minutes left.
  const held = [
    { bucket: hour, span: 300, count: 2 },
    { bucket: later, span: 300, count: 3 },
    { bucket: hour, span: 3_600, count: 2 },
    { bucket: new Date(Date.UTC(2026, 5, 20)), span: 86_400, count: 40 },
  ];
  for (const { bucket, span, count } of held) {
    await sql`insert into endpoint_activity (application_id, endpoint_id, bucket, span, success, fail, canceled)
      values ('app_1', 'ep_1', ${bucket}, ${span}, ${count}, 0, 0)`.execute(database.kysely);
    await sql`insert into event_type_activity (application_id, event_type, bucket, span, success, fail, canceled)
      values ('app_1', 'a', ${bucket}, ${span}, ${count}, 0, 0)`.execute(database.kysely);
  }
  const count = (success: number) =>
    sql`insert into attempt_tally (application_id, endpoint_id, event_type, bucket, success, fail, canceled)
      values ('app_1', 'ep_1', 'a', ${later}, ${success}, 0, 0)`.execute(database.kysely);
  await count(10);
  await migrate(database.kysely);

  const bySpan = async (table: string) =>
    (
      await sql<{ span: number; sum: number }>`
        select span, sum(success)::int4 as sum from ${sql.table(table)} group by span order by span`.execute(
        database.kysely,
      )
    ).rows.map(({ span, sum }) => [span, sum]);
  const whole = [
    [300, 5],
    [3_600, 5],
    [86_400, 40],
  ];
  expect(await bySpan('endpoint_activity')).toEqual(whole);
  expect(await bySpan('event_type_activity')).toEqual(whole);

  // What an older process counts from now on: not under the name by which it folds, and in every span once it is folded.
  await count(100);
  const left = await sql`select from attempt_tally`.execute(database.kysely);
  expect(left.rows).toEqual([]);
  expect(await foldTally(database.kysely, 10)).toBe(2);
  const folded = whole.map(([span, sum = 0]) => [span, sum + 110]);
  expect(await bySpan('endpoint_activity')).toEqual(folded);
  expect(await bySpan('event_type_activity')).toEqual(folded);
});
