import { randomBytes } from 'node:crypto';

/** Seconds from the Unix epoch to the epoch of KSUIDs (spec: wire behaviour, section 1.2). */
const KSUID_EPOCH_SECONDS = 1_400_000_000;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const TEXT_LENGTH = 27;
const RANDOM_BYTES = 15;

/**
 * Bytes as base62, padded to `length`; keeps the order of the bytes. Divides 32-bit words, not a big integer: ids are
 * made for every message and attempt.
 */
function toBase62(bytes: Uint8Array, length: number): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let words: number[] = [];
  for (let offset = 0; offset < bytes.length; offset += 4) words.push(view.getUint32(offset));
  let text = '';
  while (words.length > 0) {
    const quotient: number[] = [];
    let remainder = 0;
    for (const word of words) {
      const value = remainder * 4_294_967_296 + word;
      const digit = Math.floor(value / 62);
      remainder = value % 62;
      if (quotient.length > 0 || digit > 0) quotient.push(digit);
    }
    text = (ALPHABET[remainder] ?? '') + text;
    words = quotient;
  }
  return text.padStart(length, '0');
}

/** The millisecond KSUID of an instant with the given 15 bytes behind it; 27 characters. */
function encode(at: Date, tail: Uint8Array): string {
  const bytes = new Uint8Array(20);
  const milliseconds = at.getTime();
  const seconds = Math.floor(milliseconds / 1000) - KSUID_EPOCH_SECONDS;
  // What lies outside of what ids can say is the first or the last second: bounds of filters may.
  new DataView(bytes.buffer).setUint32(0, Math.min(Math.max(seconds, 0), 0xffff_ffff));
  bytes[4] = Math.floor((((milliseconds % 1000) + 1000) % 1000) / 4);
  bytes.set(tail, 5);
  return toBase62(bytes, TEXT_LENGTH);
}

/** A new id such as `app_2aKV…`: ids sort by time, to 4 ms, in byte order. */
export const createId = (prefix: string, at: Date): string => prefix + encode(at, randomBytes(RANDOM_BYTES));

/** The smallest id of the tick of an instant: bound of time filters. */
export const startId = (prefix: string, at: Date): string =>
  prefix + encode(at, new Uint8Array(RANDOM_BYTES));

/** The largest id of the tick of an instant: bound of time filters. */
export const endId = (prefix: string, at: Date): string =>
  prefix + encode(at, new Uint8Array(RANDOM_BYTES).fill(0xff));

/** The instant of an id, cut to 4 ms; undefined when the text is no id with this prefix. */
export function timeOfId(prefix: string, id: string): Date | undefined {
  const text = id.slice(prefix.length);
  if (!id.startsWith(prefix) || text.length !== TEXT_LENGTH || !/^[0-9A-Za-z]+$/.test(text)) return undefined;
  let value = 0n;
  for (const character of text) value = value * 62n + BigInt(ALPHABET.indexOf(character));
  if (value >= 1n << 160n) return undefined;
  const seconds = Number(value >> 128n) + KSUID_EPOCH_SECONDS;
  const ticks = Number((value >> 120n) & 0xffn);
  return new Date(seconds * 1000 + ticks * 4);
}
