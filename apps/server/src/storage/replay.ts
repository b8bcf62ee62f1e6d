import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import { asResend, type IdRange } from './delivery.js';
import { FOR_ONE, hasLabels, type LabelFilter } from './message-label.js';
import { allOf } from './window.js';
import type { DeliveryKey } from './worker.js';

type EndpointKey = Pick<DeliveryKey, 'applicationId' | 'endpointId'>;

/** What a replay has to know of its endpoint. */
export interface ReplayTarget {
  readonly eventTypes: string[] | null;
  readonly channels: string[] | null;
  readonly throttleRate: number | null;
  readonly applicationThrottleRate: number | null;
  /** Deliveries of it that are due and that nobody has taken; counting ends at `most`. */
  readonly due: number;
}

/**
 * The endpoint, if it receives messages: then it does until the transaction ends. Who closes it waits for that, and then
 * cancels what the transaction has queued.
 */
export async function lockReplayTarget(
  transaction: Queryable,
  { applicationId, endpointId }: EndpointKey,
  now: Date,
  most: number,
): Promise<ReplayTarget | undefined> {
  const { rows } = await sql<ReplayTarget>`
    select endpoint.event_types as "eventTypes", endpoint.channels, endpoint.throttle_rate as "throttleRate",
      application.throttle_rate as "applicationThrottleRate",
      (select count(*)::int4 from (
        select from delivery
        where application_id = ${applicationId} and endpoint_id = ${endpointId} and due_at <= ${now}::timestamptz
        limit ${most}
      ) as waiting) as due
    from endpoint
    join application on application.id = endpoint.application_id
    where endpoint.application_id = ${applicationId} and endpoint.id = ${endpointId}
      and not endpoint.disabled and endpoint.deleted_at is null and application.deleted_at is null
    for share of endpoint`.execute(transaction);
  return rows[0];
}

/** How much one portion of a replay looks at and queues. */
export interface Portion {
  readonly scan: number;
  readonly room: number;
  readonly now: Date;
}

/** What became of a portion. */
export interface Queued {
  readonly count: number;
  /** Up to where everything is done; null when that is the end of the range. */
  readonly last: string | null;
}

interface PortionRow {
  readonly count: number;
  readonly fit: number;
  readonly scanned: number;
  readonly lastFit: string | null;
  readonly lastScanned: string | null;
}

const figures = sql`
  (select count(*)::int4 from queued) as count,
  (select count(*)::int4 from fit) as fit, (select max(message_id) from fit) as "lastFit",
  (select count(*)::int4 from page) as scanned, (select max(message_id) from page) as "lastScanned"`;

const toQueued = (row: PortionRow | undefined, { scan, room }: Portion): Queued => {
  if (!row) return { count: 0, last: null };
  if (row.fit === room) return { count: row.count, last: row.lastFit };
  return { count: row.count, last: row.scanned < scan ? null : row.lastScanned };
};

/** Which of the messages that an endpoint got, or that wait for it, are sent again. */
export interface ReplayFilter extends LabelFilter {
  /** Status of the delivery; undefined: any but pending. */
  readonly status?: number | undefined;
  /** First of the hundred of the newest attempt's status code; 0: no answer came. */
  readonly statusCodeClass?: number | undefined;
}

/**
 * Queues a resend of messages of the range that the endpoint got, oldest first, due now. Left out are those that a resend
 * waits for or that somebody has under way, and those whose payload is not kept any more. Nobody is waited for.
 */
export async function queueDelivered(
  transaction: Queryable,
  { applicationId, endpointId }: EndpointKey,
  { over, under }: IdRange,
  filter: ReplayFilter,
  portion: Portion,
): Promise<Queued> {
  const { rows } = await sql<PortionRow>`
    with page as materialized (
      select message_id, status, manual, owner from delivery
      where application_id = ${applicationId} and endpoint_id = ${endpointId}
        and message_id > ${over} and message_id < ${under}
      order by message_id
      limit ${portion.scan}
    ),
    fit as materialized (
      select page.message_id from page
      cross join lateral (
        select * from message where application_id = ${applicationId} and id = page.message_id offset 0
      ) as message
      ${newestAttempt(applicationId, endpointId, filter)}
      where page.manual = 0 and page.owner is null and message.payload is not null
        and ${allOf(conditionsOf(filter))}
      order by page.message_id
      limit ${portion.room}
    ),
    free as materialized (
      select message_id from delivery
      where application_id = ${applicationId} and endpoint_id = ${endpointId}
        and message_id = any(array(select message_id from fit)) and manual = 0 and owner is null
      order by message_id
      for update skip locked
    ),
    queued as (
      update delivery set ${asResend('delivery', portion.now)}
      where application_id = ${applicationId} and endpoint_id = ${endpointId}
        and message_id = any(array(select message_id from free))
      returning message_id
    )
    select ${figures}`.execute(transaction);
  return toQueued(rows[0], portion);
}

const newestAttempt = (applicationId: string, endpointId: string, { statusCodeClass }: ReplayFilter) =>
  statusCodeClass === undefined
    ? sql``
    : sql`cross join lateral (
        select status_code from attempt
        where application_id = ${applicationId} and message_id = page.message_id
          and coalesce(endpoint_id = ${endpointId}, false)
        order by id desc limit 1
      ) as newest`;

function conditionsOf({ status, statusCodeClass, ...labels }: ReplayFilter): RawBuilder<unknown>[] {
  const { eventTypes } = labels;
  return [
    status === undefined ? sql`page.status <> 1` : sql`page.status = ${status}`,
    ...(statusCodeClass === undefined
      ? []
      : [sql`newest.status_code between ${statusCodeClass} and ${statusCodeClass + 99}`]),
    ...(eventTypes === undefined ? [] : [sql`message.event_type = any(${[...eventTypes]}::text[])`]),
    ...hasLabels(labels),
  ];
}

/**
 * Queues messages of the range that the endpoint listens to by now and that it was never sent, oldest first, due now.
 * Those that are dated ahead, whose payload is not kept any more or that were made for one endpoint alone are left out.
 */
export async function queueMissing(
  transaction: Queryable,
  { applicationId, endpointId }: EndpointKey,
  { over, under }: IdRange,
  { eventTypes, channels }: Pick<ReplayTarget, 'eventTypes' | 'channels'>,
  portion: Portion,
): Promise<Queued> {
  const { now } = portion;
  const { rows } = await sql<PortionRow>`
    with page as materialized (
      select id as message_id, event_type, channels, payload is not null as kept, deliver_at from message
      where application_id = ${applicationId} and id > ${over} and id < ${under}
      order by id
      limit ${portion.scan}
    ),
    fit as materialized (
      select page.message_id from page
      cross join lateral (
        select
          exists (
            select from delivery
            where application_id = ${applicationId} and endpoint_id = ${endpointId}
              and message_id = page.message_id
              and not (status = 4 and attempts = 0 and manual = 0 and owner is null)
          )
          or exists (
            select from attempt
            where application_id = ${applicationId} and message_id = page.message_id
              and coalesce(endpoint_id = ${endpointId}, false)
          )
          or exists (
            select from message_label
            where application_id = ${applicationId} and label = ${FOR_ONE} and id = page.message_id
          ) as known
        offset 0
      ) as sent
      where page.kept and not sent.known and (page.deliver_at is null or page.deliver_at <= ${now}::timestamptz)
        and (${eventTypes}::text[] is null or page.event_type = any(${eventTypes}::text[]))
        and (${channels}::text[] is null or page.channels && ${channels}::text[])
      order by page.message_id
      limit ${portion.room}
    ),
    queued as (
      insert into delivery (application_id, endpoint_id, message_id, status, due_at, manual)
      select ${applicationId}, ${endpointId}, message_id, 1, ${now}::timestamptz, 1 from fit
      on conflict (application_id, endpoint_id, message_id) do update set ${asResend('delivery', now)}
        where delivery.status = 4 and delivery.manual = 0 and delivery.owner is null
      returning message_id
    )
    select ${figures}`.execute(transaction);
  return toQueued(rows[0], portion);
}
