import { ID_PREFIX } from '@postrider/contract';
import { requireApplication } from '../../applications.js';
import type { RequestContext } from '../../context.js';
import { endId } from '../../ids.js';
import type { BackgroundTask } from '../../storage/background-task.js';
import { startTask } from '../../tasks/kind.js';
import { purgeKind } from '../../tasks/purge.js';

/**
 * Starts to erase the contents of all messages that the application has now.
 *
 * @throws AppError 404
 */
export async function expungeAllContents(
  ctx: RequestContext,
  environmentId: string,
  applicationIdOrUid: string,
): Promise<BackgroundTask> {
  const { kysely } = ctx.database;
  const { id: applicationId } = await requireApplication(kysely, environmentId, applicationIdOrUid);
  const under = endId(ID_PREFIX.message, ctx.clock.now());
  return startTask(ctx, kysely, purgeKind, { environmentId, applicationId, endpointId: null }, { under });
}
