import { requireApplication } from '../../applications.js';
import type { RequestContext } from '../../context.js';
import { notFound } from '../../errors.js';
import { events } from '../../observability/events.js';
import { eraseAnswer } from '../../storage/content.js';
import { findMessageKey } from '../../storage/message.js';

/**
 * Erases the body of the answer to an attempt.
 *
 * @throws AppError 404 that says what is not there
 */
export async function expungeAnswer(
  ctx: RequestContext,
  environmentId: string,
  place: { readonly app_id: string; readonly msg_id: string; readonly attempt_id: string },
): Promise<void> {
  const { kysely } = ctx.database;
  const { id: applicationId } = await requireApplication(kysely, environmentId, place.app_id);
  const message = await findMessageKey(kysely, applicationId, place.msg_id);
  if (!message) throw notFound('Message not found');
  const attemptId = place.attempt_id;
  const done = await eraseAnswer(kysely, applicationId, message.id, attemptId);
  if (!done) throw notFound('Message attempt not found');
  events.answerExpunged(ctx, { environmentId, applicationId, messageId: message.id, attemptId });
}
