import { CORE_SCHEMA, load, mergeTag, YAMLException } from 'js-yaml';
import { type InvalidInputError, invalidInput } from '../../../errors.js';

/** How deep a document may be nested, and how many values it may have with every YAML alias counted where it stands. */
const MAX_DEPTH = 200;
const MAX_VALUES = 500_000;
/** How many aliases a YAML text may have, whatever they stand for. */
const MAX_ALIASES = 10_000;

/** YAML 1.2 with the merge key `<<`; no tag makes anything but JSON. */
const SCHEMA = CORE_SCHEMA.withTags(mergeTag);

/** Where something stands in the document, from the outside in. */
export type Place = readonly string[];

/** An OpenAPI document, and how to say what is wrong in it. */
export interface OpenApiDocument {
  readonly root: unknown;
  /** Field of the request that it came in. */
  readonly field: 'spec' | 'specRaw';
}

/** 422 that names the place in the document, which counts from the field of the request. */
export const refuse = (document: OpenApiDocument, place: Place, message: string): InvalidInputError => {
  const loc = locOf(document, place);
  return invalidInput(loc, `${loc.slice(1).join('.')}: ${message}`);
};

/** The place as `loc` of a problem. */
export const locOf = ({ field }: OpenApiDocument, place: Place): string[] => ['body', field, ...place];

/** @throws InvalidInputError when it is too large to go through */
export function fromObject(root: unknown): OpenApiDocument {
  const document: OpenApiDocument = { root, field: 'spec' };
  checkSize(document);
  return document;
}

/**
 * Reads a document from text. JSON is YAML too, but read twenty times as fast as such.
 *
 * @throws InvalidInputError with line and column, or when it is too large to go through
 */
export function fromText(text: string): OpenApiDocument {
  const document: OpenApiDocument = { root: readText(text), field: 'specRaw' };
  checkSize(document);
  return document;
}

function readText(text: string): unknown {
  if (/^\s*\{/.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // YAML may begin with a brace, too, and its reader says where the fault is.
    }
  }
  try {
    return load(text, { schema: SCHEMA, maxDepth: MAX_DEPTH, maxAliases: MAX_ALIASES });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const at = error.mark ? ` at line ${error.mark.line + 1}, column ${error.mark.column + 1}` : '';
    throw refuse({ root: null, field: 'specRaw' }, [], `${error.reason}${at}`);
  }
}

/** Walks without recursion; an alias that stands for what it is in goes on until it is too deep. */
function checkSize(document: OpenApiDocument): void {
  const waiting: [value: unknown, depth: number][] = [[document.root, 0]];
  let values = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [value, depth] = next;
    values += 1;
    if (values > MAX_VALUES) {
      throw refuse(document, [], `more than ${MAX_VALUES} values, aliases counted where they stand`);
    }
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw refuse(document, [], 'infinity and not-a-number are no JSON');
    }
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= MAX_DEPTH) throw refuse(document, [], `nested deeper than ${MAX_DEPTH} levels`);
    for (const child of Object.values(value)) waiting.push([child, depth + 1]);
  }
}
