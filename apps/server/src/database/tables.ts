import type { ColumnType, Generated } from 'kysely';

/** jsonb: read as a value, written as text. */
type Json<T> = ColumnType<T, string, string>;
type Timestamp = Date;

export interface EnvironmentTable {
  id: string;
  name: string;
  is_default: boolean;
  created_at: Timestamp;
}

export interface ApiKeyTable {
  id: string;
  environment_id: string;
  name: string;
  token_hash: Uint8Array;
  created_at: Timestamp;
  expires_at: Timestamp | null;
}

export interface ApplicationTable {
  environment_id: string;
  id: string;
  uid: string | null;
  name: string;
  throttle_rate: number | null;
  metadata: Json<Record<string, string>>;
  created_at: Timestamp;
  updated_at: Timestamp;
  deleted_at: Timestamp | null;
}

export interface PortalSessionTable {
  environment_id: string;
  application_id: string;
  id: string;
  token_hash: Uint8Array;
  session_id: string | null;
  capabilities: string[];
  feature_flags: string[];
  created_at: Timestamp;
  expires_at: Timestamp;
}

export interface OneTimeCodeTable {
  environment_id: string;
  application_id: string;
  code_hash: Uint8Array;
  session_id: string | null;
  capabilities: string[];
  feature_flags: string[];
  created_at: Timestamp;
  /** Until when the link can be opened. */
  expires_at: Timestamp;
  /** When the session that the link opens will end. */
  session_expires_at: Timestamp;
  used_at: Timestamp | null;
  portal_session_id: string | null;
}

export interface IdempotencyKeyTable {
  id: Uint8Array;
  /** Who runs the call at present. */
  owner: string;
  /** Until when the owner is believed to be alive. */
  locked_until: Timestamp;
  /** The sealed answer; null while the call is under way. */
  answer: Uint8Array | null;
  created_at: Timestamp;
  expires_at: Timestamp;
}

export interface MigrationTable {
  name: string;
  applied_at: Generated<Timestamp>;
}

export interface Tables {
  environment: EnvironmentTable;
  api_key: ApiKeyTable;
  application: ApplicationTable;
  portal_session: PortalSessionTable;
  one_time_code: OneTimeCodeTable;
  idempotency_key: IdempotencyKeyTable;
  postrider_migration: MigrationTable;
}
