import { type Hex, parseHex } from './color';

/**
 * A CSS colour, such as `#25f`, `tomato` or `hsl(200 50% 40%)`, as hex digits. Undefined for what is no colour and for
 * what can be seen through. The browser reads it, on a canvas that nobody sees: nothing of the text gets further.
 */
export function readCssColor(css: string): Hex | undefined {
  const canvas = document.createElement('canvas').getContext('2d');
  if (canvas === null || !CSS.supports('color', css)) return undefined;
  canvas.fillStyle = css;
  return typeof canvas.fillStyle === 'string' ? parseHex(canvas.fillStyle) : undefined;
}
