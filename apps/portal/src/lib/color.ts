/** A colour as six lower-case hex digits behind `#`; nothing else has this type. */
export type Hex = `#${string}`;

/** Smallest contrast of text to its ground (WCAG 2.2, 1.4.3 AA). */
export const TEXT_CONTRAST = 4.5;

export const WHITE: Hex = '#ffffff';
export const BLACK: Hex = '#000000';

type Channels = readonly [number, number, number];

/** `RRGGBB`, with or without `#`; undefined for anything else. */
export function parseHex(text: string): Hex | undefined {
  const digits = /^#?([0-9a-f]{6})$/i.exec(text)?.[1];
  return digits === undefined ? undefined : `#${digits.toLowerCase()}`;
}

function channels(color: Hex): Channels {
  const value = Number.parseInt(color.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function luminance(color: Hex): number {
  const [red, green, blue] = channels(color).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of two colours, 1 to 21, as WCAG counts it. */
export function contrast(one: Hex, other: Hex): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** `share` of `other` (0 to 1) in `color`. */
export function mix(color: Hex, other: Hex, share: number): Hex {
  const target = channels(other);
  const digits = channels(color).map((channel, index) =>
    Math.round(channel + ((target[index] as number) - channel) * share)
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${digits.join('')}`;
}

/** Black or white, whichever is easier to read on `ground`. One of both always has 4.5 or more. */
export function textOn(ground: Hex): Hex {
  return contrast(WHITE, ground) >= contrast(BLACK, ground) ? WHITE : BLACK;
}

/** `color`, moved towards black or white only as far as it takes to be readable as text on every ground given. */
export function readableOn(grounds: readonly Hex[], color: Hex): Hex {
  const isReadable = (candidate: Hex) =>
    grounds.every((ground) => contrast(candidate, ground) >= TEXT_CONTRAST);
  const end = textOn(grounds[0] ?? WHITE);
  for (let percent = 0; percent < 100; percent += 4) {
    const candidate = mix(color, end, percent / 100);
    if (isReadable(candidate)) return candidate;
  }
  return end;
}
