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
 * The tally gets another name, so that processes of an older release that still run find nothing to fold: some know only
 * figures of 5 minutes. What they count goes by the old name and comes into the tally all the same. What they folded
 * before this step is made up for here.
 */
export const tally = {
  name: '0013-tally',
  statements: [
    'alter table attempt_tally rename to tally',
    `create table attempt_tally (
      application_id text collate "C" not null,
      endpoint_id text collate "C" not null,
      event_type text collate "C" not null,
      bucket timestamptz not null,
      success integer not null,
      fail integer not null,
      canceled integer not null
    )`,
    `create function count_into_tally() returns trigger language plpgsql as $$
    begin
      insert into tally (application_id, endpoint_id, event_type, bucket, success, fail, canceled)
      values (new.application_id, new.endpoint_id, new.event_type, new.bucket, new.success, new.fail, new.canceled);
      return null;
    end $$`,
    `create trigger count_into_tally before insert on attempt_tally
    for each row execute function count_into_tally()`,
    raise('endpoint_activity', 'endpoint_id', 3_600),
    raise('endpoint_activity', 'endpoint_id', 86_400),
    raise('event_type_activity', 'event_type', 3_600),
    raise('event_type_activity', 'event_type', 86_400),
  ],
} as const;
