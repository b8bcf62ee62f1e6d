import type { contract } from '@postrider/contract';
import type { Handlers } from '../../handlers.js';
import { countEndpoints } from '../../storage/endpoint-count.js';
import { startTask } from '../../tasks/kind.js';
import { eventTypeAggregateKind } from '../../tasks/usage.js';
import { toSeries } from '../activity-query.js';
import { presentStartedTask } from '../present-task.js';
import { describeActivity, startAppStats } from './service.js';

export const statisticsRoutes: Handlers<typeof contract.statistics> = {
  aggregateAppStats: async ({ ctx, caller, body }) => {
    const { task, unresolved } = await startAppStats(ctx, caller.environmentId, body);
    return { status: 202, body: { ...presentStartedTask(task), unresolvedAppIds: unresolved } };
  },
  aggregateEventTypes: async ({ ctx, caller }) => {
    const owner = { environmentId: caller.environmentId, applicationId: null, endpointId: null };
    const task = await startTask(ctx, ctx.database.kysely, eventTypeAggregateKind, owner, {});
    return { status: 202, body: presentStartedTask(task) };
  },
  endpointCount: async ({ ctx, caller, query }) => ({
    status: 200,
    body: await countEndpoints(ctx.database.kysely, caller.environmentId, {
      excludePlay: query.exclude_svix_play,
    }),
  }),
  appAttempts: async ({ ctx, application, query }) => ({
    status: 200,
    body: await describeActivity(ctx, application, toSeries(query, ctx.clock.now()), query.event_types),
  }),
};
