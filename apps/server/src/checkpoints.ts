import type { Context } from './context.js';
import { checkpoint, readLogSinceCheckpoint } from './storage/checkpoint.js';

/** How often it is looked, in ms. */
const INTERVAL_MS = 10_000;
/** Log after which a checkpoint is made: small, so that nothing waits for it long, and a start after a crash is quick. */
const BYTES = 64 * 1024 * 1024;
/** After that long one is made in any case, if there was anything at all, in ms. */
const AGE_MS = 300_000;
/** What a checkpoint itself writes to the log, and a little more. */
const IDLE_BYTES = 64 * 1024;

/**
 * Makes the checkpoints of the embedded database: it has no process that would, and without them its log grows for as
 * long as the service runs. A failure is logged, and it is tried again.
 */
export async function runCheckpoints(ctx: Context, signal: AbortSignal): Promise<void> {
  if (ctx.database.kind !== 'embedded') return;
  while (!signal.aborted) {
    await ctx.clock.wait(INTERVAL_MS, signal);
    if (signal.aborted) return;
    try {
      const { bytes, at } = await readLogSinceCheckpoint(ctx.database.kysely);
      const age = ctx.clock.now().getTime() - at.getTime();
      if (bytes >= BYTES || (bytes >= IDLE_BYTES && age >= AGE_MS)) await checkpoint(ctx.database.kysely);
    } catch (error) {
      ctx.log.error({ err: error }, 'could not make a checkpoint; it is tried again');
    }
  }
}
