/** Control characters and backslashes: browsers drop or turn them on the way to an address. */
const UNSAFE = /[\p{Cc}\\]/u;

/** The text as a browser would finally read it; undefined if it cannot be decoded. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/**
 * A path inside the portal that a link names, as `/a/b?c`. The link is written by whoever sends it, so whatever could
 * lead out of the portal is refused: schemes, `//`, `\`, control characters, dot segments, also when they are encoded.
 *
 * @returns undefined if it is not such a path
 */
export function parseNext(value: string): string | undefined {
  const text = value.split('#', 1)[0] ?? '';
  const path = text.split('?', 1)[0] ?? '';
  const plain = decoded(text);
  const plainPath = decoded(path);
  if (plain === undefined || plainPath === undefined || path === '' || text.length > 2048) return undefined;
  if (UNSAFE.test(text) || UNSAFE.test(plain)) return undefined;
  if (plainPath.includes('//') || plainPath.includes(':')) return undefined;
  if (plainPath.split('/').some((segment) => segment === '.' || segment === '..')) return undefined;
  return text.startsWith('/') ? text : `/${text}`;
}

/**
 * The address to open after login. `next` may name the application or leave it out; either way the result is inside
 * the application that the session is of.
 */
export function landingPath(appId: string, next: string | undefined): string {
  const home = `/${encodeURIComponent(appId)}`;
  if (next === undefined || next === '/') return home;
  const isInside = next === home || next.startsWith(`${home}/`) || next.startsWith(`${home}?`);
  return isInside ? next : `${home}${next}`;
}
