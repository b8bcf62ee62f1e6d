import { BackgroundTaskType } from '@postrider/contract';
import { announce } from '../operational.js';
import type { OnTaskEnded } from './ended.js';

/**
 * Tells the environment that one of its tasks has finished or failed. Kinds of which the API shows no tasks are told to
 * nobody.
 */
export const announceEnded: OnTaskEnded = async (ctx, transaction, task) => {
  const { success, data: name } = BackgroundTaskType.safeParse(task.kind);
  if (!success) return;
  const { id: taskId, status, data } = task;
  await announce(ctx, transaction, task.environment_id, [
    { type: 'background_task.finished', data: { taskId, task: name, status, data } },
  ]);
};
