import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { invalidInput } from '../../errors.js';

/** How deep schemas may be nested: far more than people write, far less than what a stack takes. */
const MAX_DEPTH = 100;
/** How many values the schemas of an event type may have: some checks compare every value of a list with every other. */
const MAX_VALUES = 20_000;

const DRAFT_7 = 'http://json-schema.org/draft-07/schema';

const ajv = new Ajv({ strict: false, logger: false });
addFormats.default(ajv, { mode: 'fast', formats: ['uri', 'uri-reference', 'regex'] });

/** The meta-schema under an id of ours, as a schema like any other: in its own role ajv looks at no formats. */
const compileDraft7 = (): ValidateFunction =>
  ajv.compile({ ...(ajv.getSchema(DRAFT_7)?.schema as object), $id: 'postrider:draft-07' });
let draft7: ValidateFunction | undefined;

const refuse = (message: string) =>
  invalidInput(['body', 'schemas'], `schemas: ${message}`, 'value_error.jsondecode');

/**
 * Checks the schemas of an event type: each value must be a valid JSON Schema, Draft 7, whatever it says of itself.
 * They are never compiled: nobody's input becomes code.
 *
 * @throws InvalidInputError with what is wrong with the first of them
 */
export function checkSchemas(schemas: Readonly<Record<string, unknown>>): void {
  checkStorable(schemas);
  draft7 ??= compileDraft7();
  for (const [version, schema] of Object.entries(schemas)) {
    if (!draft7(schema)) throw refuse(ajv.errorsText(draft7.errors, { dataVar: version }));
  }
}

/** Halves of surrogate pairs are not UTF-8, and the database has no text with a zero. */
const isStorable = (text: string): boolean => !text.includes('\0') && !/\p{Cs}/u.test(text);

/** Walks without recursion: how deep a text nests is its sender's choice. */
function checkStorable(root: unknown): void {
  const waiting: [value: unknown, depth: number][] = [[root, 0]];
  let values = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [value, depth] = next;
    values += 1;
    if (values > MAX_VALUES) throw refuse(`more than ${MAX_VALUES} values`);
    if (typeof value === 'string' && !isStorable(value)) {
      throw refuse('a text has characters that are not allowed');
    }
    if (typeof value !== 'object' || value === null) continue;
    if (depth > MAX_DEPTH) throw refuse(`nested deeper than ${MAX_DEPTH} levels`);
    for (const [key, child] of Object.entries(value)) {
      if (!isStorable(key)) throw refuse('a name has characters that are not allowed');
      waiting.push([child, depth + 1]);
    }
  }
}
