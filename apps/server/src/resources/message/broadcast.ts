import { ID_PREFIX, type MessageBroadcastIn } from '@postrider/contract';
import type { RequestContext } from '../../context.js';
import { conflict } from '../../errors.js';
import { endId } from '../../ids.js';
import { type BackgroundTask, findTask } from '../../storage/background-task.js';
import { nameCallKey, takeCallKey } from '../../storage/call-key.js';
import { broadcastKind } from '../../tasks/broadcast.js';
import { startTask } from '../../tasks/kind.js';
import { expiryOf, payloadOf } from './create.js';

/**
 * Starts to send a message to every application of the environment. The idempotency key is committed with the task: a
 * repeated call gets the task of the first, also when that was not answered.
 */
export async function broadcastMessage(
  ctx: RequestContext,
  environmentId: string,
  input: MessageBroadcastIn,
): Promise<BackgroundTask> {
  const now = ctx.clock.now();
  const message = {
    eventType: input.eventType,
    eventId: input.eventId ?? null,
    channels: input.channels ?? null,
    payload: payloadOf(ctx, input),
    payloadExpiresAt: expiryOf(ctx, input)?.toISOString() ?? null,
    under: endId(ID_PREFIX.application, now),
  };
  const owner = { environmentId, applicationId: null, endpointId: null };
  const { callId } = ctx;
  if (callId === null) return startTask(ctx, ctx.database.kysely, broadcastKind, owner, message);
  const made = await ctx.database.kysely.transaction().execute(async (transaction) => {
    const first = await takeCallKey(transaction, environmentId, callId, now);
    if (first !== undefined) return first;
    const task = await startTask(ctx, transaction, broadcastKind, owner, message);
    await nameCallKey(transaction, environmentId, callId, task.id);
    return task;
  });
  if (typeof made !== 'string') return made;
  const task = await findTask(ctx.database.kysely, { environmentId, kinds: [broadcastKind.name] }, made);
  if (!task) throw conflict();
  return task;
}
