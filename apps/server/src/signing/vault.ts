import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const VERSION = 1;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;

/** Seals secrets for storage. Layout: version, key id, nonce, ciphertext, tag. */
export interface Vault {
  /** Seals under the current key. `context` says what it is for; opening it for anything else fails. */
  seal(plain: string | Uint8Array, context: string): Buffer;
  /** @throws VaultError when no key fits, the context is another, or the bytes were changed */
  open(sealed: Uint8Array, context: string): Buffer;
  /** Whether it was sealed with a key that is no longer the current one. */
  needsReseal(sealed: Uint8Array): boolean;
  /** 32 bytes that depend on the current key and the purpose only (HKDF-SHA256). */
  derive(purpose: string): Buffer;
}

/** Something sealed cannot be opened. Says nothing of the data. */
export class VaultError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'VaultError';
  }
}

interface Key {
  readonly id: Buffer;
  readonly bytes: Buffer;
}

const expand = (key: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, '', purpose, 32));

const toKey = (bytes: Buffer): Key => ({
  id: createHash('sha256').update('postrider key id').update(bytes).digest().subarray(0, KEY_ID_BYTES),
  bytes: expand(bytes, 'postrider vault'),
});

/** Makes a vault of 32-byte keys: the current one seals, it and the previous ones open. */
export function createVault(keys: { current: Buffer; previous?: readonly Buffer[] }): Vault {
  const current = toKey(keys.current);
  const all = [current, ...(keys.previous ?? []).map(toKey)];
  const keyOf = (bytes: Buffer): Key | undefined =>
    all.find((key) => key.id.equals(bytes.subarray(1, 1 + KEY_ID_BYTES)));

  return {
    seal(plain, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, current.bytes, nonce).setAAD(Buffer.from(context));
      const text = typeof plain === 'string' ? Buffer.from(plain) : plain;
      return Buffer.concat([
        Buffer.from([VERSION]),
        current.id,
        nonce,
        cipher.update(text),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (bytes.length < HEADER_BYTES + TAG_BYTES || bytes[0] !== VERSION) {
        throw new VaultError('this was not sealed by Postrider');
      }
      const key = keyOf(bytes);
      if (!key) {
        throw new VaultError(
          'none of the encryption keys fits: set POSTRIDER_ENCRYPTION_KEY to the one in use before',
        );
      }
      const decipher = createDecipheriv(ALGORITHM, key.bytes, bytes.subarray(1 + KEY_ID_BYTES, HEADER_BYTES));
      decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        const plain = decipher.update(bytes.subarray(HEADER_BYTES, -TAG_BYTES));
        return Buffer.concat([plain, decipher.final()]);
      } catch {
        throw new VaultError('what was sealed has been changed, or belongs elsewhere');
      }
    },
    needsReseal: (sealed) => !Buffer.from(sealed.subarray(1, 1 + KEY_ID_BYTES)).equals(current.id),
    derive: (purpose) => expand(keys.current, purpose),
  };
}
