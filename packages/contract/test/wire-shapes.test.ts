import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { buildOpenApi } from '../src/openapi.js';

/** What is known of a value: of the API's clients (wire-shapes.json) or of ours. Absent: anything. */
interface Shape {
  /** Name of the shape that it is the same as. */
  readonly same?: string;
  readonly type?: string | readonly string[];
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly fields?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly values?: Shape;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

interface Operation {
  readonly body?: Shape;
  readonly query?: Readonly<Record<string, { readonly required: boolean; readonly shape: Shape }>>;
  /** By status; null: nothing is said. */
  readonly answers: Readonly<Record<string, Shape | null>>;
}

/** What official clients send and read, without what Postrider does not serve. */
const wire = JSON.parse(readFileSync(new URL('wire-shapes.json', import.meta.url), 'utf8')) as {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
};

type Json = Readonly<Record<string, unknown>>;
const document = JSON.parse(JSON.stringify(buildOpenApi('1.0.0'))) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
};

const LIMITS = ['minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems'] as const;

const resolve = (schema: Json): Json => {
  const name = schema['$ref'];
  return typeof name === 'string'
    ? resolve(document.components.schemas[name.split('/').at(-1) ?? ''] ?? {})
    : schema;
};

const mapValues = <A, B>(record: Readonly<Record<string, A>>, to: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]));

/** A schema of our document as a shape. */
function shapeOf(reference: unknown): Shape {
  if (typeof reference !== 'object' || reference === null) return {};
  const schema = resolve(reference as Json);
  const variants = (schema['anyOf'] ?? schema['oneOf']) as Json[] | undefined;
  if (variants) {
    const shapes = variants.map((one) => shapeOf(one));
    const others = shapes.filter((one) => one.type !== 'null');
    const isNullable = others.length < shapes.length || others.some((one) => one.nullable);
    const merged = Object.assign({}, ...others) as Shape;
    const types = [...new Set(others.flatMap((one) => one.type ?? []))];
    const type = types.length === 1 ? types[0] : types;
    return { ...merged, ...(type === undefined ? {} : { type }), ...(isNullable ? { nullable: true } : {}) };
  }
  const types = [schema['type'] ?? []].flat() as string[];
  const named = types.filter((one) => one !== 'null').map((one) => (one === 'integer' ? 'number' : one));
  const values = schema['additionalProperties'];
  return {
    ...(named.length > 0
      ? { type: named.length === 1 ? named[0] : named }
      : types.length > 0
        ? { type: 'null' }
        : {}),
    ...(named.length > 0 && named.length < types.length ? { nullable: true } : {}),
    ...('enum' in schema ? { enum: schema['enum'] as unknown[] } : {}),
    ...('const' in schema ? { enum: [schema['const']] } : {}),
    ...('properties' in schema ? { fields: mapValues(schema['properties'] as Json, shapeOf) } : {}),
    ...('required' in schema ? { required: schema['required'] as string[] } : {}),
    ...('items' in schema ? { items: shapeOf(schema['items']) } : {}),
    ...(typeof values === 'object' ? { values: shapeOf(values) } : {}),
    ...Object.fromEntries(LIMITS.flatMap((name) => (name in schema ? [[name, schema[name]]] : []))),
  } as Shape;
}

const known = (shape: Shape): Shape => (shape.same === undefined ? shape : (wire.shapes[shape.same] ?? {}));
const typesOf = ({ type }: Shape): string[] => (type === undefined ? [] : ([type].flat() as string[]));

/** Whether ours takes whatever clients may send (`in`), or gives nothing but what they can read (`out`). */
type Direction = 'in' | 'out';

/** What is wrong with ours, by its place. */
function* faults(direction: Direction, place: string, reference: Shape, ours: Shape): Generator<string> {
  const theirs = known(reference);
  const [wide, narrow] = direction === 'in' ? [ours, theirs] : [theirs, ours];
  const types = typesOf(wide);
  if (types.length > 0 && typesOf(narrow).some((one) => !types.includes(one))) yield `${place}: type`;
  if (narrow.nullable && !wide.nullable) yield `${place}: null`;
  if (wide.enum && narrow.enum?.some((one) => !wide.enum?.includes(one))) yield `${place}: enum`;
  if (direction === 'in') yield* limitFaults(place, theirs, ours);
  for (const name of wide.required ?? []) {
    if (!narrow.required?.includes(name)) yield `${place}.${name}: required`;
  }
  for (const [name, field] of Object.entries(theirs.fields ?? {})) {
    const own = ours.fields?.[name];
    // What may be absent from an answer may be null as well, or not be there at all.
    const mayLack = direction === 'out' && !theirs.required?.includes(name);
    const wanted = mayLack ? { ...known(field), nullable: true } : field;
    if (own) yield* faults(direction, `${place}.${name}`, wanted, own);
    else if (ours.fields && !mayLack) yield `${place}.${name}: missing`;
  }
  if (theirs.items && ours.items) yield* faults(direction, `${place}[]`, theirs.items, ours.items);
  if (theirs.values && ours.values) yield* faults(direction, `${place}{}`, theirs.values, ours.values);
}

/** Where clients know of a limit, ours is no narrower. */
function* limitFaults(place: string, theirs: Shape, ours: Shape): Generator<string> {
  for (const name of LIMITS) {
    const [own, other] = [ours[name], theirs[name]];
    if (own === undefined || other === undefined) continue;
    if (name.startsWith('min') ? own > other : own < other) yield `${place}: ${name}`;
  }
}

const plainPath = (path: string): string => path.replaceAll(/\{\w+\}/g, '{}').replace(/\/$/, '');
const ours = new Map<string, Json>(
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, one]) => [`${method.toUpperCase()} ${plainPath(path)}`, one] as const,
    ),
  ),
);

const schemaOf = (part: unknown): unknown =>
  (part as { content?: { 'application/json'?: { schema?: unknown } } } | undefined)?.content?.[
    'application/json'
  ]?.schema;

function faultsOf(name: string, operation: Operation): string[] {
  const own = ours.get(plainPath(name));
  if (!own) return ['missing'];
  const found: string[] = [];
  const body = schemaOf(own['requestBody']);
  if (operation.body && !body) found.push('body: missing');
  if (operation.body && body) found.push(...faults('in', 'body', operation.body, shapeOf(body)));
  const parameters = (own['parameters'] ?? []) as Json[];
  for (const [query, { required, shape }] of Object.entries(operation.query ?? {})) {
    const parameter = parameters.find((one) => one['in'] === 'query' && one['name'] === query);
    if (!parameter) found.push(`?${query}: missing`);
    else {
      if (parameter['required'] === true && !required) found.push(`?${query}: required`);
      // There is no null in a query.
      const { nullable: _nullable, ...sent } = known(shape);
      found.push(...faults('in', `?${query}`, sent, shapeOf(parameter['schema'])));
    }
  }
  const answers = own['responses'] as Json;
  for (const [status, shape] of Object.entries(operation.answers)) {
    const answer = schemaOf(answers[status]);
    if (!(status in answers)) found.push(`${status}: missing`);
    else if (shape === null && answer !== undefined) found.push(`${status}: body`);
    else if (shape && answer === undefined) found.push(`${status}: no body`);
    else if (shape) found.push(...faults('out', status, shape, shapeOf(answer)));
  }
  return found;
}

/** Where ours differs on purpose. */
const DEVIATIONS: Readonly<Record<string, readonly string[]>> = {
  // A rate of 0 is refused, as on creation.
  'PATCH /api/v1/app/{app_id}': ['body.throttleRate: minimum'],
  'PATCH /api/v1/app/{app_id}/endpoint/{endpoint_id}': ['body.throttleRate: minimum'],
  // It says how the database is.
  'GET /api/v1/health': ['204: missing'],
};
/** Parts that have no elements here: what an element would be says nothing. */
const EMPTY = ['200.connectors[]', 'body.connectors[]'];

test.each(Object.entries(wire.operations))(
  '%s takes and gives what clients send and read',
  (name, operation) => {
    const found = faultsOf(name, operation).filter(
      (fault) => !EMPTY.some((place) => fault.startsWith(place)),
    );
    expect(found).toEqual(DEVIATIONS[name] ?? []);
  },
);
