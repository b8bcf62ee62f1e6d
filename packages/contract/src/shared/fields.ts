import { z } from 'zod';

const encoder = new TextEncoder();

/** Length in bytes of the UTF-8 form; the API's limits are bytes, not UTF-16 units. */
export const byteLength = (text: string): number => encoder.encode(text).length;

/** What no text field may hold: the control characters 0x00 to 0x08, and halves of surrogate pairs (not UTF-8). */
const UNSTORABLE = /[^\t-\u{10FFFF}]|\p{Cs}/u;
export const isStorable = (text: string): boolean => !UNSTORABLE.test(text);

/** Free text that people read. `missing` is the message for an empty value; without it empty is allowed. */
export const text = (missing?: string) =>
  z
    .string()
    .refine((value) => missing === undefined || value.length > 0, { error: missing ?? '' })
    .refine(isStorable, { error: 'Control characters 0x00-0x08 not allowed.' });

const PATTERN = /^[a-zA-Z0-9\-_.]+$/;

/** Identifier-like text: 1 to 256 of letters, digits, `-`, `_`, `.` (spec: wire behaviour, sections 1.4 and 1.5). */
export const name = (pattern: RegExp = PATTERN, max = 256) =>
  z
    .string()
    .min(1, { error: 'String must be at least one character' })
    .max(max, { error: 'String too long' })
    .regex(pattern, {
      error: `String must match the following pattern: ${pattern.source.replace(/^\^|\+\$$/g, '')}.`,
    });

/** The operator's own id of a thing. It must not look like one of our ids, which start with `prefix`. */
export const uid = (prefix: string) =>
  name().refine((value) => !value.startsWith(prefix), {
    error: 'Uids are not allowed to have the same prefix as the ID. Prefix with _?',
    // Errors say that it is a rule on a text, as they do for length and pattern.
    params: { onText: true },
  });

/** Messages (or calls) per second, 1 to 65535. `missing` is said of 0. */
export const rate = (missing: string) => z.int().min(1, { error: missing }).max(65_535);

/** Free labels of the operator, at most 4096 bytes as JSON. */
export const metadata = z
  .record(
    z.string().refine(isStorable, { error: 'Control characters 0x00-0x08 not allowed.' }),
    z.string().refine(isStorable, { error: 'Control characters 0x00-0x08 not allowed.' }),
  )
  .refine((value) => byteLength(JSON.stringify(value)) <= 4096, {
    error: 'metadata must be less than or equal to 4096 bytes',
  })
  .meta({ examples: [{ plan: 'gold' }] });

/** An instant: RFC 3339 with a zone. Answers are UTC with `Z`. */
export const timestamp = z.iso.datetime({ offset: true }).meta({ examples: ['2026-11-24T09:00:00.000Z'] });

/** `true` or `false` in a query string. */
export const queryBoolean = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')])
  .meta({ openapi: { type: 'boolean' } });

/** A JSON object that nobody looks into. One check that does not walk it: message payloads pass here. */
export const jsonObject = (error: string) =>
  z
    .custom<Record<string, unknown>>(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      { error },
    )
    .meta({ openapi: { type: 'object', additionalProperties: true } });

/** A list that means a set: what is named twice counts once. Answers may have another order. */
export const uniqueList = <T extends z.ZodType>(item: T) =>
  z.array(item).overwrite((list) => [...new Set(list)]);

/** Name of an event type. Dots group names. */
export const eventTypeName = name().meta({ examples: ['invoice.paid'] });

/** A channel limits a message to the endpoints that listen to it. */
export const channel = name(/^[a-zA-Z0-9\-_.:+]+$/, 128).meta({ examples: ['project_123'] });

/** A tag is for finding messages again; it is not delivered. */
export const tag = name(/^[a-zA-Z0-9\-_./\\#]+$/, 128).meta({ examples: ['import-2026'] });

/** Largest number of channels of an endpoint or a message. */
export const MAX_CHANNELS = 10;
const CHANNELS_ERROR = `Channels must have at least 1 and at most ${MAX_CHANNELS} items, or be set to null.`;
export const channels = uniqueList(channel)
  .min(1, { error: CHANNELS_ERROR })
  .max(MAX_CHANNELS, { error: CHANNELS_ERROR });

/** Event types that an endpoint listens to. An empty list is read as null, all: the React library always sends one. */
export const eventTypes = uniqueList(eventTypeName).transform((list) => (list.length === 0 ? null : list));
