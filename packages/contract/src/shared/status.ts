import { z } from 'zod';

const MESSAGE_STATUSES = [0, 1, 2, 3, 4] as const;

/** Where the delivery of a message stands: success, pending, fail, sending, canceled. Numbers on the wire. */
export const MessageStatus = z.literal(MESSAGE_STATUSES).meta({
  id: 'MessageStatus',
  description: '0 success, 1 pending, 2 fail, 3 sending (failed, will be tried again), 4 canceled.',
  openapi: {
    type: 'integer',
    enum: MESSAGE_STATUSES,
    'x-enum-varnames': ['Success', 'Pending', 'Fail', 'Sending', 'Canceled'],
  },
});
export type MessageStatus = z.infer<typeof MessageStatus>;

/** `MessageStatus` in words; the place in this list is its number. */
export const MessageStatusText = z
  .enum(['success', 'pending', 'fail', 'sending', 'canceled'])
  .meta({ id: 'MessageStatusText' });
export type MessageStatusText = z.infer<typeof MessageStatusText>;

const STATUS_CODE_CLASSES = [0, 100, 200, 300, 400, 500] as const;

/** The hundred that an HTTP status code belongs to; 0 where there was no answer. */
export const StatusCodeClass = z.literal(STATUS_CODE_CLASSES).meta({
  id: 'StatusCodeClass',
  description: 'First of the hundred status codes of this class; 0: no answer came.',
  openapi: {
    type: 'integer',
    enum: STATUS_CODE_CLASSES,
    'x-enum-varnames': ['CodeNone', 'Code1xx', 'Code2xx', 'Code3xx', 'Code4xx', 'Code5xx'],
  },
});
export type StatusCodeClass = z.infer<typeof StatusCodeClass>;

/** A number of a closed set in a query string, where it comes as text. */
const numberInQuery = <T extends number>(named: z.ZodLiteral<T>, values: readonly T[]) =>
  z
    .union(
      [named, z.literal(values.map((value): `${T}` => `${value}`)).transform((text) => Number(text) as T)],
      { error: `Must be one of ${values.join(', ')}` },
    )
    .optional()
    .meta({ openapi: { $ref: `#/components/schemas/${named.meta()?.id}` } });

/** `status`: only what stands so. */
export const statusFilter = numberInQuery(MessageStatus, MESSAGE_STATUSES).meta({
  parameter: 'Filter response based on the status of the attempt: 0, 1, 2, 3 or 4',
});

/** `status_code_class`: only what the receiver answered so. */
export const statusCodeClassFilter = numberInQuery(StatusCodeClass, STATUS_CODE_CLASSES).meta({
  parameter: 'Filter response based on the HTTP status code',
});
