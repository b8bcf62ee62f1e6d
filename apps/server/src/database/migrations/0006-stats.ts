/**
 * Figures of attempts over time. `attempt_tally` gets a few rows with every batch of attempts, and is folded into the
 * two others every few seconds: what is there is the sum of all three. It has no index: it stays small, and the usual
 * path pays for a row and nothing else.
 *
 * A row counts what happened in `span` seconds from `bucket` on: 5 minutes at first, an hour or a day when it is old.
 */
export const stats = {
  name: '0006-stats',
  statements: [
    `create table attempt_tally (
      application_id text collate "C" not null,
      endpoint_id text collate "C" not null,
      event_type text collate "C" not null,
      bucket timestamptz not null,
      success integer not null,
      fail integer not null,
      canceled integer not null
    )`,
    `create table endpoint_activity (
      application_id text collate "C" not null,
      endpoint_id text collate "C" not null,
      bucket timestamptz not null,
      span integer not null,
      success bigint not null,
      fail bigint not null,
      canceled bigint not null,
      primary key (application_id, endpoint_id, bucket, span)
    ) with (fillfactor = 80)`,
    'create index endpoint_activity_age on endpoint_activity (span, bucket)',
    `create table event_type_activity (
      application_id text collate "C" not null,
      event_type text collate "C" not null,
      bucket timestamptz not null,
      span integer not null,
      success bigint not null,
      fail bigint not null,
      canceled bigint not null,
      primary key (application_id, bucket, event_type, span)
    ) with (fillfactor = 80)`,
    'create index event_type_activity_age on event_type_activity (span, bucket)',
    `insert into attempt_tally (application_id, endpoint_id, event_type, bucket, success, fail, canceled)
    select application_id, endpoint_id, event_type,
      date_bin(interval '5 minutes', created_at, timestamptz 'epoch') as bucket,
      count(*) filter (where status = 0), count(*) filter (where status = 2), 0
    from attempt group by application_id, endpoint_id, event_type, bucket`,
  ],
} as const;
