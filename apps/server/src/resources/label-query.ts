import type { LabelFilter } from '../storage/message-label.js';

/** What callers send to filter messages by. */
interface LabelQuery {
  readonly channel?: string | undefined;
  readonly tag?: string | undefined;
  readonly event_types?: readonly string[] | undefined;
}

export const toLabelFilter = ({ channel, tag, event_types: eventTypes }: LabelQuery): LabelFilter => ({
  channel,
  tag,
  eventTypes,
});
