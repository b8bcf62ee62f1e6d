import { createHash, createHmac, randomBytes } from 'node:crypto';

/** Prefix of environment keys. */
export const ENVIRONMENT_KEY_PREFIX = 'sk_';
/** Prefix of message tokens; they are environment keys too. */
export const MESSAGE_TOKEN_PREFIX = 'sk_msg_';
/** Prefix of portal session tokens. */
export const PORTAL_TOKEN_PREFIX = 'appsk_';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LENGTH = 32;

/** Bytes as letters and digits without bias: bytes of 248 and more are passed over. */
function toText(next: () => Iterable<number>): string {
  let text = '';
  while (text.length < LENGTH) {
    for (const byte of next()) {
      if (byte < 248 && text.length < LENGTH) text += ALPHABET[byte % 62] ?? '';
    }
  }
  return text;
}

/** A new secret of 32 letters and digits (190 bits) behind its prefix. No dot: SDKs read a region after one. */
export const createToken = (prefix: string): string => prefix + toText(() => randomBytes(48));

/**
 * The portal token that belongs to a one-time code. Derived, so that the same code gives the same session while it may
 * be exchanged again and the token itself is stored nowhere; keyed, so that a used link is worth nothing to its finder.
 */
export function tokenOfCode(key: Buffer, code: string): string {
  let round = 0;
  return PORTAL_TOKEN_PREFIX + toText(() => createHmac('sha512', key).update(`${round++}:${code}`).digest());
}

/** What is stored of a token: its SHA-256. Tokens are random, so no salt and no slow hash are needed. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();
