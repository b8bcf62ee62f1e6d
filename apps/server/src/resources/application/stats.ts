import type { AppAttemptStatsOut } from '@postrider/contract';
import type { RequestContext } from '../../context.js';
import { type Stretch, sumEventTypes } from '../../storage/activity.js';
import type { Application } from '../../storage/application.js';
import { checkOrder, toRows } from '../activity-query.js';

/**
 * The application's attempts of a period, in all and by event type.
 *
 * @throws InvalidInputError when the period ends before it begins
 */
export async function countAttempts(
  ctx: RequestContext,
  application: Application,
  period: Stretch,
  eventTypes: readonly string[] | undefined,
): Promise<AppAttemptStatsOut> {
  checkOrder(period, 'query', 'until');
  const counted = toRows(period, ctx.clock.now());
  const rows = await sumEventTypes(ctx.database.kysely, application.id, counted, eventTypes);
  const total = (figure: 'success' | 'fail' | 'canceled') => rows.reduce((sum, row) => sum + row[figure], 0);
  return {
    by_event_type: Object.fromEntries(
      rows.map(({ eventType, success, fail, canceled }) => [eventType, { success, failure: fail, canceled }]),
    ),
    total_success: total('success'),
    total_failure: total('fail'),
    total_canceled: total('canceled'),
    since: counted.since.toISOString(),
    until: counted.until.toISOString(),
  };
}
