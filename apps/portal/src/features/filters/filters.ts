/** What lists of messages and attempts can be filtered by, as it stands in the address. */
export interface Filters {
  readonly iterator?: string | undefined;
  /** Only attempts that ended so. */
  readonly status?: 'success' | 'fail' | undefined;
  readonly eventType?: string | undefined;
  readonly channel?: string | undefined;
  readonly tag?: string | undefined;
  /** RFC 3339. */
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const instant = (value: unknown): string | undefined => {
  const given = text(value);
  return given === undefined || Number.isNaN(Date.parse(given)) ? undefined : new Date(given).toISOString();
};

/** Reads filters out of an address, which may say anything. */
export function parseFilters(search: Record<string, unknown>): Filters {
  const { status } = search;
  const found: Filters = {
    iterator: text(search.iterator),
    status: status === 'success' || status === 'fail' ? status : undefined,
    eventType: text(search.eventType),
    channel: text(search.channel),
    tag: text(search.tag),
    after: instant(search.after),
    before: instant(search.before),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** How many filters are set besides the tabs of the status. */
export const countFilters = ({ eventType, channel, tag, after, before }: Filters): number =>
  [eventType, channel, tag, after, before].filter((value) => value !== undefined).length;

/** Whether something new can come to the page: it is the newest one, and its time has no end. */
export const canGrow = ({ iterator, before }: Filters): boolean =>
  iterator === undefined && before === undefined;

/** The filters that say which messages, without their time. */
export const toLabelQuery = ({ channel, tag, eventType }: Filters) => ({
  channel,
  tag,
  event_types: eventType === undefined ? undefined : [eventType],
});

const DAY_MILLISECONDS = 86_400_000;

/**
 * The filters as list operations take them. With `after` alone the API begins at the old end; people want the newest
 * first, so the end of today is added. To the day, so that the same filter stays the same call.
 */
export function toListQuery({ iterator, eventType, channel, tag, after, before }: Filters, now: Date) {
  const endOfDay = new Date(Math.ceil(now.getTime() / DAY_MILLISECONDS) * DAY_MILLISECONDS).toISOString();
  return {
    limit: 20,
    iterator,
    channel,
    tag,
    after,
    before: before ?? (after === undefined ? undefined : endOfDay),
    event_types: eventType,
  };
}
