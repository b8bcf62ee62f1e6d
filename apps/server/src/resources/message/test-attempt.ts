import { ID_PREFIX, type MessageIn } from '@postrider/contract';
import type { RequestContext } from '../../context.js';
import { requireEndpoint } from '../../endpoints.js';
import { AppError, notFound } from '../../errors.js';
import { endId, startId } from '../../ids.js';
import type { Application } from '../../storage/application.js';
import { type ListedAttempt, listAttemptsOfMessage } from '../../storage/attempt.js';
import { toMessage } from './create.js';

/** How often it is looked whether the attempt is recorded, in ms. */
const LOOK_MS = 25;
/** How much longer than a request may take an answer is waited for, in ms. */
const PATIENCE_MS = 5_000;

const disabled = () =>
  new AppError(400, 'endpoint_disabled', 'The endpoint is disabled, so nothing can be sent to it.');
const pending = () =>
  new AppError(400, 'attempt_pending', 'The message is stored, but its attempt has not been made yet.');

/**
 * Sends a message to one endpoint alone, once, whatever it listens to; gives the attempt as soon as it is recorded.
 *
 * @throws AppError 404; 409 for an event id that is taken; 400 for a disabled endpoint, and where the attempt is not made
 *   in the time of a request: its throttle holds the message back, which will be sent
 */
export async function attemptOnce(
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
  input: MessageIn,
): Promise<ListedAttempt> {
  const endpoint = await requireEndpoint(ctx.database.kysely, application.id, idOrUid);
  if (endpoint.disabled) throw disabled();
  const message = await ctx.dispatch.accept(application.environment_id, application.id, {
    ...toMessage(ctx, { ...input, deliverAt: null }),
    idempotencyKey: null,
    onlyEndpointId: endpoint.id,
  });
  if (!message) throw notFound();
  return firstAttempt(ctx, application.id, endpoint.id, message.id);
}

async function firstAttempt(
  ctx: RequestContext,
  applicationId: string,
  endpointId: string,
  messageId: string,
): Promise<ListedAttempt> {
  const { clock, config, database } = ctx;
  const start = clock.now().getTime();
  const limit = start + config.dispatch.requestTimeoutMs + PATIENCE_MS;
  const window = {
    limit: 1,
    over: startId(ID_PREFIX.attempt, new Date(0)),
    under: endId(ID_PREFIX.attempt, new Date(limit + PATIENCE_MS)),
    fromOldest: true,
  };
  const filter = { endpointId, withContent: true };
  while (clock.now().getTime() < limit) {
    const { rows } = await listAttemptsOfMessage(database.kysely, applicationId, messageId, filter, window);
    if (rows[0]) return rows[0];
    await clock.wait(LOOK_MS);
  }
  throw pending();
}
