/** Environments, keys, applications, portal sessions, idempotency. */
export const foundation = {
  name: '0001-foundation',
  statements: [
    // Ids and names compare bytewise everywhere: collate "C".
    `create table environment (
      id text collate "C" primary key,
      name text not null,
      is_default boolean not null default false,
      created_at timestamptz not null
    )`,
    'create unique index environment_default on environment (is_default) where is_default',
    `create table api_key (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environment (id) on delete cascade,
      name text not null,
      token_hash bytea not null unique,
      created_at timestamptz not null,
      expires_at timestamptz
    )`,
    'create index api_key_environment on api_key (environment_id, id)',
    `create table application (
      environment_id text collate "C" not null references environment (id) on delete cascade,
      id text collate "C" primary key,
      uid text collate "C",
      name text not null,
      throttle_rate integer,
      metadata jsonb not null default '{}',
      created_at timestamptz not null,
      updated_at timestamptz not null,
      deleted_at timestamptz
    )`,
    'create index application_list on application (environment_id, id) where deleted_at is null',
    'create unique index application_uid on application (environment_id, uid) where uid is not null',
    `create table portal_session (
      environment_id text collate "C" not null,
      application_id text collate "C" not null references application (id) on delete cascade,
      id text collate "C" primary key,
      token_hash bytea not null unique,
      session_id text collate "C",
      capabilities text[] not null,
      feature_flags text[] not null,
      created_at timestamptz not null,
      expires_at timestamptz not null
    )`,
    'create index portal_session_application on portal_session (application_id, session_id)',
    'create index portal_session_expiry on portal_session (expires_at)',
    `create table one_time_code (
      environment_id text collate "C" not null,
      application_id text collate "C" not null references application (id) on delete cascade,
      code_hash bytea primary key,
      session_id text collate "C",
      capabilities text[] not null,
      feature_flags text[] not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      session_expires_at timestamptz not null,
      used_at timestamptz,
      portal_session_id text collate "C"
    )`,
    'create index one_time_code_application on one_time_code (application_id, session_id)',
    'create index one_time_code_expiry on one_time_code (expires_at)',
    `create table idempotency_key (
      id bytea primary key,
      owner text not null,
      locked_until timestamptz not null,
      answer bytea,
      created_at timestamptz not null,
      expires_at timestamptz not null
    )`,
    'create index idempotency_key_expiry on idempotency_key (expires_at)',
  ],
} as const;
