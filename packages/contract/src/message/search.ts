import { z } from 'zod';
import { channel, channels, eventTypeName, tag, uniqueList } from '../shared/fields.js';
import { ID_PREFIX } from '../shared/ids.js';
import { instant } from '../shared/instant.js';
import { iterator, limitIn } from '../shared/pagination.js';
import { MessageOut } from './schemas.js';

/** The filters of the list of messages, in a body: lists of types that are too long for an address. */
export const MessageSearchIn = z
  .object({
    limit: limitIn.optional(),
    iterator: iterator(ID_PREFIX.message).nullable(),
    channel: channel.nullish(),
    before: instant.nullish().meta({ description: 'Only messages created before this instant.' }),
    after: instant.nullish().meta({ description: 'Only messages created after this instant.' }),
    with_content: z.boolean().default(false).meta({ description: 'Whether payloads are wanted.' }),
    tag: tag.nullish(),
    event_types: uniqueList(eventTypeName).nullish(),
  })
  .meta({ id: 'MessageSearchIn' });
export type MessageSearchIn = z.infer<typeof MessageSearchIn>;

export const MessagePrecheckIn = z
  .object({
    eventType: eventTypeName,
    channels: channels.nullish().meta({ description: 'Channels that the message would have.' }),
  })
  .meta({ id: 'MessagePrecheckIn' });
export type MessagePrecheckIn = z.infer<typeof MessagePrecheckIn>;

export const MessagePrecheckOut = z
  .object({ active: z.boolean().meta({ description: 'Whether any endpoint would get the message.' }) })
  .meta({ id: 'MessagePrecheckOut' });
export type MessagePrecheckOut = z.infer<typeof MessagePrecheckOut>;

export const MessageEventsOut = z
  .object({
    data: z.array(MessageOut),
    iterator: z.string().meta({ description: 'Where the next call goes on; keep it, also when `done`.' }),
    done: z.boolean().meta({ description: 'Whether nothing follows at present.' }),
  })
  .meta({ id: 'MessageEventsOut' });
export type MessageEventsOut = z.infer<typeof MessageEventsOut>;
