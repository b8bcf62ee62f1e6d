import type { Database } from '../database/database.js';
import { ANNOUNCE_PARTS, type Announcement } from './announcement.js';

/** An attempt that was made, and what becomes of its delivery. */
export interface NewAttempt {
  readonly applicationId: string;
  readonly messageId: string;
  readonly endpointId: string;
  readonly id: string;
  readonly eventType: string;
  readonly url: string;
  readonly status: 0 | 2;
  readonly statusCode: number;
  readonly durationMs: number;
  readonly manual: boolean;
  readonly response: string | null;
  readonly signature: string | null;
  readonly responseHeaders: string | null;
  readonly sentHeaders: string | null;
  readonly createdAt: Date;
  /** Who made it, under which lease: an outcome under another lease than the delivery's changes nothing. */
  readonly owner: number;
  readonly lease: number;
  /** Status of the delivery from now on; null: a failed resend, which leaves the schedule as it was. */
  readonly nextStatus: 0 | 2 | 3 | null;
  /** When the schedule goes on. */
  readonly retryAt: Date | null;
  /** What is told about it where it counts; see `Announcement`. */
  readonly announcement?: Announcement;
}

/** What the statement has besides where something is to be told. */
interface Told {
  /** Of the input, after those of the attempts. */
  readonly types: string;
  readonly columns: string;
  /** Parts of the statement that store it. */
  readonly told: string;
  /** What is due. */
  readonly due: string;
  /** Ids of what somebody listens to. */
  readonly announced: string;
}

/*
 * One statement, so one commit, for any number of attempts. Doing it twice does no harm: the attempt is there already
 * and the delivery has no owner any more. What is due again is noted in endpoint_work: for when it is due, or for at
 * once where the endpoint was closed meanwhile, so that it is canceled. What was canceled under way stays so unless it
 * has succeeded.
 */
const recordText = ({ types, columns, told, due, announced }: Told) => `
with input as materialized (
  select * from unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int2[], $8::int2[], $9::int4[],
    $10::int2[], $11::text[], $12::text[], $13::text[], $14::text[], $15::timestamptz[], $16::int4[], $17::int4[],
    $18::int2[], $19::timestamptz[]${types}
  ) as t(application_id, message_id, endpoint_id, id, event_type, url, status, status_code, duration_ms,
    manual, response, signature, response_headers, sent_headers, created_at, owner, lease, next_status, retry_at${columns})
),
made as (
  insert into attempt (application_id, message_id, id, endpoint_id, event_type, url, status, status_code,
    duration_ms, trigger_type, response, signature, response_headers, sent_headers, created_at)
  select application_id, message_id, id, endpoint_id, event_type, url, status, status_code,
    duration_ms, manual, response, signature, response_headers, sent_headers, created_at
  from input
  on conflict do nothing
),
settled as (
  update delivery set
    status = case
      when delivery.status = 4 and input.next_status = 3 then 4
      else coalesce(input.next_status,
        case when delivery.retry_at is not null or delivery.status = 0 then delivery.status else 2 end)
    end,
    attempts = delivery.attempts + 1 - input.manual,
    manual = greatest(delivery.manual - input.manual, 0),
    retry_at = case
      when delivery.status = 4 then null
      when input.next_status is null then delivery.retry_at
      else input.retry_at
    end,
    due_at = case
      when delivery.manual > input.manual then input.created_at
      when delivery.status = 4 then null
      when input.next_status is null then delivery.retry_at
      else input.retry_at
    end,
    owner = null
  from input
  where delivery.application_id = input.application_id and delivery.endpoint_id = input.endpoint_id
    and delivery.message_id = input.message_id
    and delivery.owner = input.owner and delivery.lease = input.lease
  returning delivery.application_id, delivery.endpoint_id, delivery.due_at, input.created_at,
    delivery.status${columns}
),${told}
waiting as (
  insert into endpoint_work as work (application_id, endpoint_id, next_due_at)
  select due.application_id, due.endpoint_id, case when target.closed then due.created_at else due.due_at end
  from (
    select application_id, endpoint_id, min(due_at) as due_at, min(created_at) as created_at
    from ${due} group by application_id, endpoint_id
  ) as due
  cross join lateral (
    select (
      exists (select 1 from endpoint
        where application_id = due.application_id and id = due.endpoint_id
          and (disabled or deleted_at is not null))
      or exists (select 1 from application where id = due.application_id and deleted_at is not null)
    ) as closed offset 0
  ) as target
  order by due.application_id, due.endpoint_id
  on conflict (application_id, endpoint_id) do update
    set next_due_at = least(work.next_due_at, excluded.next_due_at)
  returning work.next_due_at
)
select min(next_due_at) as next_due_at, ${announced} as announced from waiting`;

const RECORD = {
  name: 'record',
  plan: 'keyed',
  text: recordText({
    types: '',
    columns: '',
    told: '',
    due: 'settled where due_at is not null',
    announced: 'null::text[]',
  }),
} as const;

/*
 * The same where something is to be told about some of the attempts: about those that count, under the lease of their
 * delivery. The few batches that have such attempts pay for it, the others do not.
 */
const RECORD_AND_TELL = {
  name: 'record_and_tell',
  plan: 'keyed',
  text: recordText({
    types: ', $20::text[], $21::text[], $22::text[], $23::text[]',
    columns: ', told_environment, told_id, told_type, told_payload',
    told: `
told as materialized (
  select told_environment as environment_id, told_id as id, told_type as type, told_payload as payload, created_at
  from settled
  where told_id is not null and status <> 4
),
${ANNOUNCE_PARTS.trim()},`,
    due: `(
      select application_id, endpoint_id, due_at, created_at from settled where due_at is not null
      union all
      select application_id, endpoint_id, created_at, created_at from listening
    ) as both_due`,
    announced: 'array(select distinct id from listening)',
  }),
} as const;

/** What came of recording. */
export interface Recorded {
  /** When the first of the deliveries is due again. */
  readonly nextDueAt: Date | undefined;
  /** What was told: ids of announcements that somebody listens to. */
  readonly announced: readonly string[];
}

interface Row {
  next_due_at: Date | null;
  announced: string[] | null;
}

/** Writes attempts, the next state of their deliveries, and what is told about them. */
export async function recordAttempts(database: Database, attempts: readonly NewAttempt[]): Promise<Recorded> {
  const parameters = [
    attempts.map((one) => one.applicationId),
    attempts.map((one) => one.messageId),
    attempts.map((one) => one.endpointId),
    attempts.map((one) => one.id),
    attempts.map((one) => one.eventType),
    attempts.map((one) => one.url),
    attempts.map((one) => one.status),
    attempts.map((one) => one.statusCode),
    attempts.map((one) => one.durationMs),
    attempts.map((one) => (one.manual ? 1 : 0)),
    attempts.map((one) => one.response),
    attempts.map((one) => one.signature),
    attempts.map((one) => one.responseHeaders),
    attempts.map((one) => one.sentHeaders),
    attempts.map((one) => one.createdAt),
    attempts.map((one) => one.owner),
    attempts.map((one) => one.lease),
    attempts.map((one) => one.nextStatus),
    attempts.map((one) => one.retryAt),
  ];
  const [row] = attempts.every((one) => one.announcement === undefined)
    ? await database.run<Row>(RECORD, parameters)
    : await database.run<Row>(RECORD_AND_TELL, [
        ...parameters,
        attempts.map((one) => one.announcement?.environmentId ?? null),
        attempts.map((one) => one.announcement?.id ?? null),
        attempts.map((one) => one.announcement?.type ?? null),
        attempts.map((one) => one.announcement?.payload ?? null),
      ]);
  return { nextDueAt: row?.next_due_at ?? undefined, announced: row?.announced ?? [] };
}
