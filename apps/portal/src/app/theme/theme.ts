import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineThemeOverride,
  type VariantColorsResolver,
} from '@mantine/core';
import { BRAND_SHADE, type Brand } from './brand';
import { DEFAULT_FONT_STACK, MONO_FONT_STACK } from './fonts';
import type { Look, Palette } from './look';

/**
 * Mantine picks the text of filled buttons by a luminance threshold, which is not WCAG's contrast, and draws the other
 * variants in the brand colour as it is, however pale. The brand knows what is readable.
 */
const readableVariants: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  if (input.color !== undefined && input.color !== input.theme.primaryColor) return colors;
  if (input.variant === 'filled') return { ...colors, color: 'var(--portal-on-fill)' };
  return input.variant === 'default' ? colors : { ...colors, color: 'var(--portal-ink)' };
};

/** Mantine's greys of the dark scheme, from text to ground, after ours in base.css. */
const DARK_SHADES = [
  '#e7eaee',
  '#c5cbd3',
  '#9fa8b5',
  '#7c8593',
  '#454d59',
  '#252a33',
  '#161a20',
  '#14171c',
  '#101318',
  '#0c0e12',
] as const;
/** Ground of buttons that destroy something; white on it reaches WCAG AA. The shades do not differ. */
const DANGER = '#b3261e';
const DANGER_SHADES = [
  DANGER,
  DANGER,
  DANGER,
  DANGER,
  DANGER,
  DANGER,
  DANGER,
  '#98201a',
  DANGER,
  DANGER,
] as const;

/**
 * Mantine's theme for a brand.
 *
 * @param fontFamily a font stack of our own list; undefined: the device's
 * @param radius CSS lengths of buttons and fields; undefined: ours
 */
export function createPortalTheme(
  brand: Brand,
  fontFamily: string | undefined,
  radius: Partial<Look['radius']> = {},
): MantineThemeOverride {
  const button = radius.button === undefined ? {} : { defaultProps: { radius: radius.button } };
  const input = radius.input === undefined ? {} : { defaultProps: { radius: radius.input } };
  const font = fontFamily ?? DEFAULT_FONT_STACK;
  return createTheme({
    colors: { brand: [...brand.shades], danger: [...DANGER_SHADES], dark: [...DARK_SHADES] },
    primaryColor: 'brand',
    primaryShade: BRAND_SHADE,
    variantColorResolver: readableVariants,
    fontFamily: font,
    fontFamilyMonospace: MONO_FONT_STACK,
    headings: { fontFamily: font, fontWeight: '600' },
    defaultRadius: 'sm',
    cursorType: 'pointer',
    respectReducedMotion: true,
    components: {
      Button: button,
      ActionIcon: button,
      Input: input,
      // Drawn where it stands, for the order of focus. Its placeholder for the focus is no item, which menus may not hold.
      Menu: {
        defaultProps: {
          position: 'bottom-end',
          returnFocus: true,
          withInitialFocusPlaceholder: false,
          withinPortal: false,
        },
      },
    },
  });
}

/**
 * The brand, and our grounds and text colours of base.css, as CSS variables. They hold hex colours that we computed,
 * never text out of the address.
 */
export function portalVariables(brand: Brand, look: Look, palette: Palette): CSSVariablesResolver {
  const scheme = {
    '--portal-page': palette.grounds.page,
    '--portal-card': palette.grounds.card,
    '--portal-hover': palette.grounds.hover,
    '--portal-text': palette.text,
    '--portal-dimmed': palette.dimmed,
    '--portal-danger': palette.danger,
    ...(palette.border === undefined ? {} : { '--portal-border': palette.border }),
    ...(look.radius.card === undefined ? {} : { '--portal-card-radius': look.radius.card }),
    ...(look.fontSize === undefined ? {} : { '--portal-font-size': `${look.fontSize.toString()}px` }),
    '--portal-fill': brand.fill,
    '--portal-ink': brand.ink,
    '--portal-on-fill': brand.onFill,
    '--mantine-color-brand-filled': brand.fill,
    '--mantine-color-brand-filled-hover': brand.fillHover,
    '--mantine-color-brand-light': 'var(--portal-hover)',
    '--mantine-color-brand-light-hover': 'var(--portal-hover)',
    '--mantine-color-anchor': brand.ink,
    '--mantine-color-body': 'var(--portal-page)',
    '--mantine-color-text': 'var(--portal-text)',
    '--mantine-color-dimmed': 'var(--portal-dimmed)',
    '--mantine-color-default': 'var(--portal-card)',
    '--mantine-color-default-hover': 'var(--portal-hover)',
    '--mantine-color-default-color': 'var(--portal-text)',
    '--mantine-color-error': 'var(--portal-danger)',
    '--mantine-color-placeholder': 'var(--portal-dimmed)',
    '--mantine-color-default-border': 'var(--portal-border-strong)',
  };
  return () => ({ variables: {}, light: scheme, dark: scheme });
}
