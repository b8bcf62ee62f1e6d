import { z } from 'zod';
import { ApplicationIn } from '../application/schemas.js';
import { channels, eventTypeName, jsonObject, tag, timestamp, uid, uniqueList } from '../shared/fields.js';
import { ID_PREFIX } from '../shared/ids.js';
import { instant } from '../shared/instant.js';
import { listOf } from '../shared/pagination.js';
import { messageHeaders } from '../shared/webhook-headers.js';

/** Longest that a payload is kept, also the default: 90 days. */
export const MAX_RETENTION_DAYS = 90;
/** Largest number of tags of a message. */
export const MAX_TAGS = 5;

const RETENTION_ERROR = 'Validation error';
const MAX_RETENTION_HOURS = MAX_RETENTION_DAYS * 24;

const retentionPeriod = z
  .int()
  .min(1, { error: RETENTION_ERROR })
  .max(MAX_RETENTION_DAYS, { error: RETENTION_ERROR })
  .meta({ description: `Days that the payload is kept. Default: ${MAX_RETENTION_DAYS}.` });
const retentionHours = z
  .int()
  .min(1, { error: RETENTION_ERROR })
  .max(MAX_RETENTION_HOURS, { error: RETENTION_ERROR })
  .meta({ description: 'Hours that the payload is kept; wins over `payloadRetentionPeriod`.' });

/** Other keys are kept: they are for transformations. */
export const TransformationsParams = z
  .looseObject({
    rawPayload: z
      .string()
      .nullish()
      .meta({ description: 'Sent letter by letter instead of `payload`, which then may be empty.' }),
    headers: messageHeaders.nullish().meta({ description: 'Headers of the requests of this message.' }),
  })
  .meta({ id: 'TransformationsParams' });
export type TransformationsParams = z.infer<typeof TransformationsParams>;

/** Fields of a new message. Checked thousands of times a second: plain fields only, and nothing that walks the payload. */
export const messageInFields = {
  eventType: eventTypeName.meta({ description: 'Type of the event. Need not be defined.' }),
  payload: jsonObject('Payload must be an object.').meta({
    description: 'The event. Endpoints get exactly these bytes as body.',
    examples: [{ type: 'invoice.paid', invoiceId: 'inv_1' }],
  }),
  eventId: uid(ID_PREFIX.message)
    .nullish()
    .meta({
      description: "The operator's own id of the message. A second one with the same id is refused with 409.",
      examples: ['unique-identifier'],
    }),
  channels: channels.nullish().meta({
    description: 'Endpoints that have channels get it only if they share one. Null: those get none.',
  }),
  tags: uniqueList(tag)
    .max(MAX_TAGS, { error: `Tags must have at most ${MAX_TAGS} items.` })
    .nullish()
    .meta({ description: 'Labels to find it by; not sent to endpoints.' }),
  application: ApplicationIn.nullish().meta({
    description: 'Creates the application if the id or uid in the path is new; ignored otherwise.',
  }),
  payloadRetentionPeriod: retentionPeriod.nullish(),
  payloadRetentionHours: retentionHours.nullish(),
  deliverAt: instant
    .nullish()
    .meta({ description: 'Not delivered before this instant, which is 1 minute to 24 hours ahead.' }),
  transformationsParams: TransformationsParams.nullish(),
};
const messageBody = z.object(messageInFields);
type MessageBody = z.input<typeof messageBody>;

/** `data` is another name of `payload`, neither documented nor typed. Moved first, so that errors name `payload`. */
function withPayload(body: MessageBody): MessageBody {
  if (typeof body !== 'object' || body === null || !('data' in body) || 'payload' in body) return body;
  const { data, ...rest } = body as MessageBody & { data: MessageBody['payload'] };
  return { ...rest, payload: data };
}

export const MessageIn = z.pipe(z.transform(withPayload), messageBody).meta({ id: 'MessageIn' });
export type MessageIn = z.infer<typeof MessageIn>;

/** What answers say of a message. */
export const messageOutFields = {
  eventId: z.string().nullish(),
  eventType: z.string().meta({ examples: ['invoice.paid'] }),
  payload: jsonObject('Payload must be an object.').meta({
    description:
      '`{}` without content, `{"expired": true}` when it is no longer kept. Numbers are rounded to what a double can ' +
      'hold; the raw payload, as endpoints get it, has them letter by letter.',
  }),
  channels: z.array(z.string()).nullish(),
  id: z.string().meta({ examples: ['msg_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
  timestamp,
  tags: z.array(z.string()).nullish(),
  deliverAt: timestamp.nullish(),
};

export const MessageOut = z.object(messageOutFields).meta({ id: 'MessageOut' });
export type MessageOut = z.infer<typeof MessageOut>;

export const ListResponseMessageOut = listOf(MessageOut).meta({ id: 'ListResponse_MessageOut_' });

export const MessageRawPayloadOut = z
  .object({
    payload: z.string().meta({ description: 'The body that endpoints get, as text.' }),
    expired: z.boolean().optional().meta({
      description:
        "True where the body is not kept any more and `payload` but stands in its place. Postrider's own.",
    }),
  })
  .meta({ id: 'MessageRawPayloadOut' });
export type MessageRawPayloadOut = z.infer<typeof MessageRawPayloadOut>;
