/** JSON, as far as it is an object. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One property of a schema, ready to be drawn. */
export interface SchemaField {
  readonly name: string;
  /** `string`, `object`, `string[]`, `string | null`; `any` where the schema does not say. */
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string | undefined;
  /** The only values it may have, as JSON. */
  readonly values: readonly string[];
  readonly children: readonly SchemaField[];
}

/** Schemas may refer to themselves; nobody reads deeper than this. */
const MAX_DEPTH = 8;

/** The schema itself, or what it refers to within `root`. */
function resolve(schema: unknown, root: JsonObject): JsonObject {
  let current = schema;
  for (let step = 0; step < MAX_DEPTH && isObject(current) && typeof current.$ref === 'string'; step += 1) {
    const [head, ...path] = current.$ref.split('/');
    if (head !== '#') return {};
    current = path.reduce<unknown>((node, part) => {
      const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      return isObject(node) ? node[name] : undefined;
    }, root);
  }
  return isObject(current) ? current : {};
}

const alternatives = (schema: JsonObject): readonly unknown[] =>
  [schema.oneOf, schema.anyOf].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));

/** The JSON type of a value. */
const nameOfType = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

function typeOf(schema: JsonObject, root: JsonObject): string {
  const { type, items } = schema;
  if (Array.isArray(type)) return type.map(String).join(' | ');
  if (type === 'array') {
    const item = typeOf(resolve(items, root), root);
    return item.includes('|') ? `(${item})[]` : `${item}[]`;
  }
  if (typeof type === 'string') {
    return typeof schema.format === 'string' ? `${type} (${schema.format})` : type;
  }
  const others = alternatives(schema).map((one) => typeOf(resolve(one, root), root));
  if (others.length > 0) return [...new Set(others)].join(' | ');
  const values = Array.isArray(schema.enum) ? schema.enum : 'const' in schema ? [schema.const] : [];
  if (values.length > 0) return [...new Set(values.map(nameOfType))].join(' | ');
  return isObject(schema.properties) ? 'object' : 'any';
}

/** The properties below a schema: its own, those of its items, and those of what it is put together from. */
function childrenOf(schema: JsonObject, root: JsonObject, depth: number): readonly SchemaField[] {
  if (depth >= MAX_DEPTH) return [];
  const parts = [schema, ...(Array.isArray(schema.allOf) ? (schema.allOf as unknown[]) : [])].map((part) =>
    resolve(part, root),
  );
  const own = parts.flatMap((part) => propertiesOf(part, root, depth));
  if (own.length > 0) return own;
  if (schema.items !== undefined) return childrenOf(resolve(schema.items, root), root, depth + 1);
  const [first] = alternatives(schema)
    .map((one) => childrenOf(resolve(one, root), root, depth + 1))
    .filter((fields) => fields.length > 0);
  return first ?? [];
}

function propertiesOf(schema: JsonObject, root: JsonObject, depth: number): readonly SchemaField[] {
  const { properties, required } = schema;
  if (!isObject(properties)) return [];
  const names = Array.isArray(required) ? required : [];
  return Object.entries(properties).map(([name, value]) => {
    const field = resolve(value, root);
    const values = Array.isArray(field.enum) ? field.enum : 'const' in field ? [field.const] : [];
    return {
      name,
      type: typeOf(field, root),
      isRequired: names.includes(name),
      description: typeof field.description === 'string' ? field.description : undefined,
      values: values.map((one) => JSON.stringify(one)),
      children: childrenOf(field, root, depth + 1),
    };
  });
}

/** What a payload of this schema holds. Follows references within the schema; never throws. */
export const toFields = (schema: JsonObject): readonly SchemaField[] => childrenOf(schema, schema, 0);

/** The schema of the first version, which examples are taken from. */
export function firstSchema(schemas: JsonObject | null | undefined): JsonObject | undefined {
  const first = schemas?.['1'] ?? Object.values(schemas ?? {})[0];
  return isObject(first) ? first : undefined;
}

/** The examples that the operator gave. */
export const examplesOf = (schema: JsonObject | undefined): readonly JsonObject[] =>
  Array.isArray(schema?.examples) ? schema.examples.filter(isObject) : [];
