import type { EndpointOut } from '@postrider/contract';

/** So many endpoints are looked through by text at most, the newest ones: 40 pages of the API. */
export const MOST_LOOKED_AT = 10_000;
/** So many that match are offered; with more it is quicker to type on. */
export const MOST_FOUND = 50;

const ENDPOINT_ID = /^ep_[0-9A-Za-z]{27}$/;
const UID = /^[\w.-]{1,256}$/;

/** Whether a text is the id of an endpoint, so that the endpoint can be asked for. */
export const isEndpointId = (text: string): boolean => ENDPOINT_ID.test(text);

/** Whether an endpoint may go by this text as the operator's or customer's own id of it. */
export const isUid = (text: string): boolean => UID.test(text);

type Searched = Pick<EndpointOut, 'id' | 'uid' | 'url' | 'description'>;

/** The endpoints that have every word of the text in their address, description or ids; all for an empty text. */
export function matchEndpoints<T extends Searched>(endpoints: readonly T[], text: string): readonly T[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return endpoints;
  return endpoints.filter(({ id, uid, url, description }) => {
    const all = `${url} ${description} ${uid ?? ''} ${id}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** How far a search is. */
export interface Progress {
  readonly isSearching: boolean;
  /** Something is on its way that may bring more of what was asked for. */
  readonly isLooking: boolean;
  readonly hasFailed: boolean;
  /** How many are offered. */
  readonly offered: number;
  /** Every endpoint is there. */
  readonly isWhole: boolean;
}

export type Saying =
  | 'failed'
  | 'looking'
  | 'loading'
  | 'all'
  | 'more'
  | 'foundMany'
  | 'found'
  | 'none'
  | 'cut';

/** What is said below the endpoints that are offered: whether there are others, and how to get at them. */
export function sayingOf({ isSearching, isLooking, hasFailed, offered, isWhole }: Progress): Saying {
  if (isSearching && offered >= MOST_FOUND) return 'foundMany';
  if (hasFailed) return 'failed';
  if (!isSearching) return offered === 0 && isLooking ? 'loading' : isWhole ? 'all' : 'more';
  if (isLooking) return 'looking';
  if (offered > 0) return 'found';
  return isWhole ? 'none' : 'cut';
}
