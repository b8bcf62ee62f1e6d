import type { ColumnType, Generated } from 'kysely';

/** jsonb: read as a value, written as text. */
type Json<T> = ColumnType<T, string, string>;
type Timestamp = Date;

export interface EnvironmentTable {
  id: string;
  name: string;
  is_default: boolean;
  created_at: Timestamp;
  type: Generated<string>;
  updated_at: Timestamp;
  deleted_at: Timestamp | null;
  /** Only what was set. */
  settings: ColumnType<Record<string, unknown>, string | undefined, string>;
}

export interface ApiKeyTable {
  id: string;
  environment_id: string;
  name: string | null;
  token_hash: Uint8Array;
  created_at: Timestamp;
  expires_at: Timestamp | null;
  scopes: string[];
  /** Of a message token: the application that it is for. */
  application_id: string | null;
  /** The last characters of the key. */
  token_tail: string | null;
  /** To a minute. */
  last_used_at: Timestamp | null;
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
  /** Counts changes of the application and of its endpoints. */
  revision: Generated<number>;
  alert_email: Generated<string | null>;
}

export interface EventTypeTable {
  environment_id: string;
  name: string;
  description: string;
  archived: boolean;
  deprecated: boolean;
  schemas: ColumnType<Record<string, unknown> | null, string | null, string | null>;
  feature_flags: string[] | null;
  group_name: string | null;
  created_at: Timestamp;
  updated_at: Timestamp;
  /** Waits between attempts as `{secs, nanos}`; null: the server's. */
  retry_schedule: ColumnType<
    { secs: number; nanos: number }[] | null,
    string | null | undefined,
    string | null
  >;
}

export interface EndpointTable {
  environment_id: string;
  application_id: string;
  id: string;
  uid: string | null;
  url: string;
  description: string;
  version: number;
  throttle_rate: number | null;
  disabled: boolean;
  /** Why it is disabled, as the contract's DisabledReason; null: nobody knows any more. */
  disabled_reason: string | null;
  /** Known from the step on that knows who did it. */
  disabled_at: Timestamp | null;
  event_types: string[] | null;
  channels: string[] | null;
  metadata: Json<Record<string, string>>;
  /** Sealed JSON object of custom headers. */
  headers: Uint8Array | null;
  /** Since when messages fail to the end; null after a success. */
  first_failure_at: Timestamp | null;
  created_at: Timestamp;
  updated_at: Timestamp;
  deleted_at: Timestamp | null;
}

export interface EndpointSecretTable {
  application_id: string;
  endpoint_id: string;
  id: string;
  /** Sealed text of the secret. */
  secret: Uint8Array;
  created_at: Timestamp;
  /** Until when it goes on signing; null: it is the current one. */
  expires_at: Timestamp | null;
}

export interface MessageTable {
  application_id: string;
  id: string;
  event_type: string;
  event_id: string | null;
  channels: string[] | null;
  tags: string[] | null;
  /** The body byte by byte; null when expired or expunged. */
  payload: string | null;
  /** JSON object of headers that its requests get besides the usual ones. */
  headers: string | null;
  /** When the payload goes; null: together with the message. */
  payload_expires_at: Timestamp | null;
  deliver_at: Timestamp | null;
  created_at: Timestamp;
  /** The span that accepted it, as `traceparent`; null where tracing was off. */
  trace_parent: string | null;
}

export interface MessageLabelTable {
  application_id: string;
  /** `c` and a channel of the message, or `t` and a tag. */
  label: string;
  /** The message's. */
  id: string;
}

export interface MessageIdempotencyKeyTable {
  application_id: string;
  key: string;
  message_id: string;
  created_at: Timestamp;
}

export interface DeliveryTable {
  application_id: string;
  endpoint_id: string;
  message_id: string;
  status: number;
  due_at: Timestamp | null;
  retry_at: Timestamp | null;
  owner: number | null;
  lease: Generated<number>;
  attempts: Generated<number>;
  manual: Generated<number>;
  /** The status of what lists look for by it; null where a delivery succeeded or was born claimed. */
  listed_status: ColumnType<number | null, never, never>;
}

export interface EndpointWorkTable {
  application_id: string;
  endpoint_id: string;
  next_due_at: Timestamp;
  tokens: Generated<number>;
  refilled_at: Timestamp | null;
}

export interface ApplicationThrottleTable {
  application_id: string;
  tokens: number;
  refilled_at: Timestamp;
}

export interface AttemptTable {
  application_id: string;
  message_id: string;
  id: string;
  endpoint_id: string;
  event_type: string;
  url: string;
  /** 0 success, 2 fail. */
  status: number;
  /** HTTP status; 0 without an answer. */
  status_code: number;
  duration_ms: number;
  /** 0 scheduled, 1 manual. */
  trigger_type: number;
  /** Body of the answer or what went wrong; null: empty. */
  response: string | null;
  signature: string | null;
  /** JSON list of pairs. */
  response_headers: string | null;
  /** Names of custom headers that were sent, as a JSON list; their values are not kept. */
  sent_headers: string | null;
  created_at: Timestamp;
}

/** Figures of attempts; see the migration. */
export interface TallyTable {
  application_id: string;
  endpoint_id: string;
  event_type: string;
  bucket: Timestamp;
  success: number;
  fail: number;
  canceled: number;
}

export interface EndpointActivityTable {
  application_id: string;
  endpoint_id: string;
  bucket: Timestamp;
  /** Seconds that the row counts. */
  span: number;
  success: number;
  fail: number;
  canceled: number;
}

export interface EventTypeActivityTable extends Omit<EndpointActivityTable, 'endpoint_id'> {
  event_type: string;
}

export interface WorkerTable {
  number: Generated<number>;
  started_at: Timestamp;
  seen_at: Timestamp;
  settled_before: string;
}

export interface BackgroundTaskTable {
  environment_id: string;
  id: string;
  kind: string;
  status: 'running' | 'finished' | 'failed';
  application_id: string | null;
  endpoint_id: string | null;
  input: Json<unknown>;
  /** Where it goes on. */
  state: Json<unknown>;
  /** What callers see of it. */
  data: Json<Record<string, unknown>>;
  /** When the next step may be made; null: no more. */
  due_at: Timestamp | null;
  /** Number of the process that makes a step now. */
  owner: number | null;
  idle: Generated<number>;
  failures: Generated<number>;
  created_at: Timestamp;
  updated_at: Timestamp;
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

export interface AuditEntryTable {
  environment_id: string;
  id: string;
  action: string;
  /** `key`, `session` or `system`. */
  actor_kind: string;
  actor_id: string | null;
  target: string;
  application_id: string | null;
  request_id: string | null;
  details: Json<Record<string, string>>;
  created_at: Timestamp;
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
  event_type: EventTypeTable;
  endpoint: EndpointTable;
  endpoint_secret: EndpointSecretTable;
  message: MessageTable;
  message_label: MessageLabelTable;
  message_idempotency_key: MessageIdempotencyKeyTable;
  delivery: DeliveryTable;
  endpoint_work: EndpointWorkTable;
  application_throttle: ApplicationThrottleTable;
  attempt: AttemptTable;
  tally: TallyTable;
  endpoint_activity: EndpointActivityTable;
  event_type_activity: EventTypeActivityTable;
  worker: WorkerTable;
  background_task: BackgroundTaskTable;
  audit_entry: AuditEntryTable;
}
