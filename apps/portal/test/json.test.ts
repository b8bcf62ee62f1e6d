import { describe, expect, test } from 'vitest';
import { indentJson } from '../src/lib/json';

describe('indented JSON', () => {
  test.each([
    {},
    [],
    { a: { b: [] }, c: [{}, 1, 'x', null, true], 'd"\\{': '[,]:{}' },
    'text with "quotes" and {brackets}',
    7,
  ])('is what JSON.stringify makes: %j', (value) => {
    expect(indentJson(JSON.stringify(value))).toBe(JSON.stringify(value, undefined, 2));
  });

  test('keeps numbers and names as they came', () => {
    const text = '{ "id":12345678901234567890,"a":1,"a":2.50 }';
    expect(indentJson(text)).toBe('{\n  "id": 12345678901234567890,\n  "a": 1,\n  "a": 2.50\n}');
  });

  test.each(['', '{', '{"a":}', 'hello', '<xml/>'])('is not made of %j', (text) => {
    expect(indentJson(text)).toBeUndefined();
  });
});
