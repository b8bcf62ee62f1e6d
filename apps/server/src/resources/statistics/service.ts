import type { AppUsageStatsIn, AttemptStatisticsResponse } from '@postrider/contract';
import type { RequestContext } from '../../context.js';
import { invalidInput } from '../../errors.js';
import { sumOverTime } from '../../storage/activity.js';
import type { Application } from '../../storage/application.js';
import type { BackgroundTask } from '../../storage/background-task.js';
import { findApplicationIds } from '../../storage/usage.js';
import { startTask } from '../../tasks/kind.js';
import { appStatsKind } from '../../tasks/usage.js';
import { checkOrder, type Series, toRows } from '../activity-query.js';

/** The application's attempts over time; of the given event types, or of all. */
export async function describeActivity(
  ctx: RequestContext,
  application: Application,
  series: Series,
  eventTypes: readonly string[] | undefined,
): Promise<AttemptStatisticsResponse> {
  const { since, until, period, span, points } = series;
  const rows = await sumOverTime(ctx.database.kysely, application.id, series, span, eventTypes);
  const figures = (which: 'success' | 'fail' | 'canceled') => {
    const values = Array.from({ length: points }, () => 0);
    for (const row of rows) values[(row.at.getTime() - since.getTime()) / (span * 1000)] = row[which];
    return values;
  };
  return {
    startDate: since.toISOString(),
    endDate: until.toISOString(),
    period,
    data: {
      successCount: figures('success'),
      failureCount: figures('fail'),
      canceledCount: figures('canceled'),
    },
  };
}

/**
 * Starts a task that counts the attempts of applications.
 *
 * @throws InvalidInputError when the period ends before it begins, or when none of the ids names an application
 */
export async function startAppStats(
  ctx: RequestContext,
  environmentId: string,
  input: AppUsageStatsIn,
): Promise<{ task: BackgroundTask; unresolved: string[] }> {
  checkOrder(input, 'body', 'until');
  const { since, until } = toRows(input, ctx.clock.now());
  const given = input.appIds ?? undefined;
  const known = given && (await findApplicationIds(ctx.database.kysely, environmentId, given));
  if (known?.size === 0) throw invalidInput(['body', 'appIds'], 'None of these is an application');
  const task = await startTask(
    ctx,
    ctx.database.kysely,
    appStatsKind,
    { environmentId, applicationId: null, endpointId: null },
    {
      since: since.toISOString(),
      until: until.toISOString(),
      applicationIds: known ? [...known.values()] : null,
    },
  );
  return { task, unresolved: (given ?? []).filter((one) => !known?.has(one)) };
}
