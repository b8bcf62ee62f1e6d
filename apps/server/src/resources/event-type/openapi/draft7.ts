import { isObject } from './references.js';

type Json = Record<string, unknown>;

/**
 * Puts what OpenAPI 3.0 writes in its own way into the words of JSON Schema, Draft 7: `nullable`, exclusive bounds as
 * booleans, and `example`. Takes one schema object, and does not go into those in it.
 */
export function toDraft7Words(schema: Json): Json {
  const { nullable, example, ...rest } = schema;
  const out: Json = { ...rest };
  toNumericBound(out, 'exclusiveMinimum', 'minimum');
  toNumericBound(out, 'exclusiveMaximum', 'maximum');
  if (example !== undefined && !Array.isArray(out['examples'])) out['examples'] = [example];
  return nullable === true ? toNullable(out) : out;
}

function toNumericBound(schema: Json, exclusive: string, inclusive: string): void {
  if (typeof schema[exclusive] !== 'boolean') return;
  const isExclusive = schema[exclusive];
  delete schema[exclusive];
  if (!isExclusive || schema[inclusive] === undefined) return;
  schema[exclusive] = schema[inclusive];
  delete schema[inclusive];
}

function toNullable(schema: Json): Json {
  if (typeof schema['type'] !== 'string') return { anyOf: [schema, { type: 'null' }] };
  const values = schema['enum'];
  return {
    ...schema,
    type: [schema['type'], 'null'],
    ...(Array.isArray(values) && !values.includes(null) ? { enum: [...values, null] } : {}),
  };
}

/** The schema with these examples, unless it has some. */
export const withExamples = (schema: unknown, examples: readonly unknown[]): unknown =>
  isObject(schema) && examples.length > 0 && !Array.isArray(schema['examples'])
    ? { ...schema, examples: [...examples] }
    : schema;
