import { BackgroundTaskOut, type RecoverOut } from '@postrider/contract';
import type { BackgroundTask } from '../storage/background-task.js';

/** A task as callers see it. */
export const presentTask = (task: BackgroundTask): BackgroundTaskOut =>
  // Kinds that callers do not know are never read for them; this says so.
  BackgroundTaskOut.parse({
    id: task.id,
    status: task.status,
    task: task.kind,
    data: task.data,
    updatedAt: task.updated_at.toISOString(),
  });

/** The same as an answer to who started it. */
export const presentStartedTask = (task: BackgroundTask): RecoverOut => {
  const { data: _, ...rest } = presentTask(task);
  return rest;
};
