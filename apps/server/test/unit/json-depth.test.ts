import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTooDeep, MAX_JSON_DEPTH } from '../../src/json-depth.js';

const lists = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

describe('isTooDeep', () => {
  it.each([lists, objects])('is true from one level over the limit on', (nest) => {
    const padded = (depth: number) => `{"pad":${JSON.stringify('x'.repeat(2_000))},"a":${nest(depth)}}`;
    expect(isTooDeep(padded(MAX_JSON_DEPTH - 1))).toBe(false);
    expect(isTooDeep(padded(MAX_JSON_DEPTH))).toBe(true);
  });

  it('does not count what stands side by side, or in texts', () => {
    expect(isTooDeep(`[${'[],{},'.repeat(2_000)}1]`)).toBe(false);
    const text = '[{"\\'.repeat(2_000);
    expect(isTooDeep(JSON.stringify({ [text]: text, a: [text] }))).toBe(false);
  });

  it('lets everything through that people write', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 20 }), (json) => !isTooDeep(json)));
  });

  it('lets nothing through that cannot be written again', () => {
    expect(isTooDeep(lists(100_000))).toBe(true);
    expect(() => JSON.stringify(JSON.parse(lists(MAX_JSON_DEPTH)))).not.toThrow();
  });
});
