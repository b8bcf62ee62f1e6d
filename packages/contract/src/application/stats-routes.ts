import type { AppRouter } from '@ts-rest/core';
import { z } from 'zod';
import { operation } from '../shared/access.js';
import { applicationParams } from '../shared/ids.js';
import { instant } from '../shared/instant.js';
import { eventTypesFilter, queryFlag } from '../shared/query.js';
import { ActiveAppCount, AppAttemptStatsOut } from '../statistics/schemas.js';

const TAG = 'Application';

/** Figures of applications; part of the router in contract.ts. */
export const statsRoutes = {
  countActive: {
    method: 'GET',
    path: '/app/stats/count-active/',
    query: z.object({
      exclude_svix_play: queryFlag(true, 'When `true`, endpoints at play.svix.com do not count'),
      exclude_disabled: queryFlag(true, 'When `true`, disabled endpoints do not count'),
    }),
    responses: { 200: ActiveAppCount },
    summary: 'Count Active Apps',
    description: "How many of the environment's applications have an endpoint that counts.",
    metadata: operation(TAG, { kind: 'environment' }),
  },
  statsAttempts: {
    method: 'GET',
    path: '/app/:app_id/stats/attempts/',
    pathParams: applicationParams,
    query: z.object({
      since: instant.meta({ parameter: 'Start of the period' }),
      until: instant.meta({ parameter: 'End of the period' }),
      event_types: eventTypesFilter,
    }),
    responses: { 200: AppAttemptStatsOut },
    summary: 'Get App Attempts Stats',
    description:
      "The application's attempts of a period, in all and by event type. Counted are the whole 5 minutes that the period touches; whole hours where it is older than 3 days, whole days where it is older than 30. The answer says which.",
    metadata: operation(TAG, { kind: 'application', capabilities: ['ViewBase'] }),
  },
} as const satisfies AppRouter;
