import { type OpenApiDocument, type Place, refuse } from './document.js';

/** References that lead to references, one after the other, at most. */
const MAX_HOPS = 32;

/** Something of the document with its place. */
export interface Found {
  readonly value: unknown;
  readonly place: Place;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text of a reference; undefined where the value is none. */
export const referenceOf = (value: unknown): string | undefined =>
  isObject(value) && typeof value['$ref'] === 'string' ? value['$ref'] : undefined;

const unescapeToken = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~');

/** Parts of the pointer of a local reference; undefined for one that leads elsewhere, or is malformed. */
function tokensOf(reference: string): string[] | undefined {
  if (reference !== '#' && !reference.startsWith('#/')) return undefined;
  try {
    return decodeURIComponent(reference.slice(1)).split('/').slice(1).map(unescapeToken);
  } catch {
    return undefined;
  }
}

const step = (value: unknown, token: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, token)
    ? (value as Record<string, unknown>)[token]
    : undefined;

/**
 * What a reference in the document stands for. Only the document itself is looked at: nothing is fetched.
 *
 * @param at where the reference stands
 * @param base a schema that references may count from as well: some tools write them so
 * @throws InvalidInputError for a reference to another document, or to nothing
 */
export function find(document: OpenApiDocument, reference: string, at: Place, base?: Found): Found {
  const place = tokensOf(reference);
  if (!place) {
    throw refuse(
      document,
      [...at, '$ref'],
      `only references within the document, such as #/components/schemas/Pet, can be followed, not ${reference}`,
    );
  }
  const value = place.reduce(step, document.root);
  if (value !== undefined) return { value, place };
  const inBase = base && place.reduce(step, base.value);
  if (base && inBase !== undefined) return { value: inBase, place: [...base.place, ...place] };
  throw refuse(document, [...at, '$ref'], `${reference} leads to nothing`);
}

/** The value, or what it refers to in the end. @throws InvalidInputError as `find`, and for references in a circle */
export function follow(document: OpenApiDocument, start: Found): Found {
  let found = start;
  for (let hops = 0; hops < MAX_HOPS; hops++) {
    const reference = referenceOf(found.value);
    if (reference === undefined) return found;
    found = find(document, reference, found.place);
  }
  throw refuse(document, start.place, 'its references lead in a circle');
}
