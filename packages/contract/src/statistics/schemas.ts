import { z } from 'zod';
import { startedTask } from '../shared/background-task.js';
import { name, timestamp, uniqueList } from '../shared/fields.js';
import { instant } from '../shared/instant.js';

const count = z.int().min(0);

/** Length of one step of a series. */
export const StatisticsPeriod = z.enum(['OneDay', 'OneHour', 'FiveMinutes']).meta({ id: 'StatisticsPeriod' });
export type StatisticsPeriod = z.infer<typeof StatisticsPeriod>;

const series = z.array(count).nullable();

/** Series of one length: the figure at place n is that of the n-th period from the start. */
export const AttemptStatisticsData = z
  .object({ successCount: series, failureCount: series, canceledCount: series })
  .meta({ id: 'AttemptStatisticsData' });

export const AttemptStatisticsResponse = z
  .object({
    startDate: timestamp.meta({ description: 'Start of the first period.' }),
    endDate: timestamp.meta({ description: 'End of the last period.' }),
    period: StatisticsPeriod,
    data: AttemptStatisticsData,
  })
  .meta({ id: 'AttemptStatisticsResponse' });
export type AttemptStatisticsResponse = z.infer<typeof AttemptStatisticsResponse>;

export const AppAttemptEventTypeStats = z
  .object({ success: count, failure: count, canceled: count })
  .meta({ id: 'AppAttemptEventTypeStats' });

export const AppAttemptStatsOut = z
  .object({
    by_event_type: z.record(z.string(), AppAttemptEventTypeStats),
    total_success: count,
    total_failure: count,
    total_canceled: count,
    since: timestamp.meta({ description: 'Start of what was counted.' }),
    until: timestamp.meta({ description: 'End of what was counted.' }),
  })
  .meta({ id: 'AppAttemptStatsOut' });
export type AppAttemptStatsOut = z.infer<typeof AppAttemptStatsOut>;

export const ActiveAppCount = z.object({ count }).meta({ id: 'ActiveAppCount' });

export const EndpointCountOut = z.object({ active: count, disabled: count }).meta({ id: 'EndpointCountOut' });

export const AppUsageStatsIn = z
  .object({
    since: instant.meta({ description: 'Start of the period.' }),
    until: instant.meta({ description: 'End of the period.' }),
    appIds: uniqueList(name())
      .nullish()
      .meta({ description: 'Ids or uids of the applications; all of the environment by default.' }),
  })
  .meta({ id: 'AppUsageStatsIn' });
export type AppUsageStatsIn = z.infer<typeof AppUsageStatsIn>;

export const AppUsageStatsOut = startedTask('AppUsageStats')
  .extend({
    unresolvedAppIds: z
      .array(z.string())
      .meta({ description: 'What of `appIds` names no application; the others are counted.' }),
  })
  .meta({ id: 'AppUsageStatsOut' });

export const AggregateEventTypesOut = startedTask('AggregateEventTypesOut');
