/** Host and port of an endpoint's address: user, password, path and query may hold a key. */
const HOST = String.raw`lower(substring(url from '^[A-Za-z]+://(?:[^/?#\\]*@)?([^/?#\\@]+)'))`;

/**
 * What reports are made from: no payloads, headers, answers, secrets, hashes of tokens, or addresses with what may be
 * secret in them. In the schema of the tables, so that whoever may make these may make those. A step that replaces a
 * table of theirs drops the view before and makes it anew.
 */
export const REPORT_VIEWS: readonly (readonly [name: string, query: string])[] = [
  ['report_environment', 'select id, name, type, created_at, updated_at, deleted_at from environment'],
  [
    'report_application',
    `select environment_id, id, uid, name, throttle_rate, created_at, updated_at, deleted_at
      from application where environment_id <> 'operational'`,
  ],
  [
    'report_endpoint',
    `select environment_id, application_id, id, uid, ${HOST} as host, event_types, channels, throttle_rate, disabled,
        disabled_reason, disabled_at, first_failure_at as failing_since, created_at, updated_at, deleted_at
      from endpoint`,
  ],
  [
    'report_event_type',
    `select environment_id, name, description, group_name, archived, deprecated, created_at, updated_at
      from event_type`,
  ],
  [
    'report_message',
    `select application_id, id, event_type, event_id, channels, tags, deliver_at, created_at from message`,
  ],
  [
    'report_delivery',
    `select application_id, endpoint_id, message_id,
        case status when 0 then 'success' when 1 then 'pending' when 2 then 'fail' when 3 then 'sending'
          when 4 then 'canceled' end as status,
        attempts, retry_at
      from delivery`,
  ],
  [
    'report_attempt',
    `select application_id, endpoint_id, message_id, id, event_type, status = 0 as success,
        nullif(status_code, 0) as status_code, duration_ms, trigger_type = 1 as manual, created_at
      from attempt`,
  ],
  [
    'report_endpoint_activity',
    'select application_id, endpoint_id, bucket, span as span_seconds, success, fail, canceled from endpoint_activity',
  ],
  [
    'report_event_type_activity',
    'select application_id, event_type, bucket, span as span_seconds, success, fail, canceled from event_type_activity',
  ],
  [
    'report_background_task',
    `select environment_id, application_id, endpoint_id, id, kind, status, created_at, updated_at
      from background_task`,
  ],
];

/** What operators look at: the trace that a message was accepted in, written where tracing is on, and views for reports. */
export const watch = {
  name: '0012-watch',
  statements: [
    'alter table message add column trace_parent text',
    ...REPORT_VIEWS.map(([name, query]) => `create view ${name} as ${query}`),
  ],
} as const;
