/** Where the query of a URL begins, or its end. */
const endOfPath = (url: string): number => {
  const query = url.indexOf('?');
  return query === -1 ? url.length : query;
};

/**
 * The URL of a request with one slash where its path begins and at most one where it ends. SDKs that are given an address
 * with a slash at the end call `//api/v1/…`, and any number of slashes may stand at the end (spec: wire behaviour, section
 * 3.5). No pattern is used: they are slow with thousands of slashes.
 */
export function tidyUrl(url: string): string {
  const end = endOfPath(url);
  let first = 0;
  while (first + 1 < end && url[first] === '/' && url[first + 1] === '/') first += 1;
  let last = end;
  while (last - 2 >= first && url[last - 1] === '/' && url[last - 2] === '/') last -= 1;
  return first === 0 && last === end ? url : url.slice(first, last) + url.slice(end);
}

/** A tidied URL without the slash at the end of its path: with and without it a call is the same. */
export function withoutLastSlash(url: string): string {
  const end = endOfPath(url);
  return url[end - 1] === '/' ? url.slice(0, end - 1) + url.slice(end) : url;
}
