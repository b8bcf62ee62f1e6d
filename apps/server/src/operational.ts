import { ID_PREFIX, type OperationalEvent } from '@postrider/contract';
import type { Context } from './context.js';
import type { Queryable } from './database/database.js';
import { createId } from './ids.js';
import { events as log } from './observability/events.js';
import { type Announcement, insertAnnouncements } from './storage/announcement.js';
import { OPERATIONAL_ENVIRONMENT } from './storage/operational.js';

/**
 * An event of an instant as it is stored; undefined for what happens to operational endpoints themselves, which is told to nobody:
 * it would never end.
 */
export function toAnnouncement(
  environmentId: string,
  event: OperationalEvent,
  createdAt: Date,
): Announcement | undefined {
  if (environmentId === OPERATIONAL_ENVIRONMENT) return undefined;
  return {
    environmentId,
    id: createId(ID_PREFIX.message, createdAt),
    type: event.type,
    payload: JSON.stringify(event),
    createdAt,
  };
}

/** Reports announcements that were stored; `heard` has the ids of those that somebody listens to. */
export function reportHeard(
  ctx: Context,
  announcements: readonly Announcement[],
  heard: readonly string[],
): void {
  for (const { id, environmentId, type } of announcements) {
    if (heard.includes(id)) log.operationalEventStored(ctx, { environmentId, type, messageId: id });
  }
}

/**
 * Tells the environment's operational endpoints what happens, in the transaction in which it does: there is no event
 * without its change, and no change without its event. Where nobody listens nothing is written. It is the last thing
 * that a transaction does, once, with all of its events: so locks keep their order.
 *
 * Gives whether somebody listens: then deliveries are due as soon as the transaction is committed, and the caller says
 * so to the dispatcher. (One that does not makes them wait for half a second.)
 */
export async function announce(
  ctx: Context,
  transaction: Queryable,
  environmentId: string,
  events: readonly OperationalEvent[],
): Promise<boolean> {
  const now = ctx.clock.now();
  const announcements = events.flatMap((event) => toAnnouncement(environmentId, event, now) ?? []);
  if (announcements.length === 0) return false;
  const heard = await insertAnnouncements(transaction, announcements);
  reportHeard(ctx, announcements, heard);
  return heard.length > 0;
}
