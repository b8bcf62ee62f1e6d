import { z } from 'zod';
import { startedTask } from '../shared/background-task.js';
import { name } from '../shared/fields.js';

/** Most messages that one call expunges. */
export const MAX_BULK_EXPUNGE = 1000;

export const BulkExpungeContentsIn = z
  .object({
    ids: z
      .array(name())
      .max(MAX_BULK_EXPUNGE, { error: `At most ${MAX_BULK_EXPUNGE} ids may be given.` })
      .overwrite((list) => [...new Set(list)])
      .default([])
      .meta({
        description: 'Ids or `eventId`s of messages.',
        examples: [['msg_1srOrx2ZWZBpBUvZwXKQmoEYga2']],
      }),
  })
  .meta({ id: 'BulkExpungeContentsIn' });
export type BulkExpungeContentsIn = z.infer<typeof BulkExpungeContentsIn>;

export const BulkExpungeStatus = z.enum(['expunged', 'not-found']).meta({ id: 'BulkExpungeStatus' });
export type BulkExpungeStatus = z.infer<typeof BulkExpungeStatus>;

export const BulkExpungeContentsOut = z
  .object({
    results: z
      .record(z.string(), BulkExpungeStatus)
      .meta({ description: 'What became of each message, by the id that it was asked for with.' }),
  })
  .meta({ id: 'BulkExpungeContentsOut' });
export type BulkExpungeContentsOut = z.infer<typeof BulkExpungeContentsOut>;

export const ExpungeAllContentsOut = startedTask('ExpungeAllContentsOut');
export type ExpungeAllContentsOut = z.infer<typeof ExpungeAllContentsOut>;
