/** How deep JSON may be nested: more than people write, and less than what receivers and our own stack can take. */
export const MAX_JSON_DEPTH = 500;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The index behind the text that begins at `index`. */
function skipText(json: string, index: number): number {
  let end = index + 1;
  while (end < json.length && json.charCodeAt(end) !== QUOTE)
    end += json.charCodeAt(end) === BACKSLASH ? 2 : 1;
  return end + 1;
}

/**
 * Whether valid JSON nests deeper than `MAX_JSON_DEPTH`. `JSON.parse` takes any depth, but `JSON.stringify` does not: what
 * got in so deep could never be shown again. Short texts, which cannot, are not looked at.
 */
export function isTooDeep(json: string): boolean {
  if (json.length <= 2 * MAX_JSON_DEPTH) return false;
  let depth = 0;
  let index = 0;
  while (index < json.length) {
    const code = json.charCodeAt(index);
    if (code === QUOTE) {
      index = skipText(json, index);
      continue;
    }
    // Brackets and braces differ in one bit from each other: [ { open, ] } close.
    if ((code | 0x20) === 0x7b) depth += 1;
    else if ((code | 0x20) === 0x7d) depth -= 1;
    if (depth > MAX_JSON_DEPTH) return true;
    index += 1;
  }
  return false;
}
