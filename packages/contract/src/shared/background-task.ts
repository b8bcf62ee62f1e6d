import { z } from 'zod';
import { timestamp } from './fields.js';
import { listOf } from './pagination.js';

/** How far a background task is. */
export const BackgroundTaskStatus = z
  .enum(['running', 'finished', 'failed'])
  .meta({ id: 'BackgroundTaskStatus' });
export type BackgroundTaskStatus = z.infer<typeof BackgroundTaskStatus>;

/** Kinds of background tasks. Official clients know exactly these, so no answer may hold another. */
export const BackgroundTaskType = z
  .enum([
    'endpoint.replay',
    'endpoint.recover',
    'application.stats',
    'message.broadcast',
    'sdk.generate',
    'event-type.aggregate',
    'application.purge_content',
    'endpoint.bulk-replay',
  ])
  .meta({ id: 'BackgroundTaskType' });
export type BackgroundTaskType = z.infer<typeof BackgroundTaskType>;

const startedFields = {
  id: z
    .string()
    .meta({ description: 'Id of the background task.', examples: ['qtask_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
  status: BackgroundTaskStatus,
  task: BackgroundTaskType,
  updatedAt: timestamp,
};

/** What starts a task answers: the task as it stands then. */
export const startedTask = (id: string) => z.object(startedFields).meta({ id });

export const BackgroundTaskOut = z
  .object({
    data: z.record(z.string(), z.unknown()).meta({
      description:
        'How far it is, by kind; for replays `messagesSent`, the messages that were queued so far.',
      openapi: { type: 'object', additionalProperties: true },
    }),
    ...startedFields,
  })
  .meta({ id: 'BackgroundTaskOut' });
export type BackgroundTaskOut = z.infer<typeof BackgroundTaskOut>;

export const ListResponseBackgroundTaskOut = listOf(BackgroundTaskOut).meta({
  id: 'ListResponse_BackgroundTaskOut_',
});
