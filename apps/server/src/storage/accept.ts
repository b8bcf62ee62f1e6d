import type { Database } from '../database/database.js';
import { labelsOf } from './message-label.js';
import { textArray } from './text-array.js';

/** A message to store. */
export interface NewMessage {
  readonly applicationId: string;
  /** Revision of the application that the deliveries were made from. */
  readonly revision: number;
  readonly id: string;
  readonly eventType: string;
  readonly eventId: string | null;
  readonly channels: readonly string[] | null;
  readonly tags: readonly string[] | null;
  /** One endpoint alone gets it, now or never. */
  readonly forOne: boolean;
  readonly payload: string;
  readonly headers: string | null;
  readonly payloadExpiresAt: Date | null;
  readonly deliverAt: Date | null;
  readonly createdAt: Date;
  /** The span that accepts it; null while tracing is off. */
  readonly traceParent: string | null;
  /** What the caller's idempotency key comes to, as a UUID; null without one. */
  readonly idempotencyKey: string | null;
  readonly deliveries: readonly NewDelivery[];
}

/** A delivery of a new message: taken by its accepting process (`owner`), or waiting from `dueAt` on. */
export interface NewDelivery {
  readonly endpointId: string;
  readonly owner: number | null;
  readonly dueAt: Date | null;
  /** A resend that stands for itself: no schedule goes with it. */
  readonly manual: boolean;
}

/** How long an idempotency key counts (spec: wire behaviour, section 5). */
export const IDEMPOTENCY_HOURS = 12;

/*
 * One statement, so one commit, for any number of messages. A message is stored only
 * - when its application still has the revision that its deliveries were made from,
 * - when its idempotency key is new (or too old to count),
 * - when its event id is new.
 * Its deliveries are stored with it. The ids of what was stored come back.
 */
const ACCEPT = { name: 'accept', plan: 'free', text: acceptText(false) } as const;
/** A second form that only batches with a traced message take. */
const ACCEPT_TRACED = { name: 'accept_traced', plan: 'free', text: acceptText(true) } as const;

function acceptText(traced: boolean): string {
  const [column, parameter] = traced ? [', trace_parent', ', $24::text[]'] : ['', ''];
  return `
with input as (
  select * from unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::uuid[]${parameter}
  ) as t(application_id, id, event_type, event_id, channels, tags, payload,
    headers, payload_expires_at, deliver_at, created_at, key${column})
),
living as materialized (
  select known.application_id
  from unnest($13::text[], $14::int8[]) as known(application_id, revision)
  cross join lateral (
    select 1 from application
    where id = known.application_id and revision = known.revision and deleted_at is null
    offset 0
  ) as same
),
valid as materialized (
  select * from input where application_id in (select application_id from living)
),
keyed as (
  insert into message_idempotency_key as held (application_id, key, message_id, created_at)
  select application_id, key, id, created_at from valid where key is not null
  order by application_id, key
  on conflict (application_id, key) do update
    set message_id = excluded.message_id, created_at = excluded.created_at
    where held.created_at < excluded.created_at - interval '${IDEMPOTENCY_HOURS} hours'
  returning message_id
),
stored as (
  insert into message (application_id, id, event_type, event_id, channels, tags, payload,
    headers, payload_expires_at, deliver_at, created_at${column})
  select application_id, id, event_type, event_id, channels::text[], tags::text[], payload,
    headers, payload_expires_at, deliver_at, created_at${column}
  from valid
  where key is null or id in (select message_id from keyed)
  order by application_id, event_id
  on conflict do nothing
  returning id
),
labelled as (
  insert into message_label (application_id, label, id)
  select given.application_id, given.label, given.id
  from unnest($21::text[], $22::text[], $23::text[]) as given(application_id, label, id)
  where given.id in (select id from stored)
),
fresh as materialized (
  select d.* from unnest(
    $15::text[], $16::text[], $17::text[], $18::int[], $19::timestamptz[], $20::int2[]
  ) as d(application_id, endpoint_id, message_id, owner, due_at, manual)
  where d.message_id in (select id from stored)
),
delivered as (
  insert into delivery (application_id, endpoint_id, message_id, status, owner, due_at, manual)
  select application_id, endpoint_id, message_id, 1, owner, due_at, manual from fresh
),
waiting as (
  insert into endpoint_work as work (application_id, endpoint_id, next_due_at)
  select application_id, endpoint_id, min(due_at) from fresh where due_at is not null
  group by application_id, endpoint_id
  order by application_id, endpoint_id
  on conflict (application_id, endpoint_id) do update
    set next_due_at = least(work.next_due_at, excluded.next_due_at)
)
select id from stored`;
}

/** Stores messages with their deliveries in one commit; gives the ids of those that were stored (see above). */
export async function insertMessages(
  database: Database,
  messages: readonly NewMessage[],
): Promise<Set<string>> {
  const revisions = new Map(messages.map((one) => [one.applicationId, one.revision]));
  const owned = messages.flatMap((message) => message.deliveries.map((delivery) => ({ message, delivery })));
  const labels = messages.flatMap((message) => labelsOf(message).map((label) => ({ message, label })));
  const isTraced = messages.some((one) => one.traceParent !== null);
  const rows = await database.run<{ id: string }>(isTraced ? ACCEPT_TRACED : ACCEPT, [
    messages.map((one) => one.applicationId),
    messages.map((one) => one.id),
    messages.map((one) => one.eventType),
    messages.map((one) => one.eventId),
    messages.map((one) => textArray(one.channels)),
    messages.map((one) => textArray(one.tags)),
    messages.map((one) => one.payload),
    messages.map((one) => one.headers),
    messages.map((one) => one.payloadExpiresAt),
    messages.map((one) => one.deliverAt),
    messages.map((one) => one.createdAt),
    messages.map((one) => one.idempotencyKey),
    [...revisions.keys()],
    [...revisions.values()],
    owned.map(({ message }) => message.applicationId),
    owned.map(({ delivery }) => delivery.endpointId),
    owned.map(({ message }) => message.id),
    owned.map(({ delivery }) => delivery.owner),
    owned.map(({ delivery }) => delivery.dueAt),
    owned.map(({ delivery }) => (delivery.manual ? 1 : 0)),
    labels.map(({ message }) => message.applicationId),
    labels.map(({ label }) => label),
    labels.map(({ message }) => message.id),
    ...(isTraced ? [messages.map((one) => one.traceParent)] : []),
  ]);
  return new Set(rows.map((row) => row.id));
}
