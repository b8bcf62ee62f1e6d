import { z } from 'zod';

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
