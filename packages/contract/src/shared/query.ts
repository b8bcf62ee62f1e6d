import { z } from 'zod';
import { channel, eventTypeName, queryBoolean, tag } from './fields.js';
import { instant } from './instant.js';

/**
 * A list in a query string: comma-joined, repeated, or both. Empty means absent, that is no filter.
 *
 * @param item what each value must be
 */
export const queryList = <T extends z.ZodType<unknown, string>>(item: T) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((given) => {
      const values = [given].flat().flatMap((text) => text.split(','));
      return [...new Set(values.filter((value) => value !== ''))];
    })
    .pipe(z.array(item as z.ZodType<z.output<T>, string>))
    .transform((list) => (list.length === 0 ? undefined : list))
    .optional()
    .meta({ openapi: { type: 'array', items: { type: 'string' } } });

/** A boolean in a query string that has a default. */
export const queryFlag = (fallback: boolean, parameter: string) =>
  queryBoolean.default(fallback).meta({ openapi: { type: 'boolean', default: fallback }, parameter });

export const eventTypesFilter = queryList(eventTypeName).meta({
  parameter: 'Filter response based on the event type',
});
export const channelFilter = channel.optional().meta({ parameter: 'Filter response based on the channel' });
export const tagFilter = tag.optional().meta({ parameter: 'Filter response based on the message tags' });
export const before = instant
  .optional()
  .meta({ parameter: 'Only include items created before a certain date' });
export const after = instant
  .optional()
  .meta({ parameter: 'Only include items created after a certain date' });

/** `with_content`: without it payloads are `{}` and receivers' answers `"{}"`. */
export const withContent = queryFlag(true, 'When `false`, payloads and response bodies are left out');
/** `expanded_statuses`: whether the client knows status 4; to others a canceled message is shown as success. */
export const expandedStatuses = queryFlag(
  false,
  'When `true`, canceled messages have status 4; otherwise they are shown as success',
);
