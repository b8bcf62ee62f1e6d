import { BLACK, type Hex, mix, readableOn, textOn, WHITE } from '../../lib/color';

/** Shades from light to dark, as Mantine's themes have them. */
export type Shades = readonly [Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex];

/** Place of the brand colour itself among its shades. */
export const BRAND_SHADE = 6;

/** The grounds that things stand on, as base.css draws them. */
export const GROUNDS = {
  light: { page: '#f5f6f8', card: '#ffffff', hover: '#eef0f4' },
  dark: { page: '#14171c', card: '#1b1f26', hover: '#252a33' },
} as const satisfies Record<'light' | 'dark', Record<string, Hex>>;

/** Text on them, as base.css draws it. */
export const TEXTS = {
  light: { text: '#1b2027', dimmed: '#566070', danger: '#b3261e' },
  dark: { text: '#e7eaee', dimmed: '#9fa8b5', danger: '#f2867e' },
} as const satisfies Record<'light' | 'dark', Record<string, Hex>>;

/** Grounds of notes, signs and code, which stay ours. */
export const SOFT_GROUNDS = {
  light: ['#e3f4ea', '#fcebea', '#fdf1d9', '#e7eefb', '#f8f9fb'],
  dark: ['#1d3328', '#3a2323', '#372d1a', '#212d44', '#161a20'],
} as const satisfies Record<'light' | 'dark', readonly Hex[]>;

const DEFAULT_BRAND = { light: '#3350c4', dark: '#4a63d8' } as const satisfies Record<string, Hex>;

/** The colours of one brand on one colour scheme. Every pair that carries text reaches WCAG AA. */
export interface Brand {
  readonly shades: Shades;
  /** Ground of filled buttons. */
  readonly fill: Hex;
  readonly fillHover: Hex;
  /** Text on `fill` and `fillHover`. */
  readonly onFill: Hex;
  /** The brand as text, icon or focus ring on any of our grounds. */
  readonly ink: Hex;
}

/**
 * Makes a brand of one colour. The hover ground moves away from the text on it, so that text is never harder to read
 * under the pointer than before.
 *
 * @param color what the operator gave; undefined: our own
 * @param accent colour of the ink, where it is another one
 */
export function createBrand(
  scheme: 'light' | 'dark',
  color: Hex | undefined,
  grounds: readonly Hex[] = Object.values(GROUNDS[scheme]),
  accent?: Hex,
): Brand {
  const fill = color ?? DEFAULT_BRAND[scheme];
  const onFill = textOn(fill);
  const lighter = [0.92, 0.82, 0.68, 0.52, 0.36, 0.18].map((share) => mix(fill, WHITE, share));
  const darker = [0.14, 0.28, 0.42].map((share) => mix(fill, BLACK, share));
  return {
    shades: [...lighter, fill, ...darker] as unknown as Shades,
    fill,
    fillHover: mix(fill, onFill === WHITE ? BLACK : WHITE, 0.14),
    onFill,
    ink: readableOn(grounds, accent ?? fill),
  };
}
