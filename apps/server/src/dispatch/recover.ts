import type { RequestContext } from '../context.js';
import { type IdRange, lockOpenEndpoint, queueFailed } from '../storage/delivery.js';
import { wakeEndpoint } from '../storage/endpoint-work.js';

/** Messages that one transaction queues: few enough that nobody waits behind it. */
const BATCH = 500;

/**
 * Queues one resend of every message of the range that failed at the endpoint; gives how many. What is queued is
 * committed batch by batch, so that a call that is cut short has done a part, and a second one does the rest. A disabled
 * endpoint gets nothing.
 */
export async function recover(
  ctx: RequestContext,
  applicationId: string,
  endpointId: string,
  { over, under }: IdRange,
): Promise<number> {
  const key = { applicationId, endpointId };
  let total = 0;
  for (let from: string | null = over; from !== null; ) {
    const range: IdRange = { over: from, under };
    const now = ctx.clock.now();
    const { count, last } = await ctx.database.kysely.transaction().execute(async (transaction) => {
      if (!(await lockOpenEndpoint(transaction, key))) return { count: 0, last: null };
      const queued = await queueFailed(transaction, key, range, now, BATCH);
      if (queued.count > 0) await wakeEndpoint(transaction, applicationId, endpointId, now);
      return queued;
    });
    if (count > 0) ctx.dispatch.wake(now);
    total += count;
    from = count < BATCH ? null : last;
  }
  return total;
}
