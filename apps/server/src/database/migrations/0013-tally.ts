/**
 * The tally gets another name, so that processes of an older release that still run find nothing to fold: some know only
 * figures of 5 minutes. What they count goes by the old name and comes into the tally all the same.
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
  ],
} as const;
