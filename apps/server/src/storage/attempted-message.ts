import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import type { Message } from './message.js';
import { hasEventType, hasLabels, type LabelFilter } from './message-label.js';
import { messageColumns } from './message-list.js';
import { rareMessages } from './message-walk.js';
import type { Page } from './page.js';
import { allOf, cutWindow, opaque, type Window, walk, within } from './window.js';

/** How a delivery stands. */
export interface DeliveryState {
  /** 0 success, 1 pending, 2 fail, 3 sending, 4 canceled. */
  readonly delivery_status: number;
  /** When it is tried next by the schedule; null where it will not be. */
  readonly next_attempt_at: Date | null;
}

/** A message as one endpoint got it. */
export type AttemptedMessage = Message & DeliveryState;

export interface AttemptedFilter extends LabelFilter {
  readonly status?: number | undefined;
  /** Whether messages that were canceled before their first attempt are listed without being asked for. */
  readonly includeUntriedCanceled: boolean;
  readonly withContent: boolean;
}

interface EndpointKey {
  readonly applicationId: string;
  readonly endpointId: string;
}

/** Where the deliveries come from, as `delivery`, and the column of their order. */
interface Source {
  readonly from: RawBuilder<unknown>;
  readonly id: RawBuilder<unknown>;
}

/** Up to so many deliveries that may have the wanted status are looked up one by one. */
const MAX_CANDIDATES = 20_000;
/** How many more of them may come while they are counted. */
const MARGIN = 1_000;

/** When a delivery is tried next: by the schedule, or for the first time where the message is dated ahead. */
export const nextAttemptAt = sql`case
  when delivery.retry_at is not null then delivery.retry_at
  when delivery.status = 1 and delivery.owner is null and message.deliver_at is not null then delivery.due_at
end`;

/**
 * Whether an attempt was made. What is pending has none but where it was resent, which notes when the schedule begins;
 * what was canceled may have none.
 */
export const wasTried = sql`(
  delivery.status in (0, 2, 3)
  or (delivery.status = 1 and delivery.retry_at is not null and delivery.manual = 0)
  or (delivery.status = 4 and delivery.attempts > 0)
)`;

/**
 * Messages that may stand so with the endpoint, and surely all that do, from an index that has few others, up to a
 * limit. Undefined for a status that is not rare, or has no such index: `delivery` has none with the status, since the
 * usual path changes it. In the order of the index, so that the planner takes no other way.
 */
function candidatesFor(status: number | undefined, { applicationId, endpointId }: EndpointKey) {
  const own = sql`application_id = ${applicationId} and endpoint_id = ${endpointId}`;
  const waiting = (limit: number) => sql`(
    select message_id from delivery where ${own} and due_at is not null order by due_at limit ${limit}
  )`;
  // What was born claimed is due at no time; it is not older than what its process has under way.
  const born = (limit: number) => sql`(
    select message_id from delivery where ${own} and message_id >= (select min(settled_before) from worker)
    order by message_id limit ${limit}
  )`;
  const failed = (limit: number) => sql`(
    select message_id from attempt where ${own} and status = 2 order by id limit ${limit}
  )`;
  if (status === 1) return (limit: number) => sql`${waiting(limit)} union all ${born(limit)}`;
  return status === 2 ? failed : status === 3 ? waiting : undefined;
}

/**
 * Where to look: at the few messages one by one that may have the status, or that have a rare label or type, if they
 * are few; else at the endpoint's deliveries in their order.
 */
async function chooseSource(
  database: Queryable,
  key: EndpointKey,
  filter: AttemptedFilter,
  window: Window,
): Promise<Source> {
  const everything = { from: sql`delivery`, id: sql`delivery.message_id` };
  const candidates = candidatesFor(filter.status, key);
  const labelled = await rareMessages(database, key.applicationId, filter);
  if (labelled) return oneByOne(key, labelled, window);
  if (!candidates) return everything;
  const { rows } = await sql<{ count: number }>`
    select count(*)::int4 as count from (${candidates(MAX_CANDIDATES + 1)}) as candidate`.execute(database);
  const count = rows[0]?.count ?? 0;
  return count > MAX_CANDIDATES ? everything : oneByOne(key, candidates(count + MARGIN), window);
}

/** The deliveries of some messages, which are a query with the column `message_id`. */
function oneByOne({ applicationId, endpointId }: EndpointKey, messages: RawBuilder<unknown>, window: Window) {
  const id = sql`candidate.message_id`;
  const from = sql`(
      select distinct message_id from (${messages}) as candidate where ${within(id, window)}
      order by message_id ${sql.raw(window.fromOldest ? 'asc' : 'desc')} offset 0
    ) as candidate
    cross join lateral (
      select * from delivery
      where application_id = ${applicationId} and endpoint_id = ${endpointId}
        and message_id = candidate.message_id offset 0
    ) as delivery`;
  return { from, id };
}

/**
 * Messages that the endpoint was sent, newest first. Without a status those with an attempt: one that waits for its
 * first try is listed only where pending ones are asked for.
 */
export async function listAttemptedMessages(
  database: Queryable,
  key: EndpointKey,
  filter: AttemptedFilter,
  window: Window,
): Promise<Page<AttemptedMessage>> {
  const { status, includeUntriedCanceled } = filter;
  const source = await chooseSource(database, key, filter, window);
  const listed = includeUntriedCanceled ? sql`(${wasTried} or delivery.status = 4)` : wasTried;
  const conditions = [
    sql`delivery.application_id = ${key.applicationId}`,
    sql`delivery.endpoint_id = ${key.endpointId}`,
    within(sql`delivery.message_id`, window),
    opaque(status === undefined ? listed : sql`delivery.status = ${status}`),
    ...hasEventType(sql`message.event_type`, filter).map(opaque),
    ...hasLabels(filter).map(opaque),
  ];
  const { rows } = await sql<AttemptedMessage>`
    select ${messageColumns(filter.withContent)}, delivery.status as delivery_status,
      ${nextAttemptAt} as next_attempt_at
    from ${source.from}
    cross join lateral (
      select * from message
      where application_id = delivery.application_id and id = delivery.message_id offset 0
    ) as message
    where ${allOf(conditions)} ${walk(source.id, window)}`.execute(database);
  return cutWindow(window, rows);
}
