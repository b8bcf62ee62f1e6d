/**
 * Parses a query string. `a=1&a=2`, `a[]=1` and `a[0]=1&a[1]=2` are lists; everything else is a text (spec: wire
 * behaviour, section 3.4).
 */
export function parseQuery(text: string | null | undefined): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  if (!text) return query;
  for (const [key, value] of new URLSearchParams(text)) {
    const name = key.replace(/\[\d*\]$/, '');
    if (name === '__proto__') continue;
    const known = query[name];
    if (known === undefined) query[name] = name === key ? value : [value];
    else query[name] = Array.isArray(known) ? [...known, value] : [known, value];
  }
  return query;
}
