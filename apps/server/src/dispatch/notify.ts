import { sql } from 'kysely';
import type { Context } from '../context.js';
import { WORK_CHANNEL } from './worker.js';

/** At most one notification in so many ms: each takes a lock that all commits with notifications share. */
const PAUSE_MS = 50;

const announced = new WeakMap<object, boolean>();

/**
 * Tells the processes that make deliveries that something waits: outside of any transaction, and gathered over 50 ms.
 * A lost one does no harm: they look by themselves before long.
 */
export function announceWork(ctx: Context): void {
  if (ctx.database.kind === 'embedded' || announced.get(ctx.database)) return;
  announced.set(ctx.database, true);
  void ctx.clock
    .wait(PAUSE_MS)
    .then(() => {
      announced.delete(ctx.database);
      return sql`select pg_notify(${WORK_CHANNEL}, '')`.execute(ctx.database.kysely);
    })
    .catch((error: unknown) => {
      ctx.log.warn({ err: error }, 'could not announce waiting deliveries');
    });
}
