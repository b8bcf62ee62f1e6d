import { z } from 'zod';

/** Longest wait between two attempts: 30 days. */
export const MAX_WAIT_SECONDS = 2_592_000;
/** Largest number of waits of a schedule. */
export const MAX_WAITS = 100;
const NANOS_PER_SECOND = 1_000_000_000;

const WAIT_ERROR = `A wait must be ${MAX_WAIT_SECONDS} seconds (30 days) at most`;

/** A wait. Fractions of a millisecond are kept, and mean nothing. */
export const Duration = z
  .object({
    secs: z.int().min(0).max(MAX_WAIT_SECONDS, { error: WAIT_ERROR }),
    nanos: z
      .int()
      .min(0)
      .max(NANOS_PER_SECOND - 1),
  })
  .refine(({ secs, nanos }) => secs < MAX_WAIT_SECONDS || nanos === 0, { error: WAIT_ERROR })
  .meta({ id: 'Duration', examples: [{ secs: 300, nanos: 0 }] });
export type Duration = z.infer<typeof Duration>;

export const RetryScheduleInOut = z
  .object({
    retrySchedule: z
      .array(Duration)
      .max(MAX_WAITS, { error: `A retry schedule must have at most ${MAX_WAITS} waits` })
      .nullish()
      .meta({
        description:
          'Waits after each failure, in turn. Empty: messages are tried once. Null: the schedule of the server.',
      }),
  })
  .meta({ id: 'RetryScheduleInOut' });
export type RetryScheduleInOut = z.infer<typeof RetryScheduleInOut>;
