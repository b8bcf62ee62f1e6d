export type Scheme = 'light' | 'dark';
/** What a link or a reader asks for; `auto` follows the device. */
export type SchemeChoice = Scheme | 'auto';

/** The value of the `darkMode` parameter; undefined for what it does not know. */
export function parseDarkMode(value: string): SchemeChoice | undefined {
  if (value === 'true') return 'dark';
  if (value === 'false') return 'light';
  return value === 'auto' ? 'auto' : undefined;
}

/** What the reader chose by the switch; undefined for anything that we did not write. */
export function parseChoice(value: unknown): Scheme | undefined {
  return value === 'light' || value === 'dark' ? value : undefined;
}

/** Where the reader's own choice is kept, over all applications and links. */
export const SCHEME_KEY = 'postrider.scheme';

/**
 * Which scheme is drawn. Inside a frame the page around it decides, by the parameter; on a page of its own the reader's
 * switch comes first.
 */
export function resolveScheme(input: {
  parameter: SchemeChoice;
  chosen: Scheme | undefined;
  isFramed: boolean;
  deviceIsDark: boolean;
}): Scheme {
  const choice = input.isFramed ? input.parameter : (input.chosen ?? input.parameter);
  if (choice !== 'auto') return choice;
  return input.deviceIsDark ? 'dark' : 'light';
}
