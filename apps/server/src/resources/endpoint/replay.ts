import { type BulkReplayIn, type CancelMsgsIn, ID_PREFIX, type ReplayIn } from '@postrider/contract';
import type { RequestContext } from '../../context.js';
import { requireEndpoint } from '../../endpoints.js';
import { startId } from '../../ids.js';
import type { Application } from '../../storage/application.js';
import type { BackgroundTask } from '../../storage/background-task.js';
import { cancelKind } from '../../tasks/cancel.js';
import { startTask } from '../../tasks/kind.js';
import { bulkReplayKind, replayMissingKind } from '../../tasks/replay.js';
import { startEndpointTask, toRange } from './recover.js';

/**
 * Starts a task that sends the endpoint what it listens to and was never sent.
 *
 * @throws AppError 404
 */
export async function replayMissing(
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
  { since, until }: ReplayIn,
): Promise<BackgroundTask> {
  const { id } = await requireEndpoint(ctx.database.kysely, application.id, idOrUid);
  const range = toRange(since, until ?? ctx.clock.now());
  return startEndpointTask(ctx, application, id, replayMissingKind, range);
}

/**
 * Starts a task that sends the endpoint once more what fits the filter.
 *
 * @throws AppError 404
 */
export async function replayMatching(
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
  input: BulkReplayIn,
): Promise<BackgroundTask> {
  const { id } = await requireEndpoint(ctx.database.kysely, application.id, idOrUid);
  return startEndpointTask(ctx, application, id, bulkReplayKind, {
    ...toRange(input.since, input.until ?? ctx.clock.now()),
    eventTypes: input.eventTypes ?? undefined,
    channel: input.channel ?? undefined,
    tag: input.tag ?? undefined,
    status: input.status ?? undefined,
    statusCodeClass: input.statusCodeClass ?? undefined,
  });
}

/**
 * Starts a task, which no list shows, that cancels what waits for the endpoint of messages created before an instant.
 *
 * @throws AppError 404
 */
export async function cancelMessages(
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
  { createdBefore }: CancelMsgsIn,
): Promise<void> {
  const { database } = ctx;
  const endpoint = await requireEndpoint(database.kysely, application.id, idOrUid);
  const owner = {
    environmentId: application.environment_id,
    applicationId: application.id,
    endpointId: null,
  };
  await startTask(ctx, database.kysely, cancelKind, owner, {
    applicationId: application.id,
    endpointId: endpoint.id,
    under: startId(ID_PREFIX.message, createdBefore),
  });
}
