import { EventTypeIn } from '@postrider/contract';
import type { WantedEventType } from '../../../event-types.js';
import { checkSchemas } from '../../../json-schema.js';
import { locOf, type OpenApiDocument, type Place, refuse } from './document.js';
import { withExamples } from './draft7.js';
import { type Allowance, resolveSchema } from './payload-schema.js';
import { type Found, follow, isObject } from './references.js';

/** How many values all schemas of a document may have together, each with its references put in place. */
const MAX_VALUES = 400_000;

/** Where webhooks stand: in OpenAPI 3.1, and before. */
const SECTIONS = ['webhooks', 'x-webhooks'];
/** The first that a webhook has counts. */
const METHODS = ['post', 'put', 'patch', 'get', 'delete', 'head', 'options', 'trace'];

type Json = Record<string, unknown>;

/**
 * The event types that the document's webhooks describe, named as they are. What a webhook does not say is absent.
 *
 * @throws InvalidInputError naming the place in the document
 */
export function readWebhooks(document: OpenApiDocument): WantedEventType[] {
  const { root } = document;
  if (!isObject(root)) throw refuse(document, [], 'an OpenAPI document is an object');
  const sections = SECTIONS.filter((section) => root[section] !== undefined);
  if (sections.length === 0) throw refuse(document, [], 'it has neither webhooks nor x-webhooks');
  const allowance: Allowance = { values: MAX_VALUES };
  const wanted = new Map<string, WantedEventType>();
  for (const section of sections) {
    const webhooks = root[section];
    if (!isObject(webhooks)) throw refuse(document, [section], 'must be an object from name to webhook');
    for (const [name, value] of Object.entries(webhooks)) {
      const place = [section, name];
      if (wanted.has(name)) throw refuse(document, place, `${name} is in ${sections.join(' and in ')}`);
      wanted.set(name, readWebhook(document, name, { value, place }, allowance));
    }
  }
  return [...wanted.values()];
}

function readWebhook(
  document: OpenApiDocument,
  name: string,
  webhook: Found,
  allowance: Allowance,
): WantedEventType {
  const pathItem = objectAt(document, webhook);
  const method = METHODS.find((one) => pathItem.value[one] !== undefined);
  if (method === undefined) throw refuse(document, webhook.place, `it has no operation, such as post`);
  const operation = objectAt(document, { value: pathItem.value[method], place: [...pathItem.place, method] });
  const words = [operation.value, pathItem.value];
  const given = {
    name: check(document, webhook.place, EventTypeIn.shape.name, name),
    archived: false,
    deprecated: operation.value['deprecated'] === true,
  };
  const description = firstOf(words, ['description', 'summary']);
  const groupName = firstOf(words, ['x-svix-group-name']);
  const flags = firstOf(words, ['x-svix-feature-flags', 'x-svix-feature-flag']);
  const schema = readSchema(document, operation, allowance);
  const { shape } = EventTypeIn;
  return {
    ...given,
    ...(description && {
      description: check(
        document,
        [...operation.place, description.key],
        shape.description,
        description.value,
      ),
    }),
    ...(groupName && {
      groupName:
        check(document, [...operation.place, groupName.key], shape.groupName, groupName.value) ?? null,
    }),
    ...(flags && {
      featureFlags:
        check(document, [...operation.place, flags.key], shape.featureFlags, listOf(flags.value)) ?? null,
    }),
    ...(schema && { schemas: schema }),
  };
}

/** Former documents have one flag, as a text. */
const listOf = (flags: unknown): unknown => (typeof flags === 'string' ? [flags] : flags);

/** The first of the keys that one of the objects has. */
function firstOf(
  objects: readonly Json[],
  keys: readonly string[],
): { key: string; value: unknown } | undefined {
  for (const object of objects) {
    const key = keys.find((one) => object[one] !== undefined);
    if (key !== undefined) return { key, value: object[key] };
  }
  return undefined;
}

interface Checks<T> {
  safeParse(
    value: unknown,
  ): { success: true; data: T } | { success: false; error: { issues: readonly { message: string }[] } };
}

function check<T>(document: OpenApiDocument, place: Place, schema: Checks<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw refuse(document, place, result.error.issues[0]?.message ?? 'invalid value');
}

function objectAt(document: OpenApiDocument, start: Found): { value: Json; place: Place } {
  const { value, place } = follow(document, start);
  if (!isObject(value)) throw refuse(document, place, 'must be an object');
  return { value, place };
}

const isJson = (mediaType: string): boolean => /^[^;]*[/+]json\s*(;|$)/i.test(mediaType);

/** Schemas by version from the JSON body of the operation; undefined where it has none. */
function readSchema(
  document: OpenApiDocument,
  operation: { value: Json; place: Place },
  allowance: Allowance,
): Record<string, unknown> | undefined {
  const { requestBody } = operation.value;
  if (requestBody === undefined) return undefined;
  const body = objectAt(document, { value: requestBody, place: [...operation.place, 'requestBody'] });
  if (body.value['content'] === undefined) return undefined;
  const content = objectAt(document, { value: body.value['content'], place: [...body.place, 'content'] });
  const types = Object.keys(content.value).filter(isJson);
  const type = types.find((one) => one === 'application/json') ?? types[0];
  if (type === undefined) return undefined;
  const media = objectAt(document, { value: content.value[type], place: [...content.place, type] });
  const { schema } = media.value;
  if (schema === undefined) return undefined;
  const place = [...media.place, 'schema'];
  const resolved = resolveSchema(document, { value: schema, place }, allowance);
  const schemas = { '1': withExamples(resolved, readExamples(document, media)) };
  checkSchemas(schemas, locOf(document, place));
  return schemas;
}

/** Examples that stand beside the schema: what `send-example` sends. */
function readExamples(document: OpenApiDocument, media: { value: Json; place: Place }): unknown[] {
  const { example, examples } = media.value;
  if (example !== undefined) return [example];
  if (!isObject(examples)) return [];
  return Object.entries(examples).flatMap(([name, one]) => {
    const { value } = objectAt(document, { value: one, place: [...media.place, 'examples', name] });
    return value['value'] === undefined ? [] : [value['value']];
  });
}
