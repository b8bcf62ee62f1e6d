import fc from 'fast-check';
import type { z } from 'zod';

type Schema = z.ZodType;

/** The parts of a zod 4 definition that say what values a schema takes. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly out?: Schema;
  readonly element?: Schema;
  readonly keyType?: Schema;
  readonly valueType?: Schema;
  readonly options?: readonly Schema[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly values?: readonly unknown[];
  readonly checks?: readonly { readonly _zod: { readonly def: Check } }[];
}

interface Check {
  readonly check: string;
  readonly value?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: RegExp;
}

interface Meta {
  readonly examples?: readonly unknown[];
  readonly openapi?: { readonly format?: string; readonly pattern?: string; readonly type?: string };
}

const definitionOf = (schema: Schema): Definition => schema.def as unknown as Definition;
const metaOf = (schema: Schema): Meta => (schema.meta() ?? {}) as Meta;
const checksOf = (definition: Definition): Check[] =>
  (definition.checks ?? []).map((check) => check._zod.def);

/** In place of a value that JSON.stringify cannot write: see `toJson`. */
const asWritten = (json: string): string => `@@json:${json}@@`;
const nested = (open: string, depth: number, close: string) =>
  asWritten(`@${depth}@${open}@${close}`.replaceAll('"', "'"));

/** A generated value as JSON; what JSON.stringify cannot write, such as 1e400 or 20 000 brackets, is put in here. */
export function toJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/"@@json:(.*?)@@"/g, (_all, text: string) => {
    const [, depth, open, close] = /^@(\d+)@(.*)@(.*)$/.exec(text.replaceAll("'", '"')) ?? [];
    return depth === undefined ? text : `${open?.repeat(Number(depth))}1${close?.repeat(Number(depth))}`;
  });
}

const ODD_TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  'a\u0007b',
  'a\u001fb\u007f',
  '\ud800',
  'a\udc00b',
  '\u{10ffff}',
  '\ufeff',
  '\u202e\u2028',
  'é'.normalize('NFD'),
  '__proto__',
  'constructor',
  'null',
  'true',
  '-1',
  '1e309',
  '../../etc/passwd',
  '%00',
  "'; drop table message; --",
  '{"a":1}',
  'a,b',
  'x\r\ny: z',
  '2026-02-30T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999-14:00',
  'x'.repeat(257),
  '€'.repeat(2000),
  'x'.repeat(70_000),
];
const ODD_NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.5,
  65_535,
  65_536,
  2_147_483_647,
  2_147_483_648,
  -2_147_483_649,
  2 ** 53,
  2 ** 63,
  1e21,
  1e308,
  -1e308,
  5e-324,
];
const ODD_JSON = ['1e400', '-1e400', '1.0000000000000000000000001', '123456789012345678901234567890'];

/** Any text, the awkward ones more often than by chance. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** An object with just these keys; `Object.fromEntries`, so that `__proto__` is a key like any other. */
const record = (
  key: fc.Arbitrary<unknown>,
  value: fc.Arbitrary<unknown>,
  length: { minLength?: number; maxLength: number },
) =>
  fc
    .array(fc.tuple(key, value), length)
    .map((entries) => Object.fromEntries(entries.map(([name, one]) => [String(name), one])) as unknown);

/** What no schema expects. */
export const odd: fc.Arbitrary<unknown> = fc.letrec<{ odd: unknown }>((tie) => ({
  odd: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 3, arbitrary: fc.constantFrom(null, true, false) },
    { weight: 3, arbitrary: fc.constantFrom(...ODD_NUMBERS) },
    { weight: 6, arbitrary: oddText },
    { weight: 1, arbitrary: fc.constantFrom(...ODD_JSON.map(asWritten)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        nested('[', 400, ']'),
        nested('[', 20_000, ']'),
        nested('{"a":', 5_000, '}'),
        nested('{"a":', 100_000, '}'),
      ),
    },
    { weight: 2, arbitrary: fc.array(tie('odd'), { maxLength: 4 }) },
    { weight: 2, arbitrary: record(oddText, tie('odd'), { maxLength: 4 }) },
  ),
})).odd;

/** Few names, so that things meet: uids that are taken, keys that come twice. */
const NAMES = ['a', 'b', 'a.b', 'user_1', 'invoice.paid', 'invoice.lost', 'project_123', 'A-b_c.9'];

/** Instants as clients write them, near and far; the server's clock is the machine's. */
const instantText = fc.oneof(
  fc
    .constantFrom(0, -1, -60, -3_600, -86_400, -90 * 86_400, 30, 70, 3_600, 86_000, 2 ** 31)
    .map((seconds) => new Date(Date.now() + seconds * 1000).toISOString()),
  fc
    .date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T00:00:00Z'),
      noInvalidDate: true,
    })
    .map((date) => date.toISOString()),
  fc.constantFrom('2026-11-24 09:00:00 UTC', '2026-11-24t09:00:00+0530', '1969-12-31T23:59:59.999999999Z'),
);

/** Longest text that is made where a schema names no bound. */
const LONG = 4096;

function textFor(schema: Schema, { urls, texts }: Settings): fc.Arbitrary<unknown> {
  const { examples, openapi } = metaOf(schema);
  if (openapi?.format === 'uri') return urlFor(urls);
  if (openapi?.format === 'date-time') return instantText;
  const checks = checksOf(definitionOf(schema));
  const most = Math.min(LONG, ...checks.map((check) => check.maximum ?? LONG));
  const pattern = openapi?.pattern === undefined ? undefined : new RegExp(openapi.pattern);
  const patterns = [...checks.flatMap((check) => check.pattern ?? []), ...(pattern ? [pattern] : [])];
  const [first] = patterns;
  const shaped = first
    ? fc.oneof(
        fc.stringMatching(first).map((text) => text.slice(0, most)),
        fc.constantFrom(...NAMES),
        fc.constantFrom('x'.repeat(most), 'x'.repeat(most + 1)),
      )
    : fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.constantFrom(...texts));
  return examples && examples.length > 0 ? fc.oneof(shaped, fc.constantFrom(...examples)) : shaped;
}

/** Only hosts of this machine and some that are none: no test calls strangers. */
const urlFor = (urls: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...urls) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom(...urls), fc.string({ unit: 'binary', maxLength: 20 }))
        .map(([url, tail]) => `${url}/${tail}?q=${tail}#${tail}`),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        'http://127.0.0.1:1/closed',
        'http://[::1]:1/',
        'https://127.0.0.1:1/',
        'http://nobody.invalid/hook',
        'http://user:pass@nobody.invalid/',
        'HTTP://NOBODY.INVALID:0',
        'http://nobody.invalid:65536/',
        'http://\u00fcnobody.invalid/\u0000',
        'ftp://nobody.invalid/',
        'javascript:alert(1)',
        'http:',
        `http://nobody.invalid/${'x'.repeat(66_000)}`,
      ),
    },
  );

function numberFor(checks: readonly Check[]): fc.Arbitrary<unknown> {
  const bound = (name: string, standard: number) =>
    checks.find((check) => check.check === name)?.value ?? standard;
  const [least, most] = [bound('greater_than', 0), bound('less_than', 1_000_000)];
  return fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: least, max: most }) },
    { weight: 2, arbitrary: fc.constantFrom(least, most) },
    { weight: 1, arbitrary: fc.constantFrom(least - 1, most + 1, least + 0.5) },
  );
}

/** What makes values for schemas. */
export interface Settings {
  /** Addresses that things may be sent to. */
  readonly urls: readonly string[];
  /** Texts that mean something to the server, such as ids. */
  readonly texts: readonly string[];
}

/**
 * Values for a schema: mostly what it takes, at any place now and then something odd, a field that is missing or one
 * that nobody knows. Made for the kinds of schemas that requests have; fails for others.
 *
 * @throws Error naming a kind of schema that it does not know
 */
export function valuesFor(schema: Schema, settings: Settings): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 24, arbitrary: fittingFor(schema, settings) }, { weight: 1, arbitrary: odd });
}

function fittingFor(schema: Schema, settings: Settings): fc.Arbitrary<unknown> {
  const definition = definitionOf(schema);
  const { innerType, options, element, keyType, valueType } = definition;
  const wrapped = (inner: Schema | undefined, other: unknown) =>
    fc.oneof(
      { weight: 3, arbitrary: fittingFor(known(inner), settings) },
      { weight: 1, arbitrary: fc.constant(other) },
    );
  switch (definition.type) {
    case 'object':
      return objectFor(definition.shape ?? {}, settings);
    case 'optional':
    case 'default':
      return wrapped(innerType, undefined);
    case 'nullable':
      return wrapped(innerType, null);
    case 'array':
      return fc.array(valuesFor(known(element), settings), { maxLength: 6 });
    case 'record':
      return fc.oneof(
        record(valuesFor(known(keyType), settings), valuesFor(known(valueType), settings), { maxLength: 6 }),
        fc.constantFrom(...(metaOf(schema).examples ?? [{}])),
      );
    case 'union':
      return fc.oneof(...(options ?? []).map((option) => fittingFor(option, settings)));
    case 'pipe':
      return pipeFor(schema, definition, settings);
    case 'string':
      return textFor(schema, settings);
    case 'number':
      return numberFor(checksOf(definition));
    case 'boolean':
      return fc.boolean();
    case 'enum':
      return fc.constantFrom(...Object.values(definition.entries ?? {}));
    case 'literal':
      return fc.constantFrom(...(definition.values ?? []));
    case 'custom':
      // An object that nobody looks into.
      return record(fc.oneof(fc.constantFrom('1', 'type', 'n'), oddText), odd, { maxLength: 4 });
    default:
      throw new Error(`no values for a schema of the kind ${definition.type}`);
  }
}

/** A transform behind a schema changes nothing about what comes in; before it, it is the other way round. */
function pipeFor(schema: Schema, definition: Definition, settings: Settings): fc.Arbitrary<unknown> {
  if (metaOf(schema).openapi?.format !== undefined) return textFor(schema, settings);
  const [first, second] = [known(definition.in), known(definition.out)];
  return fittingFor(definitionOf(first).type === 'transform' ? second : first, settings);
}

function objectFor(
  shape: Readonly<Record<string, Schema>>,
  settings: Settings,
): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(shape).map(([name, field]) => {
    const optional = field.safeParse(undefined).success;
    return fc
      .oneof(
        { weight: optional ? 3 : 50, arbitrary: valuesFor(field, settings) },
        { weight: optional ? 4 : 1, arbitrary: fc.constant(undefined) },
      )
      .map((value) => [name, value] as const);
  });
  const unknown = fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.tuple(oddText, odd), { minLength: 1, maxLength: 2 }) },
  );
  return fc
    .tuple(unknown, ...fields)
    .map(([more, ...entries]) =>
      Object.fromEntries(
        [...(more as [string, unknown][]), ...entries].filter(([, one]) => one !== undefined),
      ),
    );
}

function known(schema: Schema | undefined): Schema {
  if (!schema) throw new Error('a schema lacks its inner one');
  return schema;
}
