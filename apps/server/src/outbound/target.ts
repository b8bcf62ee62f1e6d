/** Where a request goes: a URL taken apart. */
export interface Target {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path with query, never the fragment. */
  readonly path: string;
  /** Name that the TLS certificate must carry. */
  readonly hostname: string;
  /** Value of the Authorization header that the URL's user name and password stand for. */
  readonly authorization: string | undefined;
}

/** Takes an http or https URL apart; undefined for every other text. */
export function parseTarget(url: string): Target | undefined {
  const parsed = parseUrl(url);
  if (parsed?.protocol !== 'https:' && parsed?.protocol !== 'http:') return undefined;
  return {
    origin: parsed.origin,
    path: parsed.pathname + parsed.search,
    hostname: parsed.hostname,
    authorization: basicAuthorization(parsed.username, parsed.password),
  };
}

// Asking URL.canParse first would parse twice, on every delivery.
function parseUrl(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}

/** HTTP Basic (RFC 7617) from the percent-encoded user name and password of a URL; each may be missing, not both. */
function basicAuthorization(username: string, password: string): string | undefined {
  if (username === '' && password === '') return undefined;
  const credentials = Buffer.concat([percentDecode(username), Buffer.from(':'), percentDecode(password)]);
  return `Basic ${credentials.toString('base64')}`;
}

/** The bytes that were meant. A percent sign that starts no escape stands for itself, as in the URL standard. */
const percentDecode = (text: string): Buffer =>
  Buffer.from(
    text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

/** A header, its name as it is written on the wire. */
export type HeaderPair = readonly [name: string, value: string];

/**
 * Joins lists of headers into one, flat (name, value, name, value …) as undici takes it. Of headers with the same name,
 * whatever its case, the later one wins, in the place of the first.
 */
export function joinHeaders(...lists: readonly (readonly HeaderPair[])[]): string[] {
  const joined = new Map<string, HeaderPair>();
  for (const list of lists) for (const pair of list) joined.set(pair[0].toLowerCase(), pair);
  const flat: string[] = [];
  for (const [name, value] of joined.values()) flat.push(name, value);
  return flat;
}
