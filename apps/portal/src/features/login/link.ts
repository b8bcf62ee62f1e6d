/** What the fragment of a magic link says. */
export type Link =
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed' }
  /** Today's form: a one-time code, to be exchanged for a session. */
  | { readonly kind: 'code'; readonly appId: string; readonly code: string }
  /** The former form: the session's token itself. */
  | { readonly kind: 'token'; readonly appId: string; readonly token: string };

const PREFIX = '#key=';
const MALFORMED: Link = { kind: 'malformed' };

/** True for a fragment that may carry a secret and must leave the address. */
export const isLinkHash = (hash: string): boolean => hash.startsWith(PREFIX);

/** JSON in base64: standard or url-safe, padded or not, percent-encoded or not. Throws on anything else. */
function decode(key: string): unknown {
  const base64 = decodeURIComponent(key).replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
/** An id or uid; not one that a path would read as a step up. */
const isAppId = (value: unknown): value is string =>
  isText(value) && /^[\w\-.]{1,256}$/.test(value) && !/^\.{1,2}$/.test(value);

/**
 * Reads the fragment of a magic link. Other members, such as `region`, do not matter here: a self-hosted portal talks
 * to the server it came from.
 */
export function parseLink(hash: string): Link {
  if (hash === '' || hash === '#') return { kind: 'absent' };
  if (!isLinkHash(hash)) return MALFORMED;
  try {
    const value = decode(hash.slice(PREFIX.length));
    if (typeof value !== 'object' || value === null) return MALFORMED;
    const { appId, oneTimeToken, token } = value as Record<string, unknown>;
    if (!isAppId(appId)) return MALFORMED;
    if (isText(oneTimeToken)) return { kind: 'code', appId, code: oneTimeToken };
    return isText(token) ? { kind: 'token', appId, token } : MALFORMED;
  } catch {
    return MALFORMED;
  }
}
