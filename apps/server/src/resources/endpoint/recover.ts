import { ID_PREFIX, type RecoverIn } from '@postrider/contract';
import type { RequestContext } from '../../context.js';
import { requireEndpoint } from '../../endpoints.js';
import { invalidInput } from '../../errors.js';
import { startId } from '../../ids.js';
import type { Application } from '../../storage/application.js';
import type { BackgroundTask } from '../../storage/background-task.js';
import { startTask, type TaskKind } from '../../tasks/kind.js';
import { recoverKind } from '../../tasks/replay.js';

/** How far back a recovery may reach, and what clocks and slow requests may add to it: 14 days and 5 minutes. */
const MAX_PERIOD_MS = 14 * 86_400_000;
const SLACK_MS = 300_000;

/** Starts a task of the endpoint. */
export const startEndpointTask = <Input>(
  ctx: RequestContext,
  application: Application,
  endpointId: string,
  kind: TaskKind<Input>,
  input: Input,
): Promise<BackgroundTask> =>
  startTask(
    ctx,
    ctx.database.kysely,
    kind,
    { environmentId: application.environment_id, applicationId: application.id, endpointId },
    input,
  );

/** Ids of the messages from `since` on, and before `until` or now. */
export const toRange = (since: Date, until: Date) => ({
  over: startId(ID_PREFIX.message, since),
  under: startId(ID_PREFIX.message, until),
});

/**
 * Starts a task that sends the endpoint once more every message of the period that failed.
 *
 * @throws InvalidInputError for a period that is too long; AppError 404
 */
export async function recoverEndpoint(
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
  input: RecoverIn,
): Promise<BackgroundTask> {
  const { since } = input;
  const until = input.until ?? ctx.clock.now();
  if (until.getTime() - since.getTime() > MAX_PERIOD_MS + SLACK_MS) {
    throw invalidInput(['body', 'since'], 'Cannot recover more than 14 days of messages');
  }
  const endpoint = await requireEndpoint(ctx.database.kysely, application.id, idOrUid);
  return startEndpointTask(ctx, application, endpoint.id, recoverKind, toRange(since, until));
}
