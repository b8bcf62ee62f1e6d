/** Retry schedules of event types. */
export const eventTypes = {
  name: '0008-event-types',
  statements: [
    // An array of {secs, nanos}, as callers write it; null: the server's schedule.
    'alter table event_type add column retry_schedule jsonb',
    // Who makes deliveries asks for those of an environment, and few types have one.
    'create index event_type_retry_schedule on event_type (environment_id) where retry_schedule is not null',
  ],
} as const;
