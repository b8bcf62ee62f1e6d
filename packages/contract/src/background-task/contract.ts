import { z } from 'zod';
import { c } from '../rest.js';
import { operation } from '../shared/access.js';
import {
  BackgroundTaskOut,
  BackgroundTaskStatus,
  BackgroundTaskType,
  ListResponseBackgroundTaskOut,
} from '../shared/background-task.js';
import { errorResponses } from '../shared/errors.js';
import { ID_PREFIX } from '../shared/ids.js';
import { iterator, limit, order } from '../shared/pagination.js';

/** A portal session sees the tasks of its application. */
const READ = operation('Background Task', { kind: 'authenticated', capabilities: ['ViewBase'] });

const taskParams = z.object({
  task_id: z
    .string()
    .meta({ description: "The Background Task's ID.", example: 'qtask_1srOrx2ZWZBpBUvZwXKQmoEYga2' }),
});

export const backgroundTask = c.router(
  {
    list: {
      method: 'GET',
      path: '/background-task/',
      query: z.object({
        status: BackgroundTaskStatus.optional().meta({
          parameter: 'Filter the response based on the status',
        }),
        task: BackgroundTaskType.optional().meta({ parameter: 'Filter the response based on the kind' }),
        limit,
        iterator: iterator(ID_PREFIX.backgroundTask),
        order,
      }),
      responses: { 200: ListResponseBackgroundTaskOut },
      summary: 'List Background Tasks',
      description:
        'Background tasks that run or that ended in the last 90 days, newest first unless another order is asked for.',
      metadata: READ,
    },
    get: {
      method: 'GET',
      path: '/background-task/:task_id/',
      pathParams: taskParams,
      responses: { 200: BackgroundTaskOut },
      summary: 'Get Background Task',
      description: 'How far a background task is.',
      metadata: READ,
    },
  },
  { commonResponses: errorResponses, strictStatusCodes: true, pathPrefix: '/api/v1' },
);
