import { ID_PREFIX } from '@postrider/contract';
import type { Context } from './context.js';
import { startId } from './ids.js';
import { IDEMPOTENCY_HOURS } from './storage/accept.js';
import { deleteEndedTasks } from './storage/background-task.js';
import { deleteExpiredIdempotentCalls } from './storage/idempotency-key.js';
import { deleteExpiredOneTimeCodes } from './storage/one-time-code.js';
import { deleteEndedPortalSessions } from './storage/portal-session.js';
import {
  deleteEndedSecrets,
  deleteOldAttempts,
  deleteOldDeliveries,
  deleteOldMessageKeys,
  deleteOldMessages,
  expirePayloads,
  listApplicationIds,
  vacuumHotTables,
} from './storage/retention.js';

/** Rows removed by one statement: small, so that nothing waits behind it. */
const BATCH = 500;
/** Applications that one statement looks at. */
const APPLICATIONS = 50;
const INTERVAL_MS = 60_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** How long ended background tasks can be looked at, in ms (spec: wire behaviour, section 9). */
const TASK_AGE_MS = 90 * DAY_MS;
/** Between two statements others get their turn, in ms. */
const PAUSE_MS = 5;
/** Rows removed until the embedded database is vacuumed: it has nobody else who does it. */
const VACUUM_AFTER = 20_000;

/** Does a step until it finds less than a batch. Gives how many rows it removed in all. */
async function exhaust(
  ctx: Context,
  signal: AbortSignal | undefined,
  step: () => Promise<number>,
  full = BATCH,
): Promise<number> {
  let removed = 0;
  while (!signal?.aborted) {
    const count = await step();
    removed += count;
    if (count < full) return removed;
    await ctx.clock.wait(PAUSE_MS, signal);
  }
  return removed;
}

/** Removes sessions, links, keys, secrets and payloads whose time is over. */
async function removeExpired(ctx: Context, signal?: AbortSignal): Promise<void> {
  const now = ctx.clock.now();
  // Sessions and links are kept for a day after their end: somebody may ask what happened.
  const yesterday = new Date(now.getTime() - DAY_MS);
  const keysBefore = new Date(now.getTime() - IDEMPOTENCY_HOURS * HOUR_MS);
  const database = ctx.database.kysely;
  const steps = [
    () => deleteExpiredIdempotentCalls(database, now, BATCH),
    () => deleteOldMessageKeys(database, keysBefore, BATCH),
    () => deleteExpiredOneTimeCodes(database, yesterday, BATCH),
    () => deleteEndedPortalSessions(database, yesterday, BATCH),
    () => deleteEndedSecrets(database, now, BATCH),
    () => expirePayloads(database, now, BATCH),
    () => deleteEndedTasks(database, new Date(now.getTime() - TASK_AGE_MS), BATCH),
  ];
  for (const step of steps) await exhaust(ctx, signal, step);
}

/** Removes messages older than the retention with their deliveries and attempts. Gives how many rows. */
async function removeOld(ctx: Context, signal?: AbortSignal): Promise<number> {
  const oldest = new Date(ctx.clock.now().getTime() - ctx.config.dispatch.retentionDays * DAY_MS);
  const bound = startId(ID_PREFIX.message, oldest);
  const database = ctx.database.kysely;
  let removed = 0;
  let after = '';
  while (!signal?.aborted) {
    const ids = await listApplicationIds(database, after, APPLICATIONS);
    const last = ids.at(-1);
    if (last === undefined) return removed;
    after = last;
    const limit = Math.ceil(BATCH / ids.length);
    // What refers to a message goes before it; a message that is half gone is finished in the next round.
    for (const remove of [deleteOldAttempts, deleteOldDeliveries, deleteOldMessages]) {
      removed += await exhaust(ctx, signal, () => remove(database, ids, bound, limit), 1);
    }
  }
  return removed;
}

/** One round of all of it. Gives how many rows of hot tables were removed. */
export async function maintain(ctx: Context, signal?: AbortSignal): Promise<number> {
  await removeExpired(ctx, signal);
  return removeOld(ctx, signal);
}

/** Does so every minute until the signal aborts; a failure is logged and the next round tries again. */
export async function runMaintenance(ctx: Context, signal: AbortSignal): Promise<void> {
  let removed = 0;
  while (!signal.aborted) {
    try {
      removed += await maintain(ctx, signal);
      if (ctx.database.kind === 'embedded' && removed >= VACUUM_AFTER && !signal.aborted) {
        await vacuumHotTables(ctx.database.kysely);
        removed = 0;
      }
    } catch (error) {
      ctx.log.error({ err: error }, 'maintenance failed; it is tried again in a minute');
    }
    await ctx.clock.wait(INTERVAL_MS, signal);
  }
}
