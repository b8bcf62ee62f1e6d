import type { Context } from '../context.js';
import type { Queryable } from '../database/database.js';
import type { BackgroundTask } from '../storage/background-task.js';
import { announceEnded } from './announce-ended.js';

/** Told of a task that has finished or failed, in the transaction that notes it: both are committed, or neither. */
export type OnTaskEnded = (ctx: Context, transaction: Queryable, task: BackgroundTask) => Promise<void>;

/** Who is told of the end of tasks, in this order. */
export const onTaskEnded: readonly OnTaskEnded[] = [announceEnded];
