const SANS =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif';
const SERIF = 'ui-serif, Georgia, Cambria, "Times New Roman", serif';

const SANS_NAMES = [
  'Arial',
  'DM Sans',
  'Fira Sans',
  'Helvetica',
  'IBM Plex Sans',
  'Inter',
  'Lato',
  'Manrope',
  'Montserrat',
  'Noto Sans',
  'Nunito',
  'Open Sans',
  'Poppins',
  'Raleway',
  'Roboto',
  'Rubik',
  'Source Sans 3',
  'Source Sans Pro',
  'Ubuntu',
  'Verdana',
  'Work Sans',
] as const;
const SERIF_NAMES = ['Georgia', 'Lora', 'Merriweather', 'Playfair Display', 'PT Serif'] as const;

/** Font stacks by the lower-case name that a link may ask for. */
const STACKS: ReadonlyMap<string, string> = new Map([
  ...SANS_NAMES.map((name) => [name.toLowerCase(), `"${name}", ${SANS}`] as const),
  ...SERIF_NAMES.map((name) => [name.toLowerCase(), `"${name}", ${SERIF}`] as const),
]);

export const DEFAULT_FONT_STACK = SANS;
export const MONO_FONT_STACK =
  'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace';

/**
 * The font stack for a name out of a link. Only names we know get through, and what is drawn is our own text, never
 * the link's: a font name is CSS. The font is used where the reader's device has it; none is loaded from elsewhere.
 */
export function parseFontFamily(name: string): string | undefined {
  return STACKS.get(
    name
      .trim()
      .replace(/^(["'])(.*)\1$/, '$2')
      .replace(/[+_]/g, ' ')
      .toLowerCase(),
  );
}
