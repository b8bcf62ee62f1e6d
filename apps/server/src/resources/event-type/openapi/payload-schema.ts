import { MAX_SCHEMA_DEPTH, MAX_SCHEMA_VALUES } from '../../../json-schema.js';
import { type OpenApiDocument, refuse } from './document.js';
import { toDraft7Words } from './draft7.js';
import { type Found, find, isObject, referenceOf } from './references.js';

type Json = Record<string, unknown>;

/** Keywords that hold schemas by name. */
const MAPS = new Set(['properties', 'patternProperties', 'definitions', '$defs', 'dependentSchemas']);
/** Keywords that hold values, which may look like anything. */
const DATA = new Set(['enum', 'const', 'default', 'examples', 'example']);
/** Keywords that say something to people; with these beside it a reference still stands for its target. */
const WORDS = new Set([
  'title',
  'description',
  'summary',
  'default',
  'examples',
  'example',
  'deprecated',
  'readOnly',
  'writeOnly',
]);

/** What the schemas of a whole document may come to, counted down. */
export interface Allowance {
  values: number;
}

class TooLarge extends Error {}

/**
 * A schema of the document as one that stands for itself, in Draft 7. References are put in place, which people read
 * best; only what contains itself becomes a definition of the schema. What would grow too large in this way gets
 * definitions for all of its references instead.
 *
 * @throws InvalidInputError naming the place of what cannot be resolved, or is too large in both ways
 */
export function resolveSchema(document: OpenApiDocument, schema: Found, allowance: Allowance): unknown {
  for (const inline of [true, false]) {
    try {
      return new Resolution(document, schema, inline, allowance).run();
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
    }
  }
  throw refuse(
    document,
    schema.place,
    `with its references it has more than ${MAX_SCHEMA_VALUES} values or ${MAX_SCHEMA_DEPTH} levels`,
  );
}

interface Position {
  readonly depth: number;
  /** References that it is in. */
  readonly within: readonly string[];
}

class Resolution {
  readonly #document: OpenApiDocument;
  readonly #base: Found;
  readonly #inline: boolean;
  readonly #allowance: Allowance;
  readonly #names = new Map<string, string>();
  readonly #waiting: { readonly name: string; readonly reference: string; readonly found: Found }[] = [];
  #values = 0;

  constructor(document: OpenApiDocument, base: Found, inline: boolean, allowance: Allowance) {
    this.#document = document;
    this.#base = base;
    this.#inline = inline;
    this.#allowance = allowance;
  }

  run(): unknown {
    const root = this.#schema(this.#base, { depth: 0, within: [] });
    const definitions: Json = {};
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      definitions[next.name] = this.#schema(next.found, { depth: 0, within: [next.reference] });
    }
    if (!isObject(root) || Object.keys(definitions).length === 0) return root;
    return { ...root, definitions: { ...Object(root['definitions']), ...definitions } };
  }

  #count(depth: number): void {
    this.#values += 1;
    this.#allowance.values -= 1;
    if (this.#allowance.values < 0) {
      throw refuse(this.#document, [], 'its schemas are too large together; import it in parts');
    }
    if (this.#values > MAX_SCHEMA_VALUES || depth > MAX_SCHEMA_DEPTH) throw new TooLarge();
  }

  /** What is no schema stays as it is: the check against Draft 7 tells. */
  #schema({ value, place }: Found, position: Position): unknown {
    this.#count(position.depth);
    if (!isObject(value)) return value;
    const reference = referenceOf(value);
    if (reference !== undefined) return this.#reference({ value, place }, reference, position);
    return toDraft7Words(this.#keywords({ value, place }, position));
  }

  #keywords({ value, place }: Found, { depth, within }: Position): Json {
    const entries = Object.entries(value as Json).map(([key, child]): [string, unknown] => {
      const found = { value: child, place: [...place, key] };
      const inside = { depth: depth + 1, within };
      if (DATA.has(key)) return [key, this.#data(child, depth + 1)];
      if (MAPS.has(key) && isObject(child)) return [key, this.#map(found, inside)];
      return [key, this.#listOrSchema(found, inside)];
    });
    return Object.fromEntries(entries);
  }

  #map({ value, place }: Found, { depth, within }: Position): Json {
    this.#count(depth);
    const entries = Object.entries(value as Json).map(([key, child]) => [
      key,
      this.#schema({ value: child, place: [...place, key] }, { depth: depth + 1, within }),
    ]);
    return Object.fromEntries(entries) as Json;
  }

  #listOrSchema({ value, place }: Found, position: Position): unknown {
    if (!Array.isArray(value)) return this.#schema({ value, place }, position);
    this.#count(position.depth);
    const inside = { ...position, depth: position.depth + 1 };
    return value.map((child: unknown, index) =>
      this.#listOrSchema({ value: child, place: [...place, String(index)] }, inside),
    );
  }

  /** Values are taken over as they are; they count, since an alias may stand for many. */
  #data(value: unknown, depth: number): unknown {
    this.#count(depth);
    if (typeof value !== 'object' || value === null) return value;
    for (const child of Object.values(value)) this.#data(child, depth + 1);
    return value;
  }

  #reference(found: Found, reference: string, position: Position): unknown {
    const target = find(this.#document, reference, found.place, this.#base);
    // Whoever shows a schema looks at its outermost keywords, so those are there in any case.
    const isOutermost = position.depth === position.within.length;
    const isWithin = position.within.includes(reference);
    const stands =
      (this.#inline || isOutermost) && !isWithin
        ? this.#schema(target, {
            depth: position.depth + 1,
            within: [...position.within, reference],
          })
        : { $ref: `#/definitions/${this.#define(reference, target)}` };
    const { $ref: _reference, ...beside } = found.value as Json;
    const keys = Object.keys(beside);
    if (keys.length === 0) return stands;
    const said = toDraft7Words(this.#keywords({ value: beside, place: found.place }, position));
    const isOnlySaid =
      isObject(stands) && stands['$ref'] === undefined && keys.every((key) => WORDS.has(key));
    return isOnlySaid ? { ...stands, ...said } : { allOf: [stands, said] };
  }

  /** Name of the definition that the reference leads to; it is worked out when the rest is done. */
  #define(reference: string, found: Found): string {
    const known = this.#names.get(reference);
    if (known !== undefined) return known;
    const last = (found.place.at(-1) ?? 'document').replaceAll(/[^A-Za-z0-9_.-]/g, '_');
    const taken = new Set(this.#names.values());
    let name = last;
    for (let number = 2; taken.has(name); number++) name = `${last}_${number}`;
    this.#names.set(reference, name);
    this.#waiting.push({ name, reference, found });
    return name;
  }
}
