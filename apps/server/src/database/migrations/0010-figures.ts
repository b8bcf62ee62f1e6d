const ADD = `success = held.success + excluded.success, fail = held.fail + excluded.fail,
  canceled = held.canceled + excluded.canceled`;

/** The rows of `spans`, added up to rows of the longer span `to`. */
const sumUp = (table: string, what: string, spans: string, to: number) =>
  `insert into ${table} as held (application_id, ${what}, bucket, span, success, fail, canceled)
    select application_id, ${what}, date_bin(interval '${to} seconds', bucket, timestamptz 'epoch') as start, ${to},
      sum(success), sum(fail), sum(canceled)
    from ${table} where span in (${spans}) group by application_id, ${what}, start
    on conflict (application_id, ${what}, bucket, span) do update set ${ADD}`;

/** So far what had a row of a span had none of a longer one: days are the sum of all, then hours of what is left. */
const complete = (table: string, what: string) => [
  sumUp(table, what, '300, 3600', 86_400),
  sumUp(table, what, '300', 3_600),
];

/** From now on the rows of each span are complete by themselves, so that 27 days are 27 rows and not 7 776. */
export const figures = {
  name: '0010-figures',
  statements: [
    ...complete('endpoint_activity', 'endpoint_id'),
    ...complete('event_type_activity', 'event_type'),
    `alter table endpoint_activity drop constraint endpoint_activity_pkey,
      add primary key (application_id, endpoint_id, span, bucket)`,
    `alter table event_type_activity drop constraint event_type_activity_pkey,
      add primary key (application_id, span, bucket, event_type)`,
    // What is old is found by minus the span. With late statistics the planner takes a span for rare: an index of spans
    // and times would then be walked, for all applications, when one is asked for.
    'drop index endpoint_activity_age',
    'create index endpoint_activity_age on endpoint_activity ((-span), bucket)',
    'drop index event_type_activity_age',
    'create index event_type_activity_age on event_type_activity ((-span), bucket)',
  ],
} as const;
