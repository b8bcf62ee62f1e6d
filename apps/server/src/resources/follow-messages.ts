import { DEFAULT_PAGE, ID_PREFIX, type MessageEventsOut } from '@postrider/contract';
import type { RequestContext } from '../context.js';
import { endId, startId, timeOfId } from '../ids.js';
import type { LabelFilter } from '../storage/message-label.js';
import type { Stretch } from '../storage/message-stream.js';
import type { Window } from '../storage/window.js';
import { presentMessage } from './present-message.js';

/** How far back messages are followed where no start is named: as far as lists reach. */
const REACH_MS = 90 * 86_400_000;
/** A message that has not been committed this long after its id was made would be left out, in ms. */
const SETTLE_MS = 1_000;

interface StreamQuery {
  readonly limit?: number | undefined;
  readonly iterator?: string | undefined;
  readonly event_types?: readonly string[] | undefined;
  readonly channels?: readonly string[] | undefined;
  readonly after?: Date | undefined;
}

/**
 * One call of somebody who follows messages. Messages are made in many places at once, so the newest may be committed
 * before an older one: where the page reaches so far, it is read once more when that can have happened no longer.
 * Otherwise the iterator would go past what was not there yet. Clocks of processes may differ by less than that.
 */
export async function follow(
  ctx: RequestContext,
  query: StreamQuery,
  read: (filter: LabelFilter, window: Window) => Promise<Stretch>,
): Promise<MessageEventsOut> {
  const { limit = DEFAULT_PAGE, iterator, after } = query;
  const now = ctx.clock.now();
  const start = startId(ID_PREFIX.message, after ?? new Date(now.getTime() - REACH_MS));
  const over = iterator !== undefined && (!after || iterator > start) ? iterator : start;
  const window: Window = { limit, over, under: endId(ID_PREFIX.message, now), fromOldest: true };
  const filter: LabelFilter = { eventTypes: query.event_types, channels: query.channels };
  let stretch = await read(filter, window);
  if (isFresh(stretch, now)) {
    await ctx.clock.wait(SETTLE_MS);
    stretch = await read(filter, window);
  }
  return {
    data: stretch.messages.map((message) => presentMessage(message, true)),
    iterator: stretch.messages.at(-1)?.id ?? over,
    done: stretch.done,
  };
}

function isFresh({ messages }: Stretch, now: Date): boolean {
  const last = messages.at(-1);
  const at = last && timeOfId(ID_PREFIX.message, last.id);
  return at !== undefined && at.getTime() > now.getTime() - SETTLE_MS;
}
