/** What lists are walked by, where they looked at more than they showed. */
export const lists = {
  name: '0009-lists',
  statements: [
    // A page of a rare type is found without reading all messages. It costs an accept about 2 % of its processor time.
    'create index message_type on message (application_id, event_type, id)',
    // No index has the status itself: the usual path, born claimed and a success at once, changes it and must stay an
    // update in place. It leaves listed_status null, from which lists find everything else.
    `alter table delivery add column listed_status smallint generated always as (
      case when status in (2, 3, 4) or (status = 1 and due_at is not null) then status end
    ) stored`,
    `create index delivery_status on delivery (application_id, endpoint_id, listed_status, message_id)
      where listed_status is not null`,
    // Each attempt is in this one or in that of the failed: a list of either is found at once, and one of both merges them.
    'create index attempt_succeeded on attempt (application_id, endpoint_id, id) where status = 0',
    'drop index attempt_endpoint',
  ],
} as const;
