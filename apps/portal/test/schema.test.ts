import { describe, expect, test } from 'vitest';
import { examplesOf, firstSchema, toFields } from '../src/features/event-types/schema';

describe('the fields of a schema', () => {
  test('have type, duty, description and values', () => {
    const fields = toFields({
      required: ['id'],
      properties: {
        id: { type: 'string', description: 'Which one.' },
        state: { enum: ['open', 'closed'] },
        kind: { const: 7 },
        at: { type: 'string', format: 'date-time' },
        note: { type: ['string', 'null'] },
      },
    });
    expect(fields.map(({ name, type, isRequired, values }) => [name, type, isRequired, values])).toEqual([
      ['id', 'string', true, []],
      ['state', 'string', false, ['"open"', '"closed"']],
      ['kind', 'number', false, ['7']],
      ['at', 'string (date-time)', false, []],
      ['note', 'string | null', false, []],
    ]);
    expect(fields[0]?.description).toBe('Which one.');
  });

  test('nest through objects, arrays, references and compositions', () => {
    const fields = toFields({
      properties: {
        customer: { $ref: '#/definitions/customer' },
        lines: { type: 'array', items: { type: 'object', properties: { text: { type: 'string' } } } },
        both: { allOf: [{ $ref: '#/definitions/customer' }, { properties: { extra: { type: 'number' } } }] },
        either: { oneOf: [{ type: 'string' }, { $ref: '#/definitions/customer' }] },
      },
      definitions: { customer: { type: 'object', properties: { email: { type: 'string' } } } },
    });
    expect(fields.map(({ type, children }) => [type, children.map(({ name }) => name)])).toEqual([
      ['object', ['email']],
      ['object[]', ['text']],
      ['any', ['email', 'extra']],
      ['string | object', ['email']],
    ]);
  });

  test('end where a schema refers to itself', () => {
    const fields = toFields({ properties: { child: { $ref: '#' } } });
    let depth = 0;
    for (let at = fields; at[0] !== undefined; at = at[0].children) depth += 1;
    expect(depth).toBeLessThan(20);
  });

  test.each([
    {},
    { properties: 'nonsense' },
    { properties: { a: null, b: true, c: { $ref: '#/nowhere' }, d: { $ref: 'https://elsewhere' } } },
    { $ref: '#' },
  ])('come out of anything: %j', (schema) => {
    expect(() => toFields(schema)).not.toThrow();
  });
});

describe('examples', () => {
  test('are those of the first version', () => {
    const schema = firstSchema({
      '2': { examples: [{ b: 1 }] },
      '1': { examples: [{ a: 1 }, 'text', null] },
    });
    expect(examplesOf(schema)).toEqual([{ a: 1 }]);
  });

  test.each([undefined, null, {}])('are none without a schema: %j', (schemas) => {
    expect(examplesOf(firstSchema(schemas))).toEqual([]);
  });
});
