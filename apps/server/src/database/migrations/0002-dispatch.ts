/**
 * Event types, endpoints, messages, deliveries, attempts.
 *
 * The hot tables (message, delivery, attempt, message_idempotency_key) carry application_id first in every key and have
 * no foreign keys: they can be split by time or spread over machines by application, and a foreign key would cost a
 * third of the database's time.
 */
export const dispatch = {
  name: '0002-dispatch',
  statements: [
    // What an accept remembers of an application is valid for one revision: any change to it or its endpoints counts.
    'alter table application add column revision bigint not null default 0',

    `create table event_type (
      environment_id text collate "C" not null references environment (id) on delete cascade,
      name text collate "C" not null,
      description text not null,
      archived boolean not null default false,
      deprecated boolean not null default false,
      -- json, not jsonb: examples keep the order in which they were written.
      schemas json,
      feature_flags text[],
      group_name text,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      primary key (environment_id, name)
    )`,

    `create table endpoint (
      environment_id text collate "C" not null,
      application_id text collate "C" not null references application (id) on delete cascade,
      id text collate "C" not null,
      uid text collate "C",
      url text not null,
      description text not null default '',
      version integer not null default 1,
      throttle_rate integer,
      disabled boolean not null default false,
      disabled_reason text,
      event_types text[],
      channels text[],
      metadata jsonb not null default '{}',
      headers bytea,
      first_failure_at timestamptz,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      deleted_at timestamptz,
      primary key (application_id, id)
    )`,
    'create unique index endpoint_uid on endpoint (application_id, uid) where uid is not null',

    // The current secret has no end; older ones sign until theirs.
    `create table endpoint_secret (
      application_id text collate "C" not null,
      endpoint_id text collate "C" not null,
      id text collate "C" not null,
      secret bytea not null,
      created_at timestamptz not null,
      expires_at timestamptz,
      primary key (application_id, endpoint_id, id),
      foreign key (application_id, endpoint_id) references endpoint (application_id, id) on delete cascade
    )`,
    'create index endpoint_secret_expiry on endpoint_secret (expires_at) where expires_at is not null',
    'create unique index endpoint_secret_current on endpoint_secret (application_id, endpoint_id) where expires_at is null',

    `create table message (
      application_id text collate "C" not null,
      id text collate "C" not null,
      event_type text collate "C" not null,
      event_id text collate "C",
      channels text[],
      tags text[],
      payload text,
      headers text,
      payload_expires_at timestamptz,
      deliver_at timestamptz,
      created_at timestamptz not null,
      primary key (application_id, id)
    )`,
    'create unique index message_event_id on message (application_id, event_id) where event_id is not null',
    // Only messages whose payload goes before they do.
    'create index message_payload_expiry on message (payload_expires_at) where payload_expires_at is not null',

    `create table message_idempotency_key (
      application_id text collate "C" not null,
      key uuid not null,
      message_id text collate "C" not null,
      created_at timestamptz not null,
      primary key (application_id, key)
    )`,
    'create index message_idempotency_key_age on message_idempotency_key using brin (created_at)',

    // status: 0 success, 1 pending, 2 fail, 3 sending, 4 canceled. due_at: when it may be claimed (also the end of a
    // claim's lease); null while its accepting process has it, and when nothing is to be done. retry_at: when the
    // schedule goes on. manual: resends that wait. owner and lease say who may record its outcome.
    `create table delivery (
      application_id text collate "C" not null,
      endpoint_id text collate "C" not null,
      message_id text collate "C" not null,
      status smallint not null,
      due_at timestamptz,
      retry_at timestamptz,
      owner integer,
      lease integer not null default 0,
      attempts smallint not null default 0,
      manual smallint not null default 0,
      primary key (application_id, endpoint_id, message_id)
    ) with (fillfactor = 80)`,
    // No status in the index: the usual path changes it, and must stay an update in place.
    'create index delivery_due on delivery (application_id, endpoint_id, due_at) where due_at is not null',

    // One row for each endpoint that ever had a delivery waiting. next_due_at is never later than the earliest due_at
    // of its deliveries; earlier does no harm.
    `create table endpoint_work (
      application_id text collate "C" not null,
      endpoint_id text collate "C" not null,
      next_due_at timestamptz not null,
      tokens real not null default 0,
      refilled_at timestamptz,
      primary key (application_id, endpoint_id)
    ) with (fillfactor = 70)`,
    'create index endpoint_work_due on endpoint_work (next_due_at)',
    `create table application_throttle (
      application_id text collate "C" primary key,
      tokens real not null,
      refilled_at timestamptz not null
    )`,

    `create table attempt (
      application_id text collate "C" not null,
      message_id text collate "C" not null,
      id text collate "C" not null,
      endpoint_id text collate "C" not null,
      event_type text collate "C" not null,
      url text not null,
      status smallint not null,
      status_code smallint not null,
      duration_ms integer not null,
      trigger_type smallint not null,
      response text,
      signature text,
      response_headers text,
      sent_headers text,
      created_at timestamptz not null,
      primary key (application_id, message_id, id)
    )`,
    'create index attempt_endpoint on attempt (application_id, endpoint_id, id)',
    'create index attempt_failed on attempt (application_id, endpoint_id, id) where status = 2',

    // A process that takes work, by a number that its leases name. It holds an advisory lock on the number while it
    // lives. What was born in it and has an id below settled_before is done.
    `create table worker (
      number integer generated always as identity primary key,
      started_at timestamptz not null,
      seen_at timestamptz not null,
      settled_before text collate "C" not null
    )`,
  ],
} as const;
