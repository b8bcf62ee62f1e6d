import type { Context } from '../context.js';
import { reportHeard } from '../operational.js';
import { type NewAttempt, recordAttempts } from '../storage/record.js';
import { type Batch, createBatch } from './batch.js';

const MAX_BATCH = 256;
/** Pauses between tries while the database does not answer, in ms. */
const PAUSE_MS = { first: 100, most: 2_000 };

/**
 * Writes attempts together. While the database does not answer, they wait here and are tried again: the requests were
 * made, so forgetting them would make them twice.
 */
export function createRecorder(
  ctx: Context,
  onDue: (at: Date) => void,
  abandoned: AbortSignal,
): Batch<NewAttempt, void> {
  return createBatch(MAX_BATCH, async (attempts) => {
    let pause = PAUSE_MS.first;
    for (;;) {
      try {
        const { nextDueAt, announced } = await recordAttempts(ctx.database, attempts);
        if (nextDueAt) onDue(nextDueAt);
        if (announced.length > 0) {
          reportHeard(
            ctx,
            attempts.flatMap((one) => one.announcement ?? []),
            announced,
          );
        }
        return attempts.map(() => undefined);
      } catch (error) {
        if (abandoned.aborted) throw error;
        ctx.log.error({ err: error, attempts: attempts.length }, 'could not record attempts; trying again');
        await ctx.clock.wait(pause, abandoned);
        pause = Math.min(pause * 2, PAUSE_MS.most);
      }
    }
  });
}
