import { z } from 'zod';
import { c } from '../rest.js';
import { operation } from '../shared/access.js';
import { errorResponses } from '../shared/errors.js';
import { idempotencyHeaders } from '../shared/headers.js';
import { applicationParams } from '../shared/ids.js';
import { instant } from '../shared/instant.js';
import { eventTypesFilter, queryFlag } from '../shared/query.js';
import {
  AggregateEventTypesOut,
  AppUsageStatsIn,
  AppUsageStatsOut,
  AttemptStatisticsResponse,
  EndpointCountOut,
  StatisticsPeriod,
} from './schemas.js';

const TAG = 'Statistics';
const OPERATOR = operation(TAG, { kind: 'environment' });

export const statistics = c.router(
  {
    aggregateAppStats: {
      method: 'POST',
      path: '/stats/usage/app/',
      headers: idempotencyHeaders,
      body: AppUsageStatsIn,
      responses: { 202: AppUsageStatsOut },
      summary: 'Aggregate App Stats',
      description:
        'Count, in the background, the attempts of applications in a period. The finished task has `appStats` in its data: `appId`, `appUid` and `messageDestinations` of each.',
      metadata: OPERATOR,
    },
    aggregateEventTypes: {
      method: 'PUT',
      path: '/stats/usage/event-types/',
      body: c.noBody(),
      responses: { 202: AggregateEventTypesOut },
      summary: 'Aggregate Event Types',
      description:
        'Gather, in the background, the event types that the endpoints of each application listen to. The finished task has `event_types` in its data: `appId`, `explicitlySubscribedEventTypes` and `hasCatchAllEndpoint` of each.',
      metadata: OPERATOR,
    },
    endpointCount: {
      method: 'GET',
      path: '/stats/endpoint/count/',
      query: z.object({
        exclude_svix_play: queryFlag(true, 'When `true`, endpoints at play.svix.com do not count'),
      }),
      responses: { 200: EndpointCountOut },
      summary: 'Count Endpoints',
      description: "The environment's endpoints, those that are disabled apart.",
      metadata: OPERATOR,
    },
    appAttempts: {
      method: 'GET',
      path: '/stats/app/:app_id/attempt/',
      pathParams: applicationParams,
      query: z.object({
        startDate: instant.optional().meta({
          parameter:
            'Start of the series. By default a day before the end for FiveMinutes, 7 days for OneHour, 28 days for OneDay',
        }),
        endDate: instant.optional().meta({ parameter: 'End of the series; now by default' }),
        period: StatisticsPeriod.optional().meta({
          parameter:
            'Length of one step, OneDay by default. FiveMinutes reach back 3 days, OneHour 30, OneDay the whole retention',
        }),
        event_types: eventTypesFilter,
      }),
      responses: { 200: AttemptStatisticsResponse },
      summary: 'Get App Attempt Stats',
      description:
        "The application's attempts over time, in parallel series that begin at `startDate`. Periods lie in UTC, and those at both ends are whole.",
      metadata: operation(TAG, { kind: 'application', capabilities: ['ViewBase'] }),
    },
  },
  { commonResponses: errorResponses, strictStatusCodes: true, pathPrefix: '/api/v1' },
);
