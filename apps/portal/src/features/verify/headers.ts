/** Reads a value that may be in quotes, as shells and logs put them. */
const unquoted = (text: string): string => text.trim().replace(/^(['"])(.*)\1,?$/, '$2');

function fromJson(text: string): [string, string][] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return Object.entries(value).map(([name, one]): [string, string] => [
      name,
      Array.isArray(one) ? one.join(' ') : String(one),
    ]);
  } catch {
    return undefined;
  }
}

/**
 * Headers as people paste them: lines of `name: value`, the options of curl (`-H 'name: value'`), or a JSON object.
 * What is no header is left out.
 */
export function parseHeaders(text: string): [string, string][] {
  const json = fromJson(text.trim());
  if (json !== undefined) return json;
  return text.split('\n').flatMap((line): [string, string][] => {
    const plain = unquoted(
      line
        .trim()
        .replace(/\\$/, '')
        .trim()
        .replace(/^(-H|--header)\s+/, ''),
    );
    const colon = plain.indexOf(':');
    if (colon <= 0) return [];
    return [[unquoted(plain.slice(0, colon)), unquoted(plain.slice(colon + 1))]];
  });
}
