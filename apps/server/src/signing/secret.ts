import { createPrivateKey, createPublicKey, type KeyObject, randomBytes } from 'node:crypto';

/** Kinds of keys that endpoints sign with. */
export type SignatureType = 'hmac256' | 'ed25519';

/** A signing key, parsed once and then kept by whoever signs with it. `text` is how it is stored. */
export type SigningSecret =
  | { readonly type: 'hmac256'; readonly text: string; readonly key: Uint8Array }
  | {
      readonly type: 'ed25519';
      readonly text: string;
      readonly privateKey: KeyObject;
      readonly publicKey: Uint8Array;
    };

/**
 * A text is not a signing secret. The message is that of the API and never holds the text.
 * `family` says which of the two shapes of 422 it is (spec: wire behaviour, section 3.2): the text could not be decoded, or
 * it was and its content is wrong.
 */
export class SecretError extends Error {
  readonly family: 'decode' | 'semantic';

  constructor(message: string, family: 'decode' | 'semantic') {
    super(message);
    this.name = 'SecretError';
    this.family = family;
  }
}

const HMAC_PREFIX = 'whsec_';
const PRIVATE_PREFIX = 'whsk_';
const PUBLIC_PREFIX = 'whpk_';
const HMAC_BYTES = { generated: 24, min: 24, max: 75 };
const SEED_BYTES = 32;
/** DER of a private ed25519 key (PKCS #8, RFC 8410) up to its 32-byte seed; Node takes no bare seed. */
const PKCS8_HEADER = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Reads a signing secret (spec: wire behaviour, section 6.3): `whsec_` with 24 to 75 bytes for HMAC-SHA256, `whsk_` with
 * the 64 bytes of an ed25519 key pair, in strict standard base64. A bare base64 text is taken as `whsec_`, as the cloud
 * does. Public keys (`whpk_`) and the undocumented `whsk1_` are refused.
 *
 * @throws SecretError when the text is none of these
 */
export function parseSecret(text: string): SigningSecret {
  if (text.startsWith(HMAC_PREFIX)) return hmacSecret(decodeBase64(text.slice(HMAC_PREFIX.length)));
  if (text.startsWith(PRIVATE_PREFIX)) return ed25519Secret(decodeBase64(text.slice(PRIVATE_PREFIX.length)));
  if (!/^[A-Za-z0-9+/=]+$/.test(text)) throw new SecretError('invalid prefix', 'decode');
  return hmacSecret(decodeBase64(text));
}

/** Makes a new secret: 24 random bytes for HMAC, a new key pair for ed25519. */
export function generateSecret(type: SignatureType): SigningSecret {
  if (type === 'hmac256') return hmacSecret(randomBytes(HMAC_BYTES.generated));
  const seed = randomBytes(SEED_BYTES);
  return ed25519Secret(Buffer.concat([seed, publicKeyOf(privateKeyOf(seed))]));
}

/** What may be shown of a secret: for HMAC the secret itself, for ed25519 only its public key, as `whpk_…`. */
export function publicForm(secret: SigningSecret): string {
  if (secret.type === 'hmac256') return secret.text;
  return PUBLIC_PREFIX + Buffer.from(secret.publicKey).toString('base64');
}

function hmacSecret(key: Buffer): SigningSecret {
  if (key.length < HMAC_BYTES.min || key.length > HMAC_BYTES.max) throw lengthError();
  return { type: 'hmac256', text: HMAC_PREFIX + key.toString('base64'), key };
}

function ed25519Secret(pair: Buffer): SigningSecret {
  if (pair.length !== 2 * SEED_BYTES) throw lengthError();
  const privateKey = privateKeyOf(pair.subarray(0, SEED_BYTES));
  const publicKey = publicKeyOf(privateKey);
  if (!publicKey.equals(pair.subarray(SEED_BYTES))) {
    throw new SecretError('Invalid key, failed signing test msg', 'semantic');
  }
  return { type: 'ed25519', text: PRIVATE_PREFIX + pair.toString('base64'), privateKey, publicKey };
}

const lengthError = () => new SecretError('secret length invalid', 'semantic');

const privateKeyOf = (seed: Buffer): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_HEADER, seed]), format: 'der', type: 'pkcs8' });

/** The 32 bytes at the end of the public key's DER (SubjectPublicKeyInfo, RFC 8410). */
const publicKeyOf = (privateKey: KeyObject): Buffer =>
  createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-SEED_BYTES);

function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  // Buffer.from skips what it does not understand; the way back shows it.
  if (bytes.toString('base64') !== text) throw new SecretError('invalid base64', 'decode');
  return bytes;
}
