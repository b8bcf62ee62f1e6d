import type { Context } from '../../context.js';
import type { Queryable } from '../../database/database.js';
import { notFound } from '../../errors.js';
import { bumpRevision } from '../../storage/application.js';

/**
 * Runs a change of an application's endpoints in one transaction, which also tells every process that remembers them.
 * Changes of one application come one after the other: what is read in the transaction stays true until its end. Locks
 * are taken in the order application, endpoint, secrets, work.
 *
 * @throws AppError 404 when the application was deleted meanwhile
 */
export function changeEndpoints<T>(
  ctx: Context,
  applicationId: string,
  change: (transaction: Queryable) => Promise<T>,
): Promise<T> {
  return ctx.database.kysely.transaction().execute(async (transaction) => {
    if (!(await bumpRevision(transaction, applicationId))) throw notFound();
    return change(transaction);
  });
}
