import type { RetryScheduleInOut } from '@postrider/contract';
import type { RequestContext } from '../../context.js';
import { notFound } from '../../errors.js';
import { events } from '../../observability/events.js';
import { findRetrySchedule, updateRetrySchedule } from '../../storage/retry-schedule.js';

/**
 * The event type's own retry schedule, as it was given.
 *
 * @throws AppError 404
 */
export async function readRetrySchedule(
  ctx: RequestContext,
  environmentId: string,
  name: string,
): Promise<RetryScheduleInOut> {
  const schedule = await findRetrySchedule(ctx.database.kysely, environmentId, name);
  if (schedule === undefined) throw notFound();
  return { retrySchedule: schedule === null ? null : [...schedule] };
}

/**
 * Gives the event type a retry schedule of its own, or takes it away. Every process knows within a second; it counts for
 * attempts that fail from then on, also of messages under way.
 *
 * @throws AppError 404
 */
export async function writeRetrySchedule(
  ctx: RequestContext,
  environmentId: string,
  name: string,
  { retrySchedule }: RetryScheduleInOut,
): Promise<RetryScheduleInOut> {
  const schedule = retrySchedule ?? null;
  const now = ctx.clock.now();
  if (!(await updateRetrySchedule(ctx.database.kysely, environmentId, name, schedule, now))) throw notFound();
  events.eventTypeUpdated(ctx, { environmentId, eventType: name });
  return { retrySchedule: schedule };
}
