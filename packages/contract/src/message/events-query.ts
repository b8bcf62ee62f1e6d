import { z } from 'zod';
import { channel } from '../shared/fields.js';
import { ID_PREFIX } from '../shared/ids.js';
import { limit } from '../shared/pagination.js';
import { after, eventTypesFilter, queryList } from '../shared/query.js';

/** How messages are followed. The iterator only goes on, never back. */
export const eventsQuery = z.object({
  limit,
  iterator: z
    .string()
    .regex(new RegExp(`^${ID_PREFIX.message}[a-zA-Z0-9]{27}$`), {
      error: 'Invalid id. Expected different prefix',
    })
    .optional()
    .meta({ parameter: 'The iterator returned from a prior invocation' }),
  event_types: eventTypesFilter,
  channels: queryList(channel).meta({ parameter: 'Filter response based on the event channels' }),
  after,
});
