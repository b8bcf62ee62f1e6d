import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Database, Queryable } from '../../src/database/database.js';
import { sumEndpoint, sumEventTypes, sumOverTime } from '../../src/storage/activity.js';
import {
  countAttemptsOfEndpoint,
  listAttemptsOfEndpoint,
  listAttemptsOfMessage,
} from '../../src/storage/attempt.js';
import { listAttemptedDestinations } from '../../src/storage/attempted-destination.js';
import { listAttemptedMessages } from '../../src/storage/attempted-message.js';
import { erasePayloads } from '../../src/storage/content.js';
import { countAttempts, countOpenDeliveries } from '../../src/storage/endpoint-stats.js';
import { findMessageKey } from '../../src/storage/message.js';
import { findMessages, listMessages } from '../../src/storage/message-list.js';
import { followEnvironment } from '../../src/storage/message-stream.js';
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
  sql`insert into message_label select application_id, 'c' || channels[1], id from message`,
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
  sql`insert into endpoint_activity (application_id, endpoint_id, bucket, span, success, fail, canceled)
    select application_id, id, to_timestamp(n * 300), 300, 1, 1, 1 from endpoint, generate_series(1, 3000) n`,
  sql`insert into event_type_activity (application_id, event_type, bucket, span, success, fail, canceled)
    select id, 'type.' || type, to_timestamp(n * 300), 300, 1, 1, 1
    from application, generate_series(1, 10) type, generate_series(1, 600) n`,
  sql`analyze`,
];
const stretch = { since: new Date(300_000), until: new Date(30_000_000) };
const fewAttempts = { first: id('atmpt_', 0), last: id('atmpt_', 20_000) };
const wholeRange = { first: id('', 0), last: id('zzz', 0) };

// The embedded database is told to scan no table at all; PostgreSQL chooses by itself.
describe.runIf(inject('database') === 'postgres')('on PostgreSQL', () => {
  let database: Database;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    ({ database, remove } = await copyDatabase(inject('database'), inject('template')));
    for (const statement of FILL) await statement.execute(database.kysely);
  });
  afterAll(() => remove());

  const windowOf = (prefix: string, fromOldest = false) => ({
    limit: 50,
    over: prefix,
    under: id(prefix, 'z'),
    fromOldest,
  });
  const attempts = windowOf('atmpt_');
  const messages = windowOf('msg_');
  const content = { withContent: true };
  const labels = { channel: 'c1', tag: 't', eventTypes: ['rare'] };
  const state = { ...content, includeUntriedCanceled: true };
  const request = { limit: 50, ascending: true };

  it.each<[string, string, boolean, (database: Queryable) => Promise<unknown>]>([
    ['messages', 'message_pkey', false, (db) => listMessages(db, APP, content, messages)],
    [
      'messages by labels',
      'message_label_pkey',
      true,
      (db) => listMessages(db, APP, { ...content, ...labels }, messages),
    ],
    [
      'messages by channel',
      'message_label_pkey',
      true,
      (db) => listMessages(db, APP, { ...content, channel: 'c1' }, messages),
    ],
    [
      'messages by tag, from the oldest',
      'message_label_pkey',
      true,
      (db) => listMessages(db, APP, { ...content, tag: 'rare' }, windowOf('msg_', true)),
    ],
    [
      'messages by type',
      'message_type',
      true,
      (db) => listMessages(db, APP, { ...content, eventTypes: ['rare', 'type.1'] }, messages),
    ],
    [
      'messages that are followed',
      'message_label_pkey',
      true,
      (db) => followEnvironment(db, 'org_1', { channels: ['c1', 'c2'] }, windowOf('msg_', true)),
    ],
    [
      'messages to expunge',
      'message_pkey',
      true,
      (db) => erasePayloads(db, APP, [id('msg_', 2), id('msg_', 4)]),
    ],
    [
      'messages to expunge by event id',
      'message_event_id',
      true,
      (db) => erasePayloads(db, APP, ['event-2']),
    ],
    [
      'messages from the oldest',
      'message_pkey',
      false,
      (db) => listMessages(db, APP, content, windowOf('msg_', true)),
    ],
    ['messages by ids', 'message_pkey', false, (db) => findMessages(db, APP, [id('msg_', 2), id('msg_', 4)])],
    ['a message by id', 'message_pkey', false, (db) => findMessageKey(db, APP, id('msg_', 2))],
    ['a message by event id', 'message_event_id', false, (db) => findMessageKey(db, APP, 'event-2')],
    [
      'attempts of an endpoint',
      'attempt_succeeded',
      false,
      (db) => listAttemptsOfEndpoint(db, APP, ENDPOINT, content, attempts),
    ],
    [
      'attempts of an endpoint by everything',
      'message_label_pkey',
      true,
      (db) =>
        listAttemptsOfEndpoint(
          db,
          APP,
          ENDPOINT,
          { ...content, ...labels, status: 0, statusCodeClass: 400 },
          attempts,
        ),
    ],
    [
      'attempts of an endpoint by type',
      'attempt_type',
      true,
      (db) => listAttemptsOfEndpoint(db, APP, ENDPOINT, { ...content, eventTypes: ['rare'] }, attempts),
    ],
    [
      'the number of attempts',
      'attempt_succeeded',
      false,
      (db) => countAttemptsOfEndpoint(db, APP, ENDPOINT, content, attempts),
    ],
    [
      'the number of attempts by type',
      'attempt_type',
      true,
      (db) => countAttemptsOfEndpoint(db, APP, ENDPOINT, { ...content, eventTypes: ['rare'] }, attempts),
    ],
    [
      'failed attempts of an endpoint',
      'attempt_failed',
      false,
      (db) => listAttemptsOfEndpoint(db, APP, ENDPOINT, { ...content, status: 2 }, attempts),
    ],
    [
      'attempts of a message',
      'attempt_pkey',
      false,
      (db) => listAttemptsOfMessage(db, APP, id('msg_', 2), { ...content, endpointId: ENDPOINT }, attempts),
    ],
    ['attempted messages', 'delivery_pkey', false, (db) => listAttemptedMessages(db, key, state, messages)],
    [
      'attempted messages by labels',
      'message_label_pkey',
      true,
      (db) => listAttemptedMessages(db, key, { ...state, ...labels, status: 4 }, messages),
    ],
    [
      'pending messages',
      'delivery_status',
      true,
      (db) => listAttemptedMessages(db, key, { ...state, status: 1 }, messages),
    ],
    [
      'failed messages',
      'delivery_status',
      false,
      (db) => listAttemptedMessages(db, key, { ...state, status: 2 }, messages),
    ],
    [
      'messages that are sending',
      'delivery_status',
      false,
      (db) => listAttemptedMessages(db, key, { ...state, status: 3 }, messages),
    ],
    [
      'attempted destinations',
      'delivery_pkey',
      true,
      (db) => listAttemptedDestinations(db, APP, id('msg_', 2), request),
    ],
    ['figures of an endpoint', 'endpoint_activity_pkey', true, (db) => sumEndpoint(db, key, stretch)],
    [
      'figures by event type',
      'event_type_activity_pkey',
      true,
      (db) => sumEventTypes(db, APP, stretch, ['type.1']),
    ],
    [
      'figures over time',
      'event_type_activity_pkey',
      true,
      (db) => sumOverTime(db, APP, stretch, 3_600, undefined),
    ],
    ['what waits for an endpoint', 'delivery_status', true, (db) => countOpenDeliveries(db, key, wholeRange)],
    ['attempts of some minutes', 'attempt_succeeded', true, (db) => countAttempts(db, key, fewAttempts)],
  ])('%s: walks %s, whole tables never', async (_what, index, maySort, run) => {
    const plan = await plansOf(database.kysely, run);
    expect(plan).toContain(index);
    expect(plan).not.toMatch(/Seq Scan on (message|message_label|delivery|attempt)\b/);
    // To merge what is in order has a sort key, and sorts nothing.
    if (!maySort) expect(plan).not.toMatch(/(^|-> +)(Incremental )?Sort\b/m);
  });
});
