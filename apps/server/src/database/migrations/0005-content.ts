/** What rare channels, tags and event types are found by. */
export const content = {
  name: '0005-content',
  statements: [
    // One row for each channel (`c` before it) and tag (`t`) of a message; messages without any have none, and cost
    // nothing. A GIN index on message would hold them as well, but could not be walked in the order of ids.
    `create table message_label (
      application_id text collate "C" not null,
      label text collate "C" not null,
      id text collate "C" not null,
      primary key (application_id, label, id)
    )`,
    `insert into message_label (application_id, label, id)
      select application_id, 'c' || channel, id from message cross join unnest(channels) as channel
      union
      select application_id, 't' || tag, id from message cross join unnest(tags) as tag`,
    // An endpoint may have no attempt of a type that its application has many of: only its own attempts tell.
    'create index attempt_type on attempt (application_id, endpoint_id, event_type, id)',
  ],
} as const;
