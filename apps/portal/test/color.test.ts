import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createBrand, GROUNDS } from '../src/app/theme/brand';
import { BLACK, contrast, type Hex, mix, parseHex, TEXT_CONTRAST, textOn, WHITE } from '../src/lib/color';

describe('a colour', () => {
  test.each([
    ['ff8800', '#ff8800'],
    ['#FF8800', '#ff8800'],
  ])('is read from %s', (text, color) => {
    expect(parseHex(text)).toBe(color);
  });

  test.each(['', 'f80', 'red', 'ff88001', '##ff8800', 'ff8800;', 'url(x)', 'ff880g', ' ff8800'])(
    'is not read from %j',
    (text) => {
      expect(parseHex(text)).toBeUndefined();
    },
  );

  test('has the contrast that WCAG counts', () => {
    expect(contrast(BLACK, WHITE)).toBeCloseTo(21);
    expect(contrast('#767676', WHITE)).toBeCloseTo(4.54, 2);
    expect(contrast('#3350c4', '#3350c4')).toBe(1);
  });

  test('mixes evenly', () => {
    expect(mix(BLACK, WHITE, 0.5)).toBe('#808080');
    expect(mix('#123456', WHITE, 0)).toBe('#123456');
  });
});

/** Black, white, the pure colours and many between them. */
const STEPS = ['00', '33', '66', '80', '99', 'cc', 'ff'];
const COLORS: Hex[] = STEPS.flatMap((red) =>
  STEPS.flatMap((green) => STEPS.map((blue): Hex => `#${red}${green}${blue}`)),
);

describe.each(['light', 'dark'] as const)('a brand on %s', (scheme) => {
  test('can be read everywhere, whatever the colour', () => {
    for (const color of [undefined, ...COLORS]) {
      const { fill, fillHover, onFill, ink } = createBrand(scheme, color);
      const pairs: [Hex, Hex][] = [
        [onFill, fill],
        [onFill, fillHover],
        ...Object.values(GROUNDS[scheme]).map((ground): [Hex, Hex] => [ink, ground]),
      ];
      for (const [text, ground] of pairs) {
        const found = contrast(text, ground);
        expect(found, `${text} on ${ground} of ${color}`).toBeGreaterThanOrEqual(TEXT_CONTRAST);
      }
    }
  });

  test('has ten shades from light to dark, the colour itself among them', () => {
    const { shades } = createBrand(scheme, '#3350c4');
    expect(shades).toHaveLength(10);
    expect(shades[6]).toBe('#3350c4');
    const lightness = shades.map((shade) => contrast(shade, BLACK));
    expect(lightness).toEqual(lightness.toSorted((a, b) => b - a));
  });
});

test.each(['light', 'dark'] as const)('the grounds on %s are those that base.css draws', (scheme) => {
  const css = readFileSync(new URL('../src/app/theme/base.css', import.meta.url), 'utf8');
  const [light = '', dark = ''] = css.split(/\[data-mantine-color-scheme=.dark.\]/);
  for (const [name, color] of Object.entries(GROUNDS[scheme])) {
    expect(scheme === 'light' ? light : dark).toContain(`--portal-${name}: ${color};`);
  }
});

test('text is white or black, whichever is easier to read', () => {
  expect(textOn('#3350c4')).toBe(WHITE);
  expect(textOn('#ffd43b')).toBe(BLACK);
});
