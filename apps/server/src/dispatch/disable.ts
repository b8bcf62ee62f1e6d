import type { Context } from '../context.js';
import { events } from '../observability/events.js';
import {
  clearFirstFailure,
  type DisableReason,
  disableEndpoint,
  noteFailure,
} from '../storage/endpoint-health.js';
import type { KnownEndpoint } from './application-cache.js';
import type { Delivered } from './deliver.js';

/**
 * What an outcome means for the endpoint as a whole (spec: wire behaviour, section 7.6, kept in the database):
 * - 410, or the reply header `webhook-delivery: disable`, disables it at once,
 * - a message that failed to the end starts a clock, unless it runs; when one fails to the end after it ran out, the
 *   endpoint is disabled,
 * - a success stops the clock.
 */
export async function judgeEndpoint(
  ctx: Context,
  endpoint: KnownEndpoint,
  { outcome, exhausted }: Delivered,
): Promise<void> {
  const { applicationId, id: endpointId } = endpoint;
  if (outcome.kind !== 'failure' && outcome.endpoint.disable) {
    return disable(ctx, endpoint, outcome.endpoint.why);
  }
  if (outcome.kind === 'success') {
    if (endpoint.firstFailureAt === null) return;
    await clearFirstFailure(ctx.database.kysely, applicationId, endpointId);
    return;
  }
  if (!exhausted) return;
  const now = ctx.clock.now();
  const since = await noteFailure(ctx.database.kysely, applicationId, endpointId, now);
  if (since && now.getTime() - since.getTime() >= ctx.config.dispatch.failureDisableAfterMs && since < now) {
    await disable(ctx, endpoint, 'failing');
  }
}

async function disable(ctx: Context, endpoint: KnownEndpoint, reason: DisableReason): Promise<void> {
  const { applicationId, id: endpointId } = endpoint;
  const done = await disableEndpoint(ctx.database.kysely, applicationId, endpointId, reason, ctx.clock.now());
  if (done) events.endpointDisabledByOutcome(ctx, { applicationId, endpointId, reason });
}
