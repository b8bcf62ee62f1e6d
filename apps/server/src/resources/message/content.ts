import type { BulkExpungeStatus } from '@postrider/contract';
import { requireApplication } from '../../applications.js';
import type { RequestContext } from '../../context.js';
import { notFound } from '../../errors.js';
import { events } from '../../observability/events.js';
import { erasePayloads } from '../../storage/content.js';

/**
 * Erases payload and own headers of a message.
 *
 * @throws AppError 404
 */
export async function expungeMessage(
  ctx: RequestContext,
  environmentId: string,
  applicationIdOrUid: string,
  messageIdOrEventId: string,
): Promise<void> {
  const found = await expunge(ctx, environmentId, applicationIdOrUid, [messageIdOrEventId]);
  if (found.size === 0) throw notFound();
}

/**
 * The same of some messages, all or none; gives what became of each.
 *
 * @throws AppError 404 when the application is not there
 */
export async function expungeMessages(
  ctx: RequestContext,
  environmentId: string,
  applicationIdOrUid: string,
  ids: readonly string[],
): Promise<Record<string, BulkExpungeStatus>> {
  const found = await expunge(ctx, environmentId, applicationIdOrUid, ids);
  return Object.fromEntries(ids.map((id) => [id, found.has(id) ? 'expunged' : 'not-found']));
}

async function expunge(
  ctx: RequestContext,
  environmentId: string,
  applicationIdOrUid: string,
  ids: readonly string[],
): Promise<Set<string>> {
  const { kysely } = ctx.database;
  const application = await requireApplication(kysely, environmentId, applicationIdOrUid);
  const found = await kysely
    .transaction()
    .execute((transaction) => erasePayloads(transaction, application.id, ids));
  if (found.size > 0) {
    events.contentExpunged(ctx, { environmentId, applicationId: application.id, messages: found.size });
  }
  return found;
}
