import type { EnvironmentSettingsOut } from '@postrider/contract';
import { contrast, type Hex, readableOn, TEXT_CONTRAST } from '../../lib/color';
import { GROUNDS, SOFT_GROUNDS, TEXTS } from './brand';
import { parseFontFamily } from './fonts';
import type { Scheme } from './scheme';

/** The colours of one scheme as the operator set them; what is undefined stays ours. */
export interface Palette {
  readonly brand: Hex | undefined;
  /** Of links, icons and focus rings. */
  readonly accent: Hex | undefined;
  readonly grounds: { readonly page: Hex; readonly card: Hex; readonly hover: Hex };
  readonly text: Hex;
  readonly dimmed: Hex;
  readonly danger: Hex;
  readonly border: Hex | undefined;
}

/** How an environment wants its portal to look: its settings, checked. */
export interface Look {
  readonly palettes: Readonly<Record<Scheme, Palette>>;
  /** CSS lengths. */
  readonly radius: Readonly<Record<'button' | 'card' | 'input', string | undefined>>;
  /** Pixels. */
  readonly fontSize: number | undefined;
  readonly fontFamily: string | undefined;
  readonly icon: string | undefined;
  readonly name: string | undefined;
}

const RADII = { none: '0', sm: '4px', md: '8px', lg: '12px', full: '999px' } as const;
/** A box with text in several lines cannot be round all over. */
const MAX_CARD_RADIUS = '24px';
/** Outside of these nobody could use the portal. */
const MIN_FONT_PX = 12;
const MAX_FONT_PX = 22;

type Settings = Partial<EnvironmentSettingsOut>;
/** Turns a CSS colour into hex digits; undefined for what it does not know or what can be seen through. */
export type ReadColor = (css: string) => Hex | undefined;

function toPalette(settings: Settings, scheme: Scheme, read: ReadColor): Palette {
  const given = (scheme === 'light' ? settings.colorPaletteLight : settings.colorPaletteDark) ?? {};
  const color = (css: string | null | undefined) => (css ? read(css) : undefined);
  const texts = TEXTS[scheme];
  const ours = GROUNDS[scheme];
  /** A ground that our signs and notes could not be read on is not taken. */
  const ground = (css: string | null | undefined, fallback: Hex): Hex => {
    const wish = color(css);
    return wish !== undefined && contrast(wish, texts.text) >= TEXT_CONTRAST ? wish : fallback;
  };
  const grounds = {
    page: ground(given.backgroundPrimary, ours.page),
    card: ground(given.backgroundSecondary, ours.card),
    hover: ground(given.backgroundHover, ours.hover),
  };
  const all = [...Object.values(grounds), ...SOFT_GROUNDS[scheme]];
  const readable = (css: string | null | undefined, fallback: Hex) => readableOn(all, color(css) ?? fallback);
  return {
    brand: color(given.buttonPrimary) ?? color(given.primary) ?? color(settings.customColor),
    accent: color(given.interactiveAccent),
    grounds,
    text: readable(given.textPrimary, texts.text),
    dimmed: readableOn(Object.values(grounds), color(given.textSecondary) ?? texts.dimmed),
    danger: readable(given.textDanger, texts.danger),
    border: color(given.borderPrimary),
  };
}

const toIcon = (address: string | null | undefined): string | undefined => {
  const url = address && URL.canParse(address) ? new URL(address) : undefined;
  return url?.protocol === 'https:' ? url.href : undefined;
};

/** The look that an environment's settings ask for. What makes no sense is as good as absent. */
export function toLook(settings: Settings, read: ReadColor): Look {
  const { borderRadius, fontSize } = settings.customThemeOverride ?? {};
  const radius = (name: keyof typeof RADII | null | undefined) => (name ? RADII[name] : undefined);
  const base = fontSize?.base ?? undefined;
  return {
    palettes: { light: toPalette(settings, 'light', read), dark: toPalette(settings, 'dark', read) },
    radius: {
      button: radius(borderRadius?.button),
      card: borderRadius?.card === 'full' ? MAX_CARD_RADIUS : radius(borderRadius?.card),
      input: radius(borderRadius?.input),
    },
    fontSize: base === undefined ? undefined : Math.min(MAX_FONT_PX, Math.max(MIN_FONT_PX, base)),
    fontFamily: settings.customFontFamily ? parseFontFamily(settings.customFontFamily) : undefined,
    icon: toIcon(settings.logoUrl ?? settings.customLogoUrl),
    name: settings.displayName?.trim() || undefined,
  };
}

/** What holds where an environment has set nothing. */
export const DEFAULT_LOOK: Look = toLook({}, () => undefined);
