import type { Context } from './context.js';
import { headersContext, secretContext } from './dispatch/application-cache.js';
import { events } from './observability/events.js';
import { listSealedHeaders, listSealedSecrets, type Position, replaceSealed } from './storage/sealed.js';

const BATCH = 200;
const PAUSE_MS = 5;

/**
 * Seals everything that an older encryption key sealed with the current one, in small steps. When it is done, the older
 * keys are needed no more. Gives how many values were sealed anew.
 */
export async function resealAll(ctx: Context, signal?: AbortSignal): Promise<number> {
  const { database, vault } = ctx;
  let count = 0;
  for (const list of [listSealedSecrets, listSealedHeaders]) {
    let after: Position = { applicationId: '', endpointId: '', id: '' };
    while (!signal?.aborted) {
      const values = await list(database.kysely, after, BATCH);
      for (const value of values.filter((one) => vault.needsReseal(one.sealed))) {
        const context =
          value.table === 'endpoint' ? headersContext(value.id) : secretContext(value.endpointId);
        await replaceSealed(database.kysely, value, vault.seal(vault.open(value.sealed, context), context));
        count += 1;
      }
      const last = values.at(-1);
      if (last === undefined || values.length < BATCH) break;
      after = last;
      await ctx.clock.wait(PAUSE_MS, signal);
    }
  }
  return count;
}

/** Does so once where there are older keys, and says when they may go. A failure is logged; the next start goes on. */
export async function runReseal(ctx: Context, signal: AbortSignal): Promise<void> {
  if (ctx.config.encryptionKeys.length < 2) return;
  try {
    const values = await resealAll(ctx, signal);
    if (!signal.aborted) events.secretsResealed(ctx, { values });
  } catch (error) {
    ctx.log.error(
      { err: error },
      'could not seal everything with the current encryption key; keep the older ones',
    );
  }
}
