import { type Hex, parseHex } from '../lib/color';
import type { KeyValueStore } from '../lib/storage';
import { parseNext } from './next';
import { parseFontFamily } from './theme/fonts';
import { parseDarkMode, type SchemeChoice } from './theme/scheme';

/** What the address asks for before its hash, each value checked. */
export interface Parameters {
  readonly darkMode: SchemeChoice;
  readonly brand: { readonly light: Hex | undefined; readonly dark: Hex | undefined };
  readonly icon: string | undefined;
  /** A CSS font stack of our own. */
  readonly fontFamily: string | undefined;
  readonly noGutters: boolean;
  readonly hideNavigation: boolean;
  readonly next: string | undefined;
  readonly locale: string | undefined;
}

const NAMES = [
  'darkMode',
  'primaryColor',
  'primaryColorLight',
  'primaryColorDark',
  'icon',
  'fontFamily',
  'noGutters',
  'hideNavigation',
  'next',
  'locale',
] as const;
type Name = (typeof NAMES)[number];

const STORE_KEY = 'postrider.parameters';

/**
 * The last value that makes sense. A parameter may stand twice: svix-react appends the host page's wish to whatever
 * the link already says, so the later one is the more deliberate.
 */
function last<T>(query: URLSearchParams, name: Name, parse: (value: string) => T | undefined): T | undefined {
  return query
    .getAll(name)
    .map(parse)
    .filter((value) => value !== undefined)
    .at(-1);
}

const parseFlag = (value: string): boolean | undefined =>
  value === 'true' ? true : value === 'false' ? false : undefined;

/** An image that is safe to show: over https, or inside the address. */
function parseIcon(value: string): string | undefined {
  if (/^data:image\/(png|jpeg|gif|webp|avif|svg\+xml)[;,]/i.test(value)) {
    // An unescaped + of base64 arrives as a space.
    return /^[^,]*;base64,/i.test(value) ? value.replaceAll(' ', '+') : value;
  }
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url?.protocol === 'https:' ? url.href : undefined;
}

const parseLocale = (value: string): string | undefined => {
  try {
    return Intl.getCanonicalLocales(value.replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
};

/** Reads and checks the parameters of a query string. What is unknown or makes no sense is as good as absent. */
export function parseParameters(search: string): Parameters {
  const query = new URLSearchParams(search);
  const primary = last(query, 'primaryColor', parseHex);
  return {
    darkMode: last(query, 'darkMode', parseDarkMode) ?? 'light',
    brand: {
      light: last(query, 'primaryColorLight', parseHex) ?? primary,
      dark: last(query, 'primaryColorDark', parseHex) ?? primary,
    },
    icon: last(query, 'icon', parseIcon),
    fontFamily: last(query, 'fontFamily', parseFontFamily),
    noGutters: last(query, 'noGutters', parseFlag) ?? false,
    hideNavigation: last(query, 'hideNavigation', parseFlag) ?? false,
    next: last(query, 'next', parseNext),
    locale: last(query, 'locale', parseLocale),
  };
}

/** The known parameters of both, where a name that stands in `current` hides the earlier ones. */
function merge(earlier: string, current: string): string {
  const before = new URLSearchParams(earlier);
  const now = new URLSearchParams(current);
  const merged = NAMES.flatMap((name) =>
    (now.has(name) ? now : before).getAll(name).map((value): [string, string] => [name, value]),
  );
  return new URLSearchParams(merged).toString();
}

interface Address {
  readonly search: string;
  readonly hash: string;
}

/** A new link starts afresh: what an earlier link of this tab asked for is not its business. */
function queryInForce(address: Address, store: KeyValueStore): string {
  const kept = address.hash.startsWith('#key=') ? undefined : store.read(STORE_KEY);
  return merge(typeof kept === 'string' ? kept : '', address.search);
}

/** The parameters in force: those of the address over those that the tab was opened with. */
export function loadParameters(address: Address, store: KeyValueStore): Parameters {
  return parseParameters(queryInForce(address, store));
}

/** Keeps the parameters in force for a reload, when the address no longer has them. */
export function keepParameters(address: Address, store: KeyValueStore): void {
  store.write(STORE_KEY, queryInForce(address, store));
}
