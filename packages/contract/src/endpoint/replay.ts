import { z } from 'zod';
import { startedTask } from '../shared/background-task.js';
import { channel, eventTypes, tag } from '../shared/fields.js';
import { instant } from '../shared/instant.js';
import { MessageStatus, StatusCodeClass } from '../shared/status.js';

const period = {
  since: instant.meta({ description: 'Messages from this instant on.' }),
  until: instant.nullish().meta({ description: 'Messages before this instant. Default: now.' }),
};

export const ReplayIn = z.object(period).meta({ id: 'ReplayIn' });
export type ReplayIn = z.infer<typeof ReplayIn>;

export const ReplayOut = startedTask('ReplayOut');
export type ReplayOut = z.infer<typeof ReplayOut>;

/** What is absent or null filters nothing. */
export const BulkReplayIn = z
  .object({
    ...period,
    eventTypes: eventTypes.nullish().meta({ description: 'Only messages of one of these types.' }),
    channel: channel.nullish().meta({ description: 'Only messages of this channel.' }),
    tag: tag.nullish().meta({ description: 'Only messages with this tag.' }),
    status: MessageStatus.nullish().meta({
      description: 'Only messages that stand so at the endpoint. Default: all but pending ones.',
    }),
    statusCodeClass: StatusCodeClass.nullish().meta({
      description: "Only messages whose newest attempt's answer has a status code of this class.",
    }),
  })
  .meta({ id: 'BulkReplayIn' });
export type BulkReplayIn = z.infer<typeof BulkReplayIn>;

export const CancelMsgsIn = z
  .object({ createdBefore: instant.meta({ description: 'Messages created before this instant.' }) })
  .meta({ id: 'CancelMsgsIn' });
export type CancelMsgsIn = z.infer<typeof CancelMsgsIn>;
