import type { Context } from './context.js';
import { closeApplications } from './storage/environment-removal.js';

/** Applications that one statement closes. */
const BATCH = 200;

/**
 * Closes the applications of an environment that was deleted, in small transactions. Gives how many.
 *
 * @param steps how many transactions it may take; what is left then is for the next call
 */
export async function closeEnvironment(
  ctx: Context,
  environmentId: string,
  steps = Number.POSITIVE_INFINITY,
): Promise<number> {
  let closed = 0;
  for (let step = 0; step < steps; step++) {
    const count = await ctx.database.kysely
      .transaction()
      .execute((transaction) => closeApplications(transaction, environmentId, ctx.clock.now(), BATCH));
    closed += count;
    if (count < BATCH) return closed;
  }
  return closed;
}
