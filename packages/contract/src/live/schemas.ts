import { z } from 'zod';

/** What ends a stream for good: the error that the same request would be answered with now. */
export const LiveEndOut = z
  .object({ status: z.int(), code: z.string(), detail: z.string() })
  .meta({ id: 'LiveEndOut' });
export type LiveEndOut = z.infer<typeof LiveEndOut>;

/**
 * Names of the events of a stream. `open`: it begins, where the caller said or now. `message`, `attempt`: something new.
 * `position`: nothing new, but the place has moved. `restart`: what came since the caller's place is told no more, the
 * list has it; the stream goes on from now. `end`: the caller may read no longer.
 */
export const LIVE_EVENTS = ['open', 'message', 'attempt', 'position', 'restart', 'end'] as const;
export type LiveEventName = (typeof LIVE_EVENTS)[number];

/** One event of a stream. `id` is the place right behind it: who comes back with it misses nothing. */
export interface LiveEvent {
  readonly event: LiveEventName;
  readonly id?: string;
  readonly data: unknown;
}
