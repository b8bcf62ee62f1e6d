import { z } from 'zod';
import { BackgroundTaskStatus, BackgroundTaskType } from '../shared/background-task.js';
import { timestamp } from '../shared/fields.js';

const endpointData = z.object({
  appId: z.string(),
  appUid: z.string().nullable(),
  endpointId: z.string(),
  /** Of a deleted endpoint the one that it had. */
  endpointUid: z.string().nullable(),
});

const disabledData = endpointData.extend({
  /** `automatic`: the service did it, since the endpoint failed for too long or asked for it. `manual`: somebody did. */
  trigger: z.enum(['automatic', 'manual']),
  /** Since when its messages failed to the end; null when that is not why, or none had failed before. */
  failSince: timestamp.nullable(),
});

const attemptData = z.object({
  appId: z.string(),
  appUid: z.string().nullable(),
  msgId: z.string(),
  msgEventId: z.string().nullable(),
  endpointId: z.string(),
  lastAttempt: z.object({
    id: z.string(),
    /** 0: there was no answer. */
    responseStatusCode: z.int(),
    timestamp,
  }),
});

const taskData = z.object({
  taskId: z.string(),
  task: BackgroundTaskType,
  status: BackgroundTaskStatus,
  /** What the task came to; which fields it has depends on the task. */
  data: z.record(z.string(), z.unknown()),
});

/**
 * What an environment can be told about itself, as the body of the request: `type` and `data` (spec: wire behaviour,
 * section 7.7). When each is sent stands in docs/operational-webhooks.md.
 */
export const OperationalEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('endpoint.created'), data: endpointData }),
  z.object({ type: z.literal('endpoint.updated'), data: endpointData }),
  z.object({ type: z.literal('endpoint.deleted'), data: endpointData }),
  z.object({ type: z.literal('endpoint.disabled'), data: disabledData }),
  z.object({ type: z.literal('endpoint.enabled'), data: endpointData }),
  z.object({ type: z.literal('message.attempt.exhausted'), data: attemptData }),
  z.object({ type: z.literal('message.attempt.failing'), data: attemptData }),
  z.object({ type: z.literal('message.attempt.recovered'), data: attemptData }),
  z.object({ type: z.literal('background_task.finished'), data: taskData }),
]);
export type OperationalEvent = z.infer<typeof OperationalEvent>;

/** Every type, in the order in which the documentation lists them. */
export const OPERATIONAL_EVENT_TYPES: readonly OperationalEvent['type'][] = OperationalEvent.options.map(
  (option) => option.shape.type.value,
);
