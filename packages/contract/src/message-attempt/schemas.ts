import { z } from 'zod';
import { endpointOutFields } from '../endpoint/schemas.js';
import { MessageOut, messageOutFields } from '../message/schemas.js';
import { timestamp } from '../shared/fields.js';
import { listOf } from '../shared/pagination.js';
import { MessageStatus, MessageStatusText } from '../shared/status.js';

const TRIGGER_TYPES = [0, 1] as const;

/** What caused an attempt: 0 the schedule, 1 somebody. */
export const MessageAttemptTriggerType = z.literal(TRIGGER_TYPES).meta({
  id: 'MessageAttemptTriggerType',
  description: '0 scheduled, 1 manual.',
  openapi: { type: 'integer', enum: TRIGGER_TYPES, 'x-enum-varnames': ['Scheduled', 'Manual'] },
});
export type MessageAttemptTriggerType = z.infer<typeof MessageAttemptTriggerType>;

export const MessageAttemptOut = z
  .object({
    url: z.string().meta({ description: 'URL of the endpoint at that time.', format: 'uri' }),
    response: z.string().meta({
      description: 'Start of what the receiver answered, in base64 where it is not text; or what went wrong.',
    }),
    responseStatusCode: z.int().meta({ description: '0: no answer came.' }),
    responseDurationMs: z.int(),
    status: MessageStatus,
    statusText: MessageStatusText,
    triggerType: MessageAttemptTriggerType,
    msgId: z.string().meta({ examples: ['msg_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
    endpointId: z.string().meta({ examples: ['ep_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
    id: z.string().meta({ examples: ['atmpt_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
    timestamp: timestamp.meta({ description: 'When the attempt began.' }),
    msg: MessageOut.nullish().meta({ description: 'The message without its payload, with `with_msg`.' }),
  })
  .meta({ id: 'MessageAttemptOut' });
export type MessageAttemptOut = z.infer<typeof MessageAttemptOut>;

export const ListResponseMessageAttemptOut = listOf(MessageAttemptOut).meta({
  id: 'ListResponse_MessageAttemptOut_',
});

export const CountOut = z
  .object({
    count: z.int(),
    approximated: z
      .boolean()
      .meta({ description: 'Whether there are so many that counting ended: at least `count`.' }),
  })
  .meta({ id: 'CountOut' });
export type CountOut = z.infer<typeof CountOut>;

/** How a message and an endpoint stand to each other. */
const deliveryFields = {
  status: MessageStatus,
  statusText: MessageStatusText,
  nextAttempt: timestamp
    .nullish()
    .meta({ description: 'When it is tried again; null where it will not be.' }),
};

/** A message as one endpoint got it. */
export const EndpointMessageOut = z
  .object({ ...messageOutFields, ...deliveryFields })
  .meta({ id: 'EndpointMessageOut' });
export type EndpointMessageOut = z.infer<typeof EndpointMessageOut>;

export const ListResponseEndpointMessageOut = listOf(EndpointMessageOut).meta({
  id: 'ListResponse_EndpointMessageOut_',
});

/** An endpoint as it got one message. */
export const MessageEndpointOut = z
  .object({ ...endpointOutFields, ...deliveryFields })
  .meta({ id: 'MessageEndpointOut' });
export type MessageEndpointOut = z.infer<typeof MessageEndpointOut>;

export const ListResponseMessageEndpointOut = listOf(MessageEndpointOut).meta({
  id: 'ListResponse_MessageEndpointOut_',
});

/** A name and a value; headers may occur more than once. */
const headerPair = z
  .tuple([z.string(), z.string()])
  .meta({ openapi: { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 2 } });

export const MessageAttemptHeadersOut = z
  .object({
    sentHeaders: z.record(z.string(), z.string()),
    responseHeaders: z
      .array(headerPair)
      .nullish()
      .meta({ description: 'Name and value of each header of the answer; null where none came.' }),
    sensitive: z.array(z.string()).meta({ description: 'Names of sent headers whose value is never shown.' }),
  })
  .meta({ id: 'MessageAttemptHeadersOut' });
export type MessageAttemptHeadersOut = z.infer<typeof MessageAttemptHeadersOut>;

/** `{}`: clients want JSON where an operation starts something. */
export const EmptyResponse = z
  .object({})
  .meta({ id: 'EmptyResponse', openapi: { type: 'object', additionalProperties: true } });
export type EmptyResponse = z.infer<typeof EmptyResponse>;
