import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { buildOpenApi, operationId } from '../src/openapi.js';
import { everything, operations } from './operations.js';

type Json = Record<string, unknown>;

const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };

/** As other programs read it: without what JSON has no word for. */
const plain = (document: unknown): Json => JSON.parse(JSON.stringify(document)) as Json;

/** Every object in a document with the path to it. */
function* objectsIn(value: unknown, path = ''): Generator<[string, Json]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [path, value as Json];
  for (const [key, item] of Object.entries(value)) yield* objectsIn(item, `${path}/${key}`);
}

test('openapi.json is what the contract says', () => {
  expect(`${JSON.stringify(buildOpenApi(version), null, 2)}\n` === read('openapi.json')).toBe(true);
});

describe.each([
  ['openapi.json', JSON.parse(read('openapi.json')) as Json],
  ['the document of everything', plain(buildOpenApi(version, everything))],
])('%s', (_name, document) => {
  const schemas = (document['components'] as { schemas: Record<string, Json> }).schemas;

  test('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(document));
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
    expect(document['openapi']).toMatch(/^3\.1\./);
  });

  test('refers to nothing that is not there', () => {
    for (const [path, { $ref }] of objectsIn(document)) {
      if (typeof $ref !== 'string') continue;
      expect(Object.keys(schemas), path).toContain($ref.replace('#/components/schemas/', ''));
    }
  });

  test('has nothing that generators stumble over', () => {
    for (const [path, { pattern, format, type, additionalProperties }] of objectsIn(schemas)) {
      if (typeof pattern === 'string') expect(pattern, path).not.toMatch(/\\p\{/);
      if (format === 'date-time') expect(pattern, path).toBeUndefined();
      if (additionalProperties !== undefined) expect(additionalProperties, path).not.toEqual({});
      // The API has whole numbers only; clients type others as floats.
      if (path.endsWith('/properties') || path.includes('/examples/')) continue;
      expect([type].flat(), path).not.toContain('number');
    }
  });

  test('describes parameters, and gives lists comma-joined', () => {
    for (const [path, parameter] of objectsIn(document['paths'])) {
      if (!/\/parameters\/\d+$/.test(path)) continue;
      const { name, style, explode } = parameter;
      const schema = parameter['schema'] as Json;
      const where = `${path} ${String(name)}`;
      expect(parameter['description'] ?? schema['description'], where).toEqual(expect.any(String));
      if (schema['type'] === 'array')
        expect({ style, explode }, where).toEqual({ style: 'form', explode: false });
    }
  });
});

/** The object behind a body that renames fields before it looks at them. */
function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  if (schema instanceof z.ZodPipe) return shapeOf(schema.out);
  return schema instanceof z.ZodObject ? schema.shape : undefined;
}

const { components } = buildOpenApi(version, everything) as {
  components: { schemas: Record<string, { properties?: Json }> };
};

test.each(operations)('the document has every field of the bodies of %s', (_name, { route }) => {
  const bodies = ['body' in route ? route.body : undefined, ...Object.values(route.responses)];
  for (const body of bodies) {
    const shape = shapeOf(body);
    const id = body instanceof z.ZodType ? body.meta()?.['id'] : undefined;
    if (shape === undefined || typeof id !== 'string' || Object.keys(shape).length === 0) continue;
    expect(Object.keys(components.schemas[id]?.properties ?? {}), id).toEqual(Object.keys(shape));
  }
});

test('operation ids are made of key, path and method', () => {
  expect(operationId('expireAll', '/api/v1/auth/app/{app_id}/expire-all/', 'POST')).toBe(
    'expire_all_api_v1_auth_app__app_id__expire_all__post',
  );
});
