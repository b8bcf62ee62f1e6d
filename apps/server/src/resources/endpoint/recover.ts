import { ID_PREFIX, type RecoverIn, type RecoverOut } from '@postrider/contract';
import type { RequestContext } from '../../context.js';
import { recover } from '../../dispatch/recover.js';
import { requireEndpoint } from '../../endpoints.js';
import { invalidInput } from '../../errors.js';
import { createId, startId } from '../../ids.js';
import { events } from '../../observability/events.js';
import type { Application } from '../../storage/application.js';

/** How far back a recovery may reach, and what clocks and slow requests may add to it: 14 days and 5 minutes. */
const MAX_PERIOD_MS = 14 * 86_400_000;
const SLACK_MS = 300_000;

/**
 * Sends the endpoint once more every message of the period that failed. All of them are queued when this resolves, so
 * the task is finished at once: an answer that promises work to come would be a lie once the process dies.
 *
 * @throws InvalidInputError for a period that is too long; AppError 404
 */
export async function recoverEndpoint(
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
  input: RecoverIn,
): Promise<RecoverOut> {
  const startedAt = ctx.clock.now();
  const { since } = input;
  const until = input.until ?? startedAt;
  if (until.getTime() - since.getTime() > MAX_PERIOD_MS + SLACK_MS) {
    throw invalidInput(['body', 'since'], 'Cannot recover more than 14 days of messages');
  }
  const endpoint = await requireEndpoint(ctx.database.kysely, application.id, idOrUid);
  const messages = await recover(ctx, application.id, endpoint.id, {
    over: startId(ID_PREFIX.message, since),
    under: startId(ID_PREFIX.message, until),
  });
  const id = createId(ID_PREFIX.backgroundTask, startedAt);
  events.endpointRecovered(ctx, {
    environmentId: application.environment_id,
    applicationId: application.id,
    endpointId: endpoint.id,
    taskId: id,
    since,
    until,
    messages,
  });
  return { id, status: 'finished', task: 'endpoint.recover', updatedAt: ctx.clock.now().toISOString() };
}
