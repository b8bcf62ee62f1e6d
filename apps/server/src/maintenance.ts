import type { Context } from './context.js';
import { deleteExpiredIdempotentCalls } from './storage/idempotency-key.js';
import { deleteExpiredOneTimeCodes } from './storage/one-time-code.js';
import { deleteEndedPortalSessions } from './storage/portal-session.js';

/** Rows removed by one statement: small, so that nothing waits behind it. */
const BATCH = 500;
const INTERVAL_MS = 60_000;
/** Sessions and links are kept for a day after their end: somebody may ask what happened. */
const KEEP_MS = 86_400_000;

/** Removes what no longer counts, batch by batch, until nothing is left or the signal aborts. */
export async function removeExpired(ctx: Context, signal?: AbortSignal): Promise<void> {
  const now = ctx.clock.now();
  const before = new Date(now.getTime() - KEEP_MS);
  const database = ctx.database.kysely;
  const steps = [
    () => deleteExpiredIdempotentCalls(database, now, BATCH),
    () => deleteExpiredOneTimeCodes(database, before, BATCH),
    () => deleteEndedPortalSessions(database, before, BATCH),
  ];
  for (const step of steps) {
    while (!signal?.aborted && (await step()) === BATCH);
  }
}

/** Does so every minute until the signal aborts; a failure is logged and the next round tries again. */
export async function runMaintenance(ctx: Context, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await removeExpired(ctx, signal);
    } catch (error) {
      ctx.log.error({ err: error }, 'maintenance failed; it is tried again in a minute');
    }
    await ctx.clock.wait(INTERVAL_MS, signal);
  }
}
