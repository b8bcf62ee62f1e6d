import { expect, test } from 'vitest';
import type { z } from 'zod';

/** One test for each row: `[what it is, input, value that the server gets]`. */
export function accepts<Out>(
  schema: z.ZodType<Out>,
  rows: readonly (readonly [name: string, input: unknown, output: unknown])[],
): void {
  test.each(rows)('accepts %s', (_name, input, output) => {
    const before = structuredClone(input);
    expect(schema.parse(input)).toEqual(output);
    expect(input, 'the input is left alone').toEqual(before);
  });
}

/** One test for each row: `[what it is, input, path of the fault, message]`. */
export function refuses(
  schema: z.ZodType,
  rows: readonly (readonly [name: string, input: unknown, path: string, message: string | RegExp])[],
): void {
  test.each(rows)('refuses %s', (_name, input, path, message) => {
    const issues = schema.safeParse(input).error?.issues ?? [];
    const found = issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    const wanted = typeof message === 'string' ? `${path}: ${message}` : message;
    expect(found).toContainEqual(typeof wanted === 'string' ? wanted : expect.stringMatching(wanted));
    expect(issues.map((issue) => issue.path.join('.'))).toContain(path);
  });
}

/** A text of so many characters that identifiers may have. */
export const long = (length: number): string => 'a'.repeat(length);
