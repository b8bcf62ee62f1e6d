import { z } from 'zod';
import { name } from './fields.js';

/** Largest page that a list gives. */
export const MAX_PAGE = 250;
/** Page size where the caller names none. */
export const DEFAULT_PAGE = 50;

export const Ordering = z.enum(['ascending', 'descending']).meta({ id: 'Ordering' });
export type Ordering = z.infer<typeof Ordering>;

/** `limit`: a whole number of 1 to 250 in a query string. */
export const limit = z.coerce
  .number<number | string>()
  .int()
  .min(1, { error: 'Given limit must be at least 1' })
  .max(MAX_PAGE, { error: `Given limit must not exceed ${MAX_PAGE}` })
  .optional()
  .meta({
    openapi: { type: 'integer', minimum: 1, maximum: MAX_PAGE },
    parameter: 'Limit the number of returned items',
  });

/** The same in a body. */
export const limitIn = z
  .int()
  .min(1, { error: 'Given limit must be at least 1' })
  .max(MAX_PAGE, { error: `Given limit must not exceed ${MAX_PAGE}` });

/**
 * `iterator`: an id of the list's kind, exclusive; with a `-` before it the page that ends just before that id. The id
 * need not exist (spec: wire behaviour, section 4.1).
 *
 * @param prefix what ids of this list start with; undefined where items are addressed by name
 */
export const iterator = (prefix?: string) =>
  z
    .string()
    .max(257, { error: 'String too long' })
    .refine(
      (value) => {
        const id = value.replace(/^-/, '');
        return prefix === undefined
          ? name().safeParse(id).success
          : new RegExp(`^${prefix}[a-zA-Z0-9]{27}$`).test(id);
      },
      { error: prefix === undefined ? 'Invalid iterator' : 'Invalid id. Expected different prefix' },
    )
    .optional()
    .meta({ parameter: 'The iterator returned from a prior invocation' });

export const order = Ordering.optional().meta({ parameter: 'The sorting order of the returned items' });

/** A page of a list. `iterator` and `prevIterator` go on after, or back before, this page. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({
    data: z.array(item),
    iterator: z.string().nullable(),
    prevIterator: z.string().nullish(),
    done: z.boolean(),
  });
