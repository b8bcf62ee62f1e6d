import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Keeps secrets in the database unreadable without the encryption key, and bound to their place there.
 *
 * Sealed bytes: version (1) · key id (4) · nonce (12) · ciphertext · tag (16). AES-256-GCM under a key derived from the
 * encryption key; version, key id and context are authenticated with it.
 */
export interface Vault {
  /** Encrypts with the current key. `context` says what it is and whose, such as `endpoint-secret:ep_…`. */
  seal(plain: string | Uint8Array, context: string): Buffer;
  /**
   * Decrypts what any of the keys sealed.
   *
   * @throws VaultError when no key fits, or the bytes or their context are not what was sealed
   */
  open(sealed: Uint8Array, context: string): Buffer;
  /** Was it sealed with a previous key (or is it damaged), so that it should be sealed again? */
  needsReseal(sealed: Uint8Array): boolean;
  /** 32 bytes of the current key for another purpose, such as an HMAC. Changes when the current key does. */
  derive(purpose: string): Buffer;
}

/** The encryption keys, 32 bytes each. */
export interface VaultKeys {
  readonly current: Uint8Array;
  /** Keys that were current before and still open what they sealed. */
  readonly previous?: readonly Uint8Array[];
}

/** Sealed bytes cannot be opened. The message never holds any of them. */
export class VaultError extends Error {
  /** `wrong-key`: another encryption key sealed them. `damaged`: they are not what was sealed, or for another context. */
  readonly reason: 'wrong-key' | 'damaged';

  constructor(reason: 'wrong-key' | 'damaged') {
    super(MESSAGES[reason]);
    this.name = 'VaultError';
    this.reason = reason;
  }
}

const MESSAGES = {
  'wrong-key':
    'The encryption key does not fit: the stored secret was encrypted with another one. Set POSTRIDER_ENCRYPTION_KEY to the key that this database was used with.',
  damaged: 'The stored secret cannot be decrypted: it was changed, or moved from another place.',
};

const ALGORITHM = 'aes-256-gcm';
const VERSION = 1;
const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES;

/** A key ready to use; `header` begins everything it seals. */
interface SealingKey {
  readonly header: Buffer;
  readonly key: Buffer;
}

/**
 * Makes a vault.
 *
 * @throws RangeError when a key does not have 32 bytes
 */
export function createVault({ current, previous = [] }: VaultKeys): Vault {
  const sealing = prepareKey(current);
  const keys = [sealing, ...previous.map(prepareKey)];
  const isSealedWith = (key: SealingKey, sealed: Uint8Array) =>
    key.header.equals(sealed.subarray(0, HEADER_BYTES));
  return {
    seal: (plain, context) => sealBytes(sealing, plain, context),
    open(sealed, context) {
      if (sealed.length < HEADER_BYTES + NONCE_BYTES + TAG_BYTES || sealed[0] !== VERSION) {
        throw new VaultError('damaged');
      }
      const key = keys.find((candidate) => isSealedWith(candidate, sealed));
      if (!key) throw new VaultError('wrong-key');
      return openBytes(key, sealed, context);
    },
    needsReseal: (sealed) => !isSealedWith(sealing, sealed),
    derive: (purpose) => deriveKey(current, `derive/${purpose}`, KEY_BYTES),
  };
}

function prepareKey(key: Uint8Array): SealingKey {
  if (key.length !== KEY_BYTES) {
    throw new RangeError(`an encryption key has ${KEY_BYTES} bytes, not ${key.length}`);
  }
  const id = deriveKey(key, 'vault/key-id', KEY_ID_BYTES);
  return { header: Buffer.concat([Buffer.of(VERSION), id]), key: deriveKey(key, 'vault/seal', KEY_BYTES) };
}

/** HKDF-SHA256 (RFC 5869); the info keeps the uses of one key apart. */
const deriveKey = (key: Uint8Array, info: string, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', key, '', `postrider/${info}`, bytes));

function sealBytes({ header, key }: SealingKey, plain: string | Uint8Array, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.concat([header, Buffer.from(context)]));
  const text = typeof plain === 'string' ? Buffer.from(plain) : plain;
  return Buffer.concat([header, nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

function openBytes({ header, key }: SealingKey, sealed: Uint8Array, context: string): Buffer {
  const textStart = HEADER_BYTES + NONCE_BYTES;
  const textEnd = sealed.length - TAG_BYTES;
  const nonce = sealed.subarray(HEADER_BYTES, textStart);
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.concat([header, Buffer.from(context)]));
  decipher.setAuthTag(sealed.subarray(textEnd));
  const text = decipher.update(sealed.subarray(textStart, textEnd));
  try {
    return Buffer.concat([text, decipher.final()]);
  } catch {
    throw new VaultError('damaged');
  }
}
