import { z } from 'zod';
import { startedTask } from '../shared/background-task.js';
import { messageInFields } from './schemas.js';

/** A message as every application gets it: without what is meant for one. */
export const MessageBroadcastIn = z
  .object({
    eventId: messageInFields.eventId,
    eventType: messageInFields.eventType,
    payload: messageInFields.payload,
    channels: messageInFields.channels,
    payloadRetentionPeriod: messageInFields.payloadRetentionPeriod,
    payloadRetentionHours: messageInFields.payloadRetentionHours,
  })
  .meta({ id: 'MessageBroadcastIn' });
export type MessageBroadcastIn = z.infer<typeof MessageBroadcastIn>;

export const MessageBroadcastOut = startedTask('MessageBroadcastOut');
export type MessageBroadcastOut = z.infer<typeof MessageBroadcastOut>;
