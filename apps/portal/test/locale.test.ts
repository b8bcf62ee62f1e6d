import { describe, expect, test } from 'vitest';
import { chooseLocale } from '../src/app/locale';
import { parseParameters } from '../src/app/parameters';
import { formatDateTime, formatDistance, formatInstantInZone } from '../src/lib/format';

describe('the language', () => {
  test.each([
    ['de', ['en-US'], { language: 'de', tag: 'de' }],
    ['de-AT', ['en-US'], { language: 'de', tag: 'de-AT' }],
    [undefined, ['de-CH', 'en'], { language: 'de', tag: 'de-CH' }],
    [undefined, ['sv-SE', 'de', 'en'], { language: 'de', tag: 'de' }],
    ['sv', ['de'], { language: 'de', tag: 'de' }],
    ['sv', ['it'], { language: 'en', tag: 'en' }],
    [undefined, ['pt-BR', 'en'], { language: 'pt', tag: 'pt-BR' }],
    ['zh-CN', ['en'], { language: 'zh', tag: 'zh-CN' }],
    [undefined, [], { language: 'en', tag: 'en' }],
  ] as const)('of locale=%s on a device of %j', (wished, device, locale) => {
    expect(chooseLocale(wished, device)).toEqual(locale);
  });

  test.each([
    ['locale=de_AT', 'de-AT'],
    ['locale=DE-at', 'de-AT'],
    ['locale=%3Cscript%3E', undefined],
    ['locale=', undefined],
  ])('is read from %s', (search, locale) => {
    expect(parseParameters(search).locale).toBe(locale);
  });
});

describe('times', () => {
  const now = new Date('2026-11-24T09:00:00Z');

  test('are written in the language of the reader', () => {
    expect(formatDateTime(now, 'de')).toMatch(/24\. November 2026/);
    expect(formatDateTime(now, 'en')).toMatch(/November 24, 2026/);
  });

  test('say their zone where they are held against others', () => {
    const zone = new Intl.DateTimeFormat('en', { timeZoneName: 'short' })
      .formatToParts(now)
      .find(({ type }) => type === 'timeZoneName')?.value;
    expect(zone).toBeDefined();
    expect(formatInstantInZone(now, 'en')).toMatch(/Nov 24, 2026/);
    expect(formatInstantInZone(now, 'en').endsWith(String(zone))).toBe(true);
  });

  test.each([
    ['2026-12-01T08:59:59Z', 'in 7 days'],
    ['2026-11-24T10:00:00Z', 'in 1 hour'],
    ['2026-11-24T09:29:50Z', 'in 30 minutes'],
    ['2026-11-24T09:00:10Z', 'this minute'],
  ])('%s is %s', (instant, distance) => {
    expect(formatDistance(new Date(instant), now, 'en')).toBe(distance);
  });
});
