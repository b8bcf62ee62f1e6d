import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { invalidInput } from './errors.js';

/** How deep schemas may be nested: far more than people write, far less than what a stack takes. */
export const MAX_SCHEMA_DEPTH = 100;
/** How many values the schemas of an event type may have: some checks compare every value of a list with every other. */
export const MAX_SCHEMA_VALUES = 20_000;

const DRAFT_7 = 'http://json-schema.org/draft-07/schema';

const ajv = new Ajv({ strict: false, logger: false });
addFormats.default(ajv, { mode: 'fast', formats: ['uri', 'uri-reference', 'regex'] });

/** The meta-schema under an id of ours, as a schema like any other: in its own role ajv looks at no formats. */
const compileDraft7 = (): ValidateFunction =>
  ajv.compile({ ...(ajv.getSchema(DRAFT_7)?.schema as object), $id: 'postrider:draft-07' });
let draft7: ValidateFunction | undefined;

/**
 * Checks the schemas of an event type: each value must be a valid JSON Schema, Draft 7, whatever it says of itself.
 * They are never compiled: nobody's input becomes code.
 *
 * @param loc where they stand in the request
 * @throws InvalidInputError with what is wrong with the first of them
 */
export function checkSchemas(
  schemas: Readonly<Record<string, unknown>>,
  loc: readonly string[] = ['body', 'schemas'],
): void {
  const problem = findProblem(schemas);
  if (problem !== undefined) {
    throw invalidInput(loc, `${loc.slice(1).join('.')}: ${problem}`, 'value_error.jsondecode');
  }
}

function findProblem(schemas: Readonly<Record<string, unknown>>): string | undefined {
  const unstorable = findUnstorable(schemas);
  if (unstorable !== undefined) return unstorable;
  draft7 ??= compileDraft7();
  for (const [version, schema] of Object.entries(schemas)) {
    if (!draft7(schema)) return ajv.errorsText(draft7.errors, { dataVar: version });
  }
  return undefined;
}

/** Halves of surrogate pairs are not UTF-8, and the database has no text with a zero. */
const isStorable = (text: string): boolean => !text.includes('\0') && !/\p{Cs}/u.test(text);

/** Walks without recursion: how deep a text nests is its sender's choice. */
function findUnstorable(root: unknown): string | undefined {
  const waiting: [value: unknown, depth: number][] = [[root, 0]];
  let values = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [value, depth] = next;
    values += 1;
    if (values > MAX_SCHEMA_VALUES) return `more than ${MAX_SCHEMA_VALUES} values`;
    if (typeof value === 'string' && !isStorable(value)) {
      return 'a text has characters that are not allowed';
    }
    if (typeof value !== 'object' || value === null) continue;
    if (depth > MAX_SCHEMA_DEPTH) return `nested deeper than ${MAX_SCHEMA_DEPTH} levels`;
    for (const [key, child] of Object.entries(value)) {
      if (!isStorable(key)) return 'a name has characters that are not allowed';
      waiting.push([child, depth + 1]);
    }
  }
  return undefined;
}
