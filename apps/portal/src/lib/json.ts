/** Strings, brackets and commas, and everything else that is not space. */
const TOKEN = /"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+/g;

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/**
 * JSON text on lines of its own, indented by two spaces. Only the space between is changed: parsed and written anew,
 * long numbers would become others and repeated names would be lost.
 *
 * @returns undefined for what is no JSON
 */
export function indentJson(text: string): string | undefined {
  if (!isJson(text)) return undefined;
  const tokens = text.match(TOKEN) ?? [];
  let depth = 0;
  let written = '';
  const breakLine = () => {
    written += `\n${'  '.repeat(depth)}`;
  };
  for (const [index, token] of tokens.entries()) {
    const isEmptied = /^[}\]]$/.test(token) && /^[{[]$/.test(tokens[index - 1] ?? '');
    if (token === '}' || token === ']') {
      depth -= 1;
      if (!isEmptied) breakLine();
    }
    written += token === ':' ? ': ' : token;
    if (token === ',') breakLine();
    if (token === '{' || token === '[') {
      depth += 1;
      if (!/^[}\]]$/.test(tokens[index + 1] ?? '')) breakLine();
    }
  }
  return written;
}
