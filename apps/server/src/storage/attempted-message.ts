import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import type { Message } from './message.js';
import { hasEventType, hasLabels, type LabelFilter } from './message-label.js';
import { messageColumns } from './message-list.js';
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
 * The endpoint's deliveries of the window, by the index that has those of the status in their order. Of the pending ones
 * those that were born claimed are not in it; they are not older than what their process has under way.
 */
function deliveriesOf(key: EndpointKey, status: number | undefined, window: Window) {
  const own = sql`application_id = ${key.applicationId} and endpoint_id = ${key.endpointId}`;
  const inWindow = within(sql`message_id`, window);
  const listed = sql`select * from delivery where ${own} and listed_status = ${status} and ${inWindow}`;
  if (status === undefined || status === 0) return sql`select * from delivery where ${own} and ${inWindow}`;
  if (status !== 1) return listed;
  const inOrder = sql`order by message_id ${sql.raw(window.fromOldest ? 'asc' : 'desc')}`;
  return sql`(${listed} ${inOrder} offset 0) union all (
    select * from delivery
    where ${own} and ${inWindow} and message_id >= (select min(settled_before) from worker)
      and status = 1 and listed_status is null
    ${inOrder} offset 0
  )`;
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
  const listed = includeUntriedCanceled ? sql`(${wasTried} or delivery.status = 4)` : wasTried;
  const id = sql`delivery.message_id`;
  const conditions = [
    opaque(status === undefined ? listed : sql`delivery.status = ${status}`),
    ...hasEventType(sql`message.event_type`, filter).map(opaque),
    ...hasLabels(filter).map(opaque),
  ];
  const { rows } = await sql<AttemptedMessage>`
    select ${messageColumns(filter.withContent)}, delivery.status as delivery_status,
      ${nextAttemptAt} as next_attempt_at
    from (${deliveriesOf(key, status, window)}) as delivery
    cross join lateral (
      select * from message
      where application_id = delivery.application_id and id = delivery.message_id offset 0
    ) as message
    where ${allOf(conditions)} ${walk(id, window)}`.execute(database);
  return cutWindow(window, rows);
}
