import type { EventType } from '../storage/event-type.js';

type Json = Record<string, unknown>;

/** Keywords that hold values, which may look like references and are none. */
const DATA = new Set(['enum', 'const', 'default', 'examples']);
/** Keywords that hold schemas by name: one of them may be called `$ref`. */
const MAPS = new Set(['properties', 'patternProperties', 'definitions', 'dependencies']);

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mapValues = (object: Json, change: (value: unknown) => unknown): Json =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

/** The schema with its references moved by `move`. Schemas are a hundred levels deep at most: see json-schema.ts. */
function moveReferences(schema: unknown, move: (reference: string) => string): unknown {
  if (Array.isArray(schema)) return schema.map((one) => moveReferences(one, move));
  if (!isObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]): [string, unknown] => {
      if (key === '$ref' && typeof value === 'string') return [key, move(value)];
      if (DATA.has(key)) return [key, value];
      if (MAPS.has(key) && isObject(value))
        return [key, mapValues(value, (one) => moveReferences(one, move))];
      return [key, moveReferences(value, move)];
    }),
  );
}

const DEFINITION = '#/definitions/';

/** The schema for a document: its definitions become components, under the name of the event type. */
function place(name: string, schema: unknown, components: Json): unknown {
  if (!isObject(schema)) return schema;
  const move = (reference: string): string =>
    reference.startsWith(DEFINITION)
      ? `#/components/schemas/${name}.${reference.slice(DEFINITION.length)}`
      : reference;
  const { definitions, ...rest } = schema;
  if (!isObject(definitions)) return rest;
  for (const [key, one] of Object.entries(definitions)) {
    components[`${name}.${key}`] = moveReferences(one, move);
  }
  return moveReferences(rest, move);
}

/** The first version of the schema is what is shown and sent as an example; another only where there is none. */
const firstSchema = ({ schemas }: EventType): unknown =>
  schemas === null ? undefined : (schemas['1'] ?? Object.values(schemas)[0]);

function toWebhook(eventType: EventType, components: Json): Json {
  const schema = firstSchema(eventType);
  const post = {
    description: eventType.description,
    ...(eventType.deprecated ? { deprecated: true } : {}),
    ...(eventType.group_name === null ? {} : { 'x-svix-group-name': eventType.group_name }),
    ...(eventType.feature_flags === null ? {} : { 'x-svix-feature-flags': eventType.feature_flags }),
    ...(schema === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: place(eventType.name, schema, components) } },
          },
        }),
    responses: { '2XX': { description: 'The message was received.' } },
  };
  return { post };
}

/** An OpenAPI 3.1 document with a webhook for each event type. */
export function toOpenApi(eventTypes: readonly EventType[]): Json {
  const schemas: Json = {};
  const webhooks = Object.fromEntries(eventTypes.map((one) => [one.name, toWebhook(one, schemas)]));
  return {
    openapi: '3.1.0',
    info: { title: 'Webhooks', version: '1' },
    jsonSchemaDialect: 'http://json-schema.org/draft-07/schema#',
    webhooks,
    components: { schemas },
  };
}
