import type { AppRoute, AppRouter } from '@ts-rest/core';
import { z } from 'zod';
import { contract } from './contract.js';
import type { OperationMetadata } from './shared/access.js';

type Json = { [key: string]: unknown };

/** One operation of the contract with what the document and the server derive from its place in it. */
export interface Operation {
  /** Router keys from the root, such as `['application', 'create']`. */
  readonly key: readonly string[];
  readonly id: string;
  readonly method: string;
  /** Path with parameters in braces, as OpenAPI writes them. */
  readonly path: string;
  readonly route: AppRoute;
  readonly metadata: OperationMetadata;
}

/**
 * Stable name of an operation: its key in snake case, its path and its method, joined, with what is not a word
 * character as `_`. Generated clients name their functions after it.
 */
export function operationId(key: string, path: string, method: string): string {
  const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return `${`${snake}${path}`.replace(/\W/g, '_')}_${method.toLowerCase()}`;
}

/** Every operation of the contract in its order. */
export function listOperations(router: AppRouter = contract, parents: readonly string[] = []): Operation[] {
  return Object.entries(router).flatMap(([name, node]) => {
    if (!('method' in node)) return listOperations(node as AppRouter, [...parents, name]);
    const route = node as AppRoute;
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    return {
      key: [...parents, name],
      id: operationId(name, path, route.method),
      method: route.method,
      path,
      route,
      metadata: route.metadata as OperationMetadata,
    };
  });
}

const STATUS_TEXT: Record<string, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Payload Too Large',
  422: 'Validation Error',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};

/** zod's JSON Schema in the form that generators of all languages take; see docs in `buildOpenApi`. */
function tidy(schema: Json): Json {
  const { openapi, parameter: _parameter, ...rest } = schema;
  if (openapi !== undefined) return { ...annotations(rest), ...(openapi as Json) };
  const out: Json = {};
  for (const [key, value] of Object.entries(rest)) {
    if (key === '$schema' || key === 'id') continue;
    // zod's date-time pattern has escapes that break generated Python.
    if (key === 'pattern' && rest['format'] === 'date-time') continue;
    // Answers may grow fields; `{}` besides stops openapi-generator.
    if (key === 'additionalProperties' && (value === false || Object.keys(value as Json).length === 0))
      continue;
    // A record's key type says nothing that generators understand.
    if (key === 'propertyNames') continue;
    if (key === 'minimum' && value === Number.MIN_SAFE_INTEGER) continue;
    if (key === 'maximum' && value === Number.MAX_SAFE_INTEGER) continue;
    out[key] = tidyValue(key, value);
  }
  return nullable(out);
}

/** Keywords whose value is a schema or a list of schemas. */
const HOLDS_SCHEMAS = new Set(['items', 'prefixItems', 'additionalProperties', 'anyOf', 'oneOf', 'allOf']);

/** Goes on into schemas only: properties may be called `id`, and examples are nobody's to change. */
function tidyValue(key: string, value: unknown): unknown {
  if (key === 'properties') {
    return Object.fromEntries(
      Object.entries(value as Json).map(([name, field]) => [name, tidy(field as Json)]),
    );
  }
  if (!HOLDS_SCHEMAS.has(key)) return value;
  if (Array.isArray(value)) return value.map((item) => tidy(item as Json));
  return isObject(value) ? tidy(value) : value;
}

/** What a schema says to readers; it stays where `openapi` replaces what the schema says to machines. */
const annotations = (schema: Json): Json =>
  Object.fromEntries(
    ['description', 'examples', 'default', 'deprecated']
      .filter((key) => key in schema)
      .map((key) => [key, schema[key]]),
  );

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `anyOf: [{type: x}, {type: null}]` in the short form, which more generators understand. */
function nullable(schema: Json): Json {
  const options = schema['anyOf'] as Json[] | undefined;
  if (options?.length !== 2 || options[1]?.['type'] !== 'null') return schema;
  const [value] = options as [Json];
  if (typeof value['type'] !== 'string' || 'enum' in value) return schema;
  const { anyOf: _anyOf, ...rest } = schema;
  return { ...value, ...rest, type: [value['type'], 'null'] };
}

class Components {
  readonly schemas: Record<string, Json> = {};

  /** The schema as JSON Schema; named ones (`.meta({ id })`) become a reference to a component. */
  schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
    const { $defs, ...root } = z.toJSONSchema(schema, {
      target: 'draft-2020-12',
      io,
      unrepresentable: 'any',
    }) as Json;
    for (const [name, definition] of Object.entries(($defs ?? {}) as Record<string, Json>)) {
      this.add(name, definition);
    }
    const id = schema.meta()?.['id'] as string | undefined;
    if (id === undefined) return this.localise(tidy(root));
    if (!(id in (($defs ?? {}) as Json))) this.add(id, root);
    return { $ref: `#/components/schemas/${id}` };
  }

  private add(name: string, definition: Json): void {
    const schema = { title: name, ...this.localise(tidy(definition)) };
    const known = this.schemas[name];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new Error(`two schemas are called ${name}`);
    }
    this.schemas[name] = schema;
  }

  private localise<T>(value: T): T {
    return JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/')) as T;
  }
}

function parameters(operation: Operation, components: Components): Json[] {
  const out: Json[] = [];
  const places = [
    ['path', operation.route.pathParams],
    ['query', operation.route.query],
    ['header', operation.route.headers],
  ] as const;
  for (const [place, schema] of places) {
    if (!(schema instanceof z.ZodObject)) continue;
    for (const [name, field] of Object.entries(schema.shape as Record<string, z.ZodType>)) {
      const meta = metaOf(field);
      out.push({
        name,
        in: place,
        required: place === 'path' || !field.safeParse(undefined).success,
        ...(meta['parameter'] === undefined ? {} : { description: meta['parameter'] }),
        ...(place === 'query' && isList(field) ? { style: 'form', explode: false } : {}),
        schema: components.schemaOf(field, 'input'),
      });
    }
  }
  return out;
}

/** Metadata of a field or of what an optional field wraps; the outer wins. */
function metaOf(field: z.ZodType): Json {
  const inner = field instanceof z.ZodOptional ? metaOf(field.unwrap() as z.ZodType) : {};
  return { ...inner, ...field.meta() };
}

const isList = (field: z.ZodType): boolean =>
  (metaOf(field)['openapi'] as Json | undefined)?.['type'] === 'array';

/** What an answer carries: JSON, text that is no JSON, or nothing. */
function contentOf(response: unknown, components: Components): Json {
  if (response instanceof z.ZodType) {
    return { content: { 'application/json': { schema: components.schemaOf(response, 'output') } } };
  }
  if (!isObject(response) || typeof response['contentType'] !== 'string') return {};
  return { content: { [response['contentType']]: { schema: { type: 'string' } } } };
}

function responses(route: AppRoute, components: Components): Json {
  const out: Json = {};
  const order = Object.entries(route.responses).sort(([a], [b]) => Number(a) - Number(b));
  for (const [status, response] of order) {
    const description = STATUS_TEXT[status] ?? 'Successful Response';
    out[status] = { description, ...contentOf(response, components) };
  }
  return out;
}

/**
 * The OpenAPI 3.1 document of the contract.
 *
 * It is written so that openapi-generator makes the page docs/AuthenticationApi.md from it letter by letter: paths
 * with trailing slashes, operation ids by `operationId`, the error answers in one order and without headers, named
 * components for bodies, and no `date-time` pattern.
 *
 * @param router what the document describes; the contract, but for tests
 * @throws Error when two different schemas have one name
 */
export function buildOpenApi(version: string, router: AppRouter = contract): Json {
  const components = new Components();
  const paths: Record<string, Json> = {};
  const operations = listOperations(router);
  for (const operation of operations) {
    const { route } = operation;
    const body = 'body' in route && route.body instanceof z.ZodType ? route.body : undefined;
    const path = paths[operation.path] ?? {};
    paths[operation.path] = path;
    const given = parameters(operation, components);
    path[operation.method.toLowerCase()] = {
      tags: [operation.metadata.tag],
      summary: route.summary,
      description: route.description,
      operationId: operation.id,
      ...(route.deprecated ? { deprecated: true } : {}),
      ...(given.length > 0 ? { parameters: given } : {}),
      ...(body
        ? {
            requestBody: {
              required: true,
              content: { 'application/json': { schema: components.schemaOf(body, 'input') } },
            },
          }
        : {}),
      responses: responses(route, components),
      security: operation.metadata.access.kind === 'public' ? [] : [{ HTTPBearer: [] }],
    };
  }
  const tags = [...new Set(operations.map((operation) => operation.metadata.tag))];
  return {
    openapi: '3.1.0',
    info: {
      title: 'Postrider API',
      version,
      description: 'Webhooks, delivered: the API of a Postrider server.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: tags.map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(components.schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: { HTTPBearer: { type: 'http', scheme: 'bearer' } },
    },
  };
}
