/**
 * The server's address without trailing slashes.
 *
 * @throws TypeError where no call could ever reach a server, or the address carries more than one
 */
export function checkServerUrl(serverUrl: string): string {
  const address = serverUrl.trim().replace(/\/+$/, '');
  if (address === '') {
    if ('location' in globalThis) return '';
    throw new TypeError('serverUrl is empty: only in a browser does that mean the origin of the page');
  }
  if (!URL.canParse(address)) throw new TypeError('serverUrl must be an absolute URL');
  const url = new URL(address);
  if (!/^https?:$/.test(url.protocol)) throw new TypeError('serverUrl must begin with http:// or https://');
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('serverUrl must not hold a user name or password');
  }
  if (/[?#]/.test(address)) throw new TypeError('serverUrl must not hold a query or fragment');
  return address;
}

/**
 * Path parameters in the form in which they stand in a URL.
 *
 * @param path with parameters as `:name`
 * @throws TypeError for what cannot stand there: nothing would name the parent, `..` its parent
 */
export function encodePathParameters(path: string, given: unknown): Record<string, string> {
  const encoded: Record<string, string> = {};
  for (const [, name = ''] of path.matchAll(/:(\w+)/g)) {
    const value: unknown = typeof given === 'object' && given !== null ? Reflect.get(given, name) : undefined;
    if ((typeof value !== 'string' && typeof value !== 'number') || value === '') {
      throw new TypeError(`path parameter ${name} must be a string that is not empty`);
    }
    // URLs have no way to say these: even in percent-encoding they are taken for steps within the path.
    if (value === '.' || value === '..') throw new TypeError(`path parameter ${name} cannot be '${value}'`);
    encoded[name] = encodeURIComponent(value);
  }
  return encoded;
}

/**
 * A query string with its question mark, or ''. Lists are joined by commas, as the Svix API wants them; dates are in
 * ISO 8601; what is undefined or null, and an empty list, is left out.
 */
export function queryString(query: unknown): string {
  if (typeof query !== 'object' || query === null) return '';
  const entries: [string, unknown][] = Object.entries(query);
  const parameters = new URLSearchParams();
  for (const [name, value] of entries) {
    const items = [value].flat().filter((item) => item !== undefined && item !== null);
    if (items.length > 0) parameters.set(name, items.map(queryText).join(','));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

const queryText = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value));
