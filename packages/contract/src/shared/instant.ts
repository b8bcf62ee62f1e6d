import { z } from 'zod';

/**
 * RFC 3339, and what clients write instead of it: a space for `T`, `UTC` for `Z`, no colon in the offset, and an
 * offset whose `+` a query string has turned into a space.
 */
const INSTANT =
  /^(?<date>\d{4}-\d\d-\d\d)[Tt ](?<time>\d\d:\d\d:\d\d)(?:\.(?<fraction>\d{1,9}))? ?(?:(?<utc>[Zz]|UTC)|(?<sign>[+ -])(?<hours>\d\d):?(?<minutes>\d\d))$/;

/** The instant that a client means, cut to milliseconds; undefined where the text names none. */
export function parseInstant(text: string): Date | undefined {
  const parts = INSTANT.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const { date = '', time, fraction = '', utc, sign, hours, minutes } = parts;
  const midnight = new Date(`${date}T00:00:00.000Z`);
  // JavaScript reads 30 February as 2 March.
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(date)) return undefined;
  const zone = utc === undefined ? `${sign === '-' ? '-' : '+'}${hours}:${minutes}` : 'Z';
  const instant = new Date(`${date}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}${zone}`);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

/** An instant in a request, as text; the server gets a `Date`. Answers have `timestamp` of fields.ts instead. */
export const instant = z
  .string()
  .transform((text, context) => {
    const value = parseInstant(text);
    if (value !== undefined) return value;
    context.issues.push({
      code: 'invalid_type',
      expected: 'date',
      input: text,
      message: 'Must be a date and time with a zone, such as 2026-11-24T09:00:00Z',
    });
    return z.NEVER;
  })
  .meta({ openapi: { type: 'string', format: 'date-time' } });
