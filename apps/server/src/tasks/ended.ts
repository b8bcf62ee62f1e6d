import type { Context } from '../context.js';
import type { Queryable } from '../database/database.js';
import { type BackgroundTask, forgetTaskInput } from '../storage/background-task.js';
import { announceEnded } from './announce-ended.js';

/** Told of a task that has finished or failed, in the transaction that notes it: both are committed, or neither. */
export type OnTaskEnded = (ctx: Context, transaction: Queryable, task: BackgroundTask) => Promise<void>;

/** What a broadcast has sent is kept with its messages alone: to expunge these must be enough. */
const forgetPayload: OnTaskEnded = async (_ctx, transaction, task) => {
  if (task.kind === 'message.broadcast') await forgetTaskInput(transaction, task.id);
};

/** Who is told of the end of tasks, in this order. */
export const onTaskEnded: readonly OnTaskEnded[] = [forgetPayload, announceEnded];
