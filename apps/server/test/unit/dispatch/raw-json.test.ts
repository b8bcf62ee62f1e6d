import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rawMember } from '../../../src/dispatch/raw-json.js';

const space = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r'), maxLength: 3 });

/** A character of a JSON string in one of its spellings. */
const unit = fc.oneof(
  fc
    .constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '/', '\u007f', '\u0000')
    .map((char) => JSON.stringify(char)),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).map((char) => JSON.stringify(char)),
  fc.nat(0xffff).map((code) => `"\\u${code.toString(16).padStart(4, '0')}"`),
);
const string = fc
  .array(unit, { maxLength: 8 })
  .map((units) => `"${units.map((one) => one.slice(1, -1)).join('')}"`);

const number = fc.oneof(
  fc.constantFrom('0', '-0', '1.0', '1e5', '1E+05', '-12.500e-3', '123456789012345678901234567890', '1e999'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
);

const joined = (open: string, items: string[], close: string) => `${open}${items.join(',')}${close}`;

/** A JSON text as somebody may write it: odd spaces, escapes, numbers that a parser would spell otherwise. */
const { value } = fc.letrec<{ value: string; item: string; pair: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('null', 'true', 'false'),
    number,
    string,
    fc.array(tie('item'), { maxLength: 3 }).map((items) => joined('[', items, ']')),
    fc
      .tuple(space, fc.array(tie('pair'), { maxLength: 3 }))
      .map(([gap, pairs]) => joined('{', [gap + (pairs[0] ?? ''), ...pairs.slice(1)], '}')),
  ),
  item: fc.tuple(space, tie('value'), space).map((parts) => parts.join('')),
  pair: fc
    .tuple(space, string, space, space, tie('value'), space)
    .map(([a, key, b, c, inner, d]) => `${a}${key}${b}:${c}${inner}${d}`),
}));

const key = fc.oneof(
  fc.constantFrom(
    '"payload"',
    '"p\\u0061yload"',
    '"\\u0070\\u0061yload"',
    '"data"',
    '"payloa"',
    '"\\"payload\\""',
  ),
  string,
);
const member = fc.record({ key, value, gaps: fc.tuple(space, space, space, space) });
const object = fc
  .record({ members: fc.array(member, { maxLength: 6 }), before: space, after: space })
  .map(({ members, before, after }) => {
    const texts = members.map(
      ({ key: name, value: inner, gaps: [a, b, c, d] }) => `${a}${name}${b}:${c}${inner}${d}`,
    );
    return { members, text: `${before}{${texts.length === 0 ? after : texts.join(',')}}${after}` };
  });

test('a member is just the text that was written for it, and of equal names the last', () => {
  fc.assert(
    fc.property(object, ({ members, text }) => {
      const written = members.filter((one) => JSON.parse(one.key) === 'payload').at(-1);
      expect(rawMember(text, 'payload')).toBe(written?.value);
    }),
    { numRuns: 2_000 },
  );
});

test('a member reads as JSON.parse reads it, whatever its name', () => {
  fc.assert(
    fc.property(object, ({ text }) => {
      const parsed = JSON.parse(text) as Record<string, unknown>;
      for (const name of [...Object.keys(parsed), 'payload', 'none']) {
        const raw = rawMember(text, name);
        expect(raw !== undefined).toBe(Object.hasOwn(parsed, name));
        if (raw !== undefined) expect(JSON.parse(raw)).toEqual(parsed[name]);
      }
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['an empty object', '{}', undefined],
  ['spaces only', ' \n{ \t} ', undefined],
  ['a member of a member', '{"a":{"payload":1},"b":[{"payload":2}]}', undefined],
  ['the name as a value', '{"a":"payload","b":"\\"payload\\":1"}', undefined],
  ['a name that only looks longer', '{"payload ":1,"payload":{"x" : 2}}', '{"x" : 2}'],
  ['brackets in texts', '{"a":"}],{","payload":["]","}"]}', '["]","}"]'],
  ['backslashes before a quote', '{"a":"\\\\","payload":"\\\\\\"" }', '"\\\\\\""'],
  ['the name of a prototype', '{"__proto__":{"payload":1},"payload":3}', '3'],
])('%s', (_name, text, expected) => {
  expect(rawMember(text, 'payload')).toBe(expected);
});
