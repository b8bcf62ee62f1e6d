import { ID_PREFIX } from '@postrider/contract';
import type { Context } from './context.js';
import { closeEnvironment } from './environment-removal.js';
import { startId } from './ids.js';
import { events } from './observability/events.js';
import { IDEMPOTENCY_HOURS } from './storage/accept.js';
import { deleteEndedApiKeys } from './storage/api-key.js';
import { deleteOldActivity, foldTally, SPAN } from './storage/attempt-tally.js';
import { deleteOldAuditEntries } from './storage/audit-entry.js';
import { deleteEndedTasks } from './storage/background-task.js';
import {
  deleteApplicationRows,
  deleteEnvironmentRow,
  deleteEnvironmentRows,
  listClosedApplications,
  listDeletedEnvironments,
} from './storage/environment-removal.js';
import { deleteExpiredIdempotentCalls } from './storage/idempotency-key.js';
import { deleteExpiredOneTimeCodes } from './storage/one-time-code.js';
import { deleteEndedPortalSessions } from './storage/portal-session.js';
import {
  analyzeTable,
  deleteEndedSecrets,
  deleteOldAttempts,
  deleteOldDeliveries,
  deleteOldMessageKeys,
  deleteOldMessages,
  expirePayloads,
  HOT_TABLES,
  listApplicationIds,
  vacuumTable,
  vacuumTally,
} from './storage/retention.js';
import { hashToken } from './tokens.js';

/** Rows removed by one statement: small, so that nothing waits behind it. */
const BATCH = 500;
/** Applications that one statement looks at. */
const APPLICATIONS = 50;
const INTERVAL_MS = 60_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** How long ended background tasks can be looked at, in ms (spec: wire behaviour, section 9). */
const TASK_AGE_MS = 90 * DAY_MS;
/** How long rows of a deleted environment are kept: what was under way when it was deleted is over by then, in ms. */
const SETTLE_MS = 15 * 60_000;
/** Above the id of every message. */
const ALL_MESSAGES = `${ID_PREFIX.message}~`;
/**
 * Between two statements others get their turn, so many times as long as the last one took: a database is busy with this
 * for a quarter of the time. At least and at most so many ms: a statement that had to wait itself says little.
 */
const PAUSE_SHARE = 3;
const PAUSE_MS = { least: 5, most: 1_000 };
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
    const start = performance.now();
    const count = await step();
    removed += count;
    if (count < full) return removed;
    await rest(ctx, performance.now() - start, signal);
  }
  return removed;
}

/** Lets others have their turn after something that took `tookMs`. */
const rest = (ctx: Context, tookMs: number, signal: AbortSignal | undefined): Promise<void> =>
  ctx.clock.wait(Math.min(PAUSE_MS.most, Math.max(PAUSE_MS.least, PAUSE_SHARE * tookMs)), signal);

/** Does for the embedded database what it has nobody else for, table by table. */
async function vacuum(ctx: Context, signal: AbortSignal): Promise<void> {
  for (const table of HOT_TABLES) {
    for (const step of [vacuumTable, analyzeTable]) {
      if (signal.aborted) return;
      const start = performance.now();
      await step(ctx.database.kysely, table);
      await rest(ctx, performance.now() - start, signal);
    }
  }
}

/** Removes sessions, links, keys, secrets and payloads whose time is over. */
async function removeExpired(ctx: Context, signal?: AbortSignal): Promise<void> {
  const now = ctx.clock.now();
  // Sessions and links are kept for a day after their end: somebody may ask what happened.
  const yesterday = new Date(now.getTime() - DAY_MS);
  const keysBefore = new Date(now.getTime() - IDEMPOTENCY_HOURS * HOUR_MS);
  // Who did what is kept as long as messages are; so are ended keys, which it names.
  const oldest = new Date(now.getTime() - ctx.config.dispatch.retentionDays * DAY_MS);
  const database = ctx.database.kysely;
  const configured = ctx.config.apiKey === undefined ? undefined : hashToken(ctx.config.apiKey);
  const steps = [
    () => deleteExpiredIdempotentCalls(database, now, BATCH),
    () => deleteOldMessageKeys(database, keysBefore, BATCH),
    () => deleteExpiredOneTimeCodes(database, yesterday, BATCH),
    () => deleteEndedPortalSessions(database, yesterday, BATCH),
    () => deleteEndedSecrets(database, now, BATCH),
    () => expirePayloads(database, now, BATCH),
    () => deleteEndedTasks(database, new Date(now.getTime() - TASK_AGE_MS), BATCH),
    () => deleteEndedApiKeys(database, oldest, configured, BATCH),
    () => deleteOldAuditEntries(database, oldest, BATCH),
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
    removed += await removeMessages(ctx, ids, bound, signal);
  }
  return removed;
}

/** Removes the applications' messages with ids below `bound`, with what refers to them. Gives how many rows. */
async function removeMessages(
  ctx: Context,
  ids: readonly string[],
  bound: string,
  signal?: AbortSignal,
): Promise<number> {
  const portion = { each: Math.ceil(BATCH / ids.length), all: BATCH };
  let removed = 0;
  // What refers to a message goes before it; a message that is half gone is finished in the next round.
  for (const remove of [deleteOldAttempts, deleteOldDeliveries, deleteOldMessages]) {
    removed += await exhaust(ctx, signal, () => remove(ctx.database.kysely, ids, bound, portion), 1);
  }
  return removed;
}

/** Removes what deleted environments have left, in small steps. Gives how many rows of hot tables. */
async function removeEnvironments(ctx: Context, signal?: AbortSignal): Promise<number> {
  const database = ctx.database.kysely;
  const now = ctx.clock.now();
  let removed = 0;
  for (const id of await listDeletedEnvironments(database, now)) await closeEnvironment(ctx, id);
  for (const id of await listDeletedEnvironments(database, new Date(now.getTime() - SETTLE_MS))) {
    while (!signal?.aborted) {
      const applications = await listClosedApplications(database, id, APPLICATIONS);
      if (applications.length === 0) break;
      removed += await removeMessages(ctx, applications, ALL_MESSAGES, signal);
      if (!signal?.aborted) await deleteApplicationRows(database, applications);
    }
    await exhaust(ctx, signal, () => deleteEnvironmentRows(database, id, BATCH), 1);
    if (signal?.aborted) break;
    await deleteEnvironmentRow(database, id);
    events.environmentErased(ctx, { environmentId: id });
  }
  return removed;
}

/** Rows of the tally that one statement folds, and how often that is done, in ms. */
const FOLD_BATCH = 2_000;
const FOLD_INTERVAL_MS = 10_000;
/** Days for which figures keep their 5 minutes, and their hours. A margin is left to what is promised to callers. */
const FIVE_MINUTES_DAYS = 3.1;
const HOURS_DAYS = 31;

/** The start of the UTC day that an instant some days ago lies in. */
const dayBefore = (now: Date, days: number): Date =>
  new Date(Math.floor((now.getTime() - days * DAY_MS) / DAY_MS) * DAY_MS);

/** Folds what was counted into the figures. Gives how many rows that were. */
const foldAll = (ctx: Context, signal?: AbortSignal): Promise<number> =>
  exhaust(ctx, signal, () => foldTally(ctx.database.kysely, FOLD_BATCH), FOLD_BATCH);

/** Removes the figures of each span that are older than they are kept for. Gives how many rows that were. */
async function ageActivity(ctx: Context, signal?: AbortSignal): Promise<number> {
  const now = ctx.clock.now();
  const { retentionDays } = ctx.config.dispatch;
  const kept = [
    { span: SPAN.fiveMinutes, days: FIVE_MINUTES_DAYS },
    { span: SPAN.hour, days: HOURS_DAYS },
    { span: SPAN.day, days: retentionDays },
  ];
  let removed = 0;
  for (const { span, days } of kept) {
    const before = dayBefore(now, Math.min(days, retentionDays));
    removed += await exhaust(
      ctx,
      signal,
      () => deleteOldActivity(ctx.database.kysely, span, before, BATCH),
      1,
    );
  }
  return removed;
}

/** Keeps the figures up to date until the signal aborts; what fails is tried again in a while. */
export async function runTally(ctx: Context, signal: AbortSignal): Promise<void> {
  let folded = 0;
  while (!signal.aborted) {
    await ctx.clock.wait(FOLD_INTERVAL_MS, signal);
    if (signal.aborted) return;
    try {
      folded += await foldAll(ctx, signal);
      if (ctx.database.kind === 'embedded' && folded >= VACUUM_AFTER && !signal.aborted) {
        await vacuumTally(ctx.database.kysely);
        folded = 0;
      }
    } catch (error) {
      ctx.log.error({ err: error }, 'could not fold the figures of attempts; it is tried again');
    }
  }
}

/** One round of all of it. Gives how many rows of hot tables were removed. */
export async function maintain(ctx: Context, signal?: AbortSignal): Promise<number> {
  await removeExpired(ctx, signal);
  const folded = await foldAll(ctx, signal);
  const aged = await ageActivity(ctx, signal);
  return folded + aged + (await removeEnvironments(ctx, signal)) + (await removeOld(ctx, signal));
}

/** Does so every minute until the signal aborts; a failure is logged and the next round tries again. */
export async function runMaintenance(ctx: Context, signal: AbortSignal): Promise<void> {
  let removed = 0;
  while (!signal.aborted) {
    try {
      removed += await maintain(ctx, signal);
      if (ctx.database.kind === 'embedded' && removed >= VACUUM_AFTER && !signal.aborted) {
        await vacuum(ctx, signal);
        removed = 0;
      }
    } catch (error) {
      ctx.log.error({ err: error }, 'maintenance failed; it is tried again in a minute');
    }
    await ctx.clock.wait(INTERVAL_MS, signal);
  }
}
