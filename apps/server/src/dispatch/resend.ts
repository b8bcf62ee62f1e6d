import type { RequestContext } from '../context.js';
import { events } from '../observability/events.js';
import { lockOpenEndpoint, queueResend } from '../storage/delivery.js';
import { wakeEndpoint } from '../storage/endpoint-work.js';
import type { DeliveryKey } from '../storage/worker.js';

/**
 * Queues one more attempt of a message at an endpoint, whatever the endpoint listens to and however the message stands
 * there. It goes beside the schedule: a failure leaves that as it is, a success ends it. A disabled endpoint gets
 * nothing, and nobody is told.
 */
export async function resend(ctx: RequestContext, delivery: DeliveryKey): Promise<void> {
  const now = ctx.clock.now();
  const queued = await ctx.database.kysely.transaction().execute(async (transaction) => {
    if (!(await lockOpenEndpoint(transaction, delivery))) return false;
    await queueResend(transaction, delivery, now);
    await wakeEndpoint(transaction, delivery.applicationId, delivery.endpointId, now);
    return true;
  });
  if (!queued) return;
  ctx.dispatch.wake(now);
  events.messageResent(ctx, { ...delivery });
}
