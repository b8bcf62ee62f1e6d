/** Management of environments and their keys, settings, message tokens, the audit log. */
export const environments = {
  name: '0007-environments',
  statements: [
    `alter table environment
      add column type text not null default 'production',
      add column updated_at timestamptz,
      add column deleted_at timestamptz,
      -- Only what was set; what holds for the others is decided by the code.
      add column settings jsonb not null default '{}'`,
    'update environment set updated_at = created_at',
    'alter table environment alter column updated_at set not null',
    'create index environment_deleted on environment (deleted_at) where deleted_at is not null',

    // A key that is bound to an application is a message token. The tail is what lists show of a key.
    `alter table api_key
      alter column name drop not null,
      add column scopes text[] not null default '{environment}',
      add column application_id text collate "C" references application (id) on delete cascade,
      add column token_tail text,
      add column last_used_at timestamptz`,
    'create index api_key_application on api_key (application_id) where application_id is not null',
    'create index api_key_expiry on api_key (expires_at) where expires_at is not null',

    'alter table application add column alert_email text',

    // No foreign key: entries stay when what they tell of is gone, and go in batches.
    `create table audit_entry (
      environment_id text collate "C" not null,
      id text collate "C" not null,
      action text not null,
      actor_kind text not null,
      actor_id text collate "C",
      target text collate "C" not null,
      application_id text collate "C",
      request_id text,
      details jsonb not null default '{}',
      created_at timestamptz not null,
      primary key (environment_id, id)
    )`,
    'create index audit_entry_age on audit_entry using brin (created_at)',
  ],
} as const;
