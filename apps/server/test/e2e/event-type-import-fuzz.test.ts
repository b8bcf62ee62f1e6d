import { unwrap } from '@postrider/client';
import type { EventTypeOut } from '@postrider/contract';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { odd, oddText, toJson } from '../arbitrary.js';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';

/** As in fuzz.test.ts: the variables look for more than a build does. */
const SEED = Number(process.env['POSTRIDER_FUZZ_SEED'] ?? 20_261_124);
const RUNS = Number(process.env['POSTRIDER_FUZZ_RUNS'] ?? 150);

let server: TestServer;
let environment: TestEnvironment;
beforeAll(async () => {
  server = await startServer();
  environment = await server.createEnvironment();
});
afterAll(() => server.stop());

const NAMES = ['A', 'B', 'C', 'a/b', '$ref', 'properties'];
const place = fc.constantFrom(
  ...NAMES.map((name) => `#/components/schemas/${name.replaceAll('/', '~1')}`),
  '#/webhooks/a',
  '#/components/requestBodies/B',
  '#',
  '#/nowhere',
  'https://127.0.0.1:1/x.json',
);

/** Schemas as documents have them: with references here and there, seldom right in everything. */
const schema: fc.Arbitrary<unknown> = fc.letrec<{ schema: unknown }>((tie) => {
  const some = fc.dictionary(fc.constantFrom(...NAMES), tie('schema'), { maxKeys: 3 });
  return {
    schema: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 4, arbitrary: fc.record({ type: fc.constantFrom('string', 'object', 'integer') }) },
      { weight: 5, arbitrary: place.map(($ref) => ({ $ref })) },
      { weight: 1, arbitrary: place.map(($ref) => ({ $ref, description: 'D' })) },
      { weight: 1, arbitrary: place.map(($ref) => ({ $ref, minimum: 1 })) },
      { weight: 4, arbitrary: some.map((properties) => ({ type: 'object', properties })) },
      {
        weight: 2,
        arbitrary: fc.array(tie('schema'), { maxLength: 3, minLength: 1 }).map((anyOf) => ({ anyOf })),
      },
      { weight: 2, arbitrary: tie('schema').map((items) => ({ type: 'array', items, nullable: true })) },
      { weight: 1, arbitrary: some.map(($defs) => ({ $defs })) },
      {
        weight: 1,
        arbitrary: fc.record({ minimum: fc.integer(), exclusiveMinimum: fc.boolean(), example: odd }),
      },
      { weight: 1, arbitrary: fc.record({ enum: fc.array(odd, { minLength: 1, maxLength: 3 }) }) },
      { weight: 1, arbitrary: odd },
    ),
  };
}).schema;

const body = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ content: schema.map((one) => ({ 'application/json': { schema: one } })) }),
  },
  { weight: 1, arbitrary: place.map(($ref) => ({ $ref })) },
  { weight: 1, arbitrary: odd },
);
const operation = fc.record(
  {
    requestBody: body,
    description: fc.oneof({ weight: 6, arbitrary: fc.constant('Something happened') }, oddText),
    deprecated: fc.boolean(),
    'x-svix-group-name': fc.oneof({ weight: 6, arbitrary: fc.constantFrom('g', null) }, odd),
    'x-svix-feature-flags': fc.oneof({ weight: 6, arbitrary: fc.constantFrom(['f'], null, []) }, odd),
  },
  { requiredKeys: ['requestBody'] },
);
const webhooks = fc.dictionary(
  fc.oneof({ weight: 20, arbitrary: fc.constantFrom('a', 'b', 'c.d', 'e') }, oddText),
  fc.oneof({ weight: 12, arbitrary: fc.record({ post: operation }) }, odd),
  { maxKeys: 3 },
);
const documents = fc.record(
  {
    openapi: fc.constantFrom('3.1.0', '3.0.3'),
    webhooks,
    'x-webhooks': webhooks,
    components: fc.record({
      schemas: fc.dictionary(fc.constantFrom(...NAMES), schema, { minKeys: 3 }),
      requestBodies: fc.record({ B: body }),
    }),
  },
  { requiredKeys: ['webhooks', 'components'] },
);

/** References of a schema, where it may have some: not in values, and not as names of properties. */
function referencesIn(value: unknown, isSchema = true): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one) => referencesIn(one));
  return Object.entries(value).flatMap(([key, child]) => {
    if (!isSchema) return referencesIn(child);
    if (key === '$ref' && typeof child === 'string') return [child];
    if (['enum', 'const', 'default', 'examples'].includes(key)) return [];
    const isMap = ['properties', 'definitions', '$defs', 'patternProperties', 'dependentSchemas'].includes(
      key,
    );
    return referencesIn(child, !(isMap && !Array.isArray(child)));
  });
}

async function post(text: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${server.url}/api/v1/event-type/import/openapi`, {
    method: 'POST',
    headers: { authorization: `Bearer ${environment.key}` },
    body: text,
  });
  return { status: answer.status, body: await answer.json() };
}
const typesOf = async (): Promise<EventTypeOut[]> => {
  const query = { limit: 250, include_archived: true, with_content: true };
  return (await unwrap(environment.client.eventType.list({ query }))).data;
};

/** The document as JSON or, unless it is too deep for who writes it, as YAML. */
function asText(document: unknown, yaml: boolean): string {
  const json = toJson(document);
  try {
    return yaml ? dump(JSON.parse(json), { noRefs: true }) : json;
  } catch (error) {
    if (error instanceof RangeError) return json;
    throw error;
  }
}

const cases = fc.record({
  document: documents,
  form: fc.constantFrom('spec', 'json', 'yaml'),
  all: fc.boolean(),
});

it('whatever the document, it comes in as a whole, or the answer is 422 and nothing changes', async () => {
  let taken = 0;
  const property = fc.asyncProperty(cases, async ({ document, form, all }) => {
    const before = await typesOf();
    const given =
      form === 'spec'
        ? `"spec":${toJson(document)}`
        : `"specRaw":${JSON.stringify(asText(document, form === 'yaml'))}`;
    const dry = await post(`{"dryRun":true,"replaceAll":${all},${given}}`);
    expect(await typesOf()).toEqual(before);
    const done = await post(`{"replaceAll":${all},${given}}`);
    expect(done.status).toBe(dry.status);
    if (done.status !== 200) {
      expect(done.status).toBe(422);
      expect(await typesOf()).toEqual(before);
      return;
    }
    taken += 1;
    const { to_modify, to_archive } = (
      dry.body as { data: { to_modify: { name: string }[]; to_archive: string[] } }
    ).data;
    const { modified } = (done.body as { data: { modified: string[] } }).data;
    expect(modified).toEqual([...to_modify.map((one) => one.name), ...to_archive]);
    const after = new Map((await typesOf()).map((one) => [one.name, one]));
    for (const one of to_modify) expect(after.get(one.name)).toMatchObject(one);
    for (const { schemas } of after.values()) {
      const root = Object(schemas?.['1']) as { definitions?: Record<string, unknown> };
      for (const reference of referencesIn(root)) {
        expect(reference).toMatch(/^#\/definitions\//);
        expect(Object.keys(root.definitions ?? {})).toContain(reference.slice('#/definitions/'.length));
      }
    }
  });
  await fc.assert(property, { seed: SEED, numRuns: RUNS });
  // Of documents that are never right nothing would be shown.
  expect(taken).toBeGreaterThan(RUNS / 10);
  const faults = server.logs.filter((line) => (JSON.parse(line) as { level: number }).level >= 50);
  expect(faults).toEqual([]);
});
