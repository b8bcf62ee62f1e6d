/** Index behind the string that begins at `at` (its opening quote). */
function skipString(text: string, at: number): number {
  let end = at + 1;
  for (;;) {
    end = text.indexOf('"', end);
    let slashes = end - 1;
    while (text.charCodeAt(slashes) === 0x5c) slashes -= 1;
    // An even number of backslashes before it: the quote is not escaped.
    if ((end - slashes) % 2 === 1) return end + 1;
    end += 1;
  }
}

const isSpace = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);

function skipSpace(text: string, at: number): number {
  let index = at;
  while (isSpace(text.charCodeAt(index))) index += 1;
  return index;
}

/** Index behind the value that begins at `at`. */
function skipValue(text: string, at: number): number {
  let depth = 0;
  let index = at;
  for (;;) {
    const code = text.charCodeAt(index);
    if (code === 0x22) index = skipString(text, index);
    else {
      if (code === 0x7b || code === 0x5b) depth += 1;
      else if (code === 0x7d || code === 0x5d) {
        if (depth === 0) return index;
        depth -= 1;
      } else if (code === 0x2c && depth === 0) return index;
      index += 1;
    }
    if (depth === 0 && (text.charCodeAt(index - 1) === 0x7d || text.charCodeAt(index - 1) === 0x5d))
      return index;
    if (index >= text.length) return index;
  }
}

/**
 * The text of a member of a JSON object just as it was written: spaces, order of keys and spelling of numbers, none of
 * which `JSON.parse` keeps. Of members with equal names the last counts, as for `JSON.parse`.
 *
 * @param json a text that `JSON.parse` has read as an object
 * @returns undefined when the object has no such member
 */
export function rawMember(json: string, name: string): string | undefined {
  let index = skipSpace(json, json.indexOf('{') + 1);
  let found: string | undefined;
  while (json.charCodeAt(index) === 0x22) {
    const keyEnd = skipString(json, index);
    const key = json.slice(index + 1, keyEnd - 1);
    const start = skipSpace(json, json.indexOf(':', keyEnd) + 1);
    const end = skipValue(json, start);
    const same = key === name || (key.includes('\\') && JSON.parse(`"${key}"`) === name);
    if (same) found = json.slice(start, end).trimEnd();
    index = skipSpace(json, end);
    if (json.charCodeAt(index) === 0x2c) index = skipSpace(json, index + 1);
  }
  return found;
}
