const DIFFERS =
  'held.success < excluded.success or held.fail < excluded.fail or held.canceled < excluded.canceled';

/** Rows of the longer span `to` are raised to what the rows of 5 minutes, where those are kept, add up to. */
const raise = (table: string, what: string, to: number) =>
  `insert into ${table} as held (application_id, ${what}, bucket, span, success, fail, canceled)
    select application_id, ${what}, date_bin(interval '${to} seconds', bucket, timestamptz 'epoch') as start, ${to},
      sum(success), sum(fail), sum(canceled)
    from ${table} where span = 300 group by application_id, ${what}, start
    on conflict (application_id, ${what}, span, bucket) do update set
      success = greatest(held.success, excluded.success), fail = greatest(held.fail, excluded.fail),
      canceled = greatest(held.canceled, excluded.canceled)
    where ${DIFFERS}`;

/**
 * Makes up for what processes that know only figures of 5 minutes have folded. Apart from the step before it, which
 * takes the tally from them: while that is locked nothing can be recorded, and this reads all figures of 5 minutes.
 */
export const spans = {
  name: '0014-spans',
  statements: [
    raise('endpoint_activity', 'endpoint_id', 3_600),
    raise('endpoint_activity', 'endpoint_id', 86_400),
    raise('event_type_activity', 'event_type', 3_600),
    raise('event_type_activity', 'event_type', 86_400),
  ],
} as const;
