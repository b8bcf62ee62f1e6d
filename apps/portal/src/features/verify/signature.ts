import { parseHeaders } from './headers';

/** The parts of a delivery that are signed, as its headers say them. */
interface Signed {
  readonly id: string;
  readonly timestamp: string;
  readonly signatures: readonly string[];
}

/** What the headers say of the signature; `webhook-*` where there is no `svix-*`. Undefined where some is missing. */
function readSigned(headersText: string): Signed | undefined {
  const values = new Map(parseHeaders(headersText).map(([name, value]) => [name.toLowerCase(), value]));
  for (const prefix of ['svix', 'webhook']) {
    const id = values.get(`${prefix}-id`);
    const timestamp = values.get(`${prefix}-timestamp`);
    const signature = values.get(`${prefix}-signature`);
    if (id && timestamp && signature) return { id, timestamp, signatures: signature.split(' ') };
  }
  return undefined;
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

async function matchesOne(
  content: Uint8Array<ArrayBuffer>,
  secret: string,
  signature: string,
): Promise<boolean> {
  const [version, encoded = ''] = signature.split(',');
  if (secret.startsWith('whpk_')) {
    if (version !== 'v1a') return false;
    const key = await crypto.subtle.importKey('raw', bytesOf(secret.slice(5)), 'Ed25519', false, ['verify']);
    return crypto.subtle.verify('Ed25519', key, bytesOf(encoded), content);
  }
  if (version !== 'v1') return false;
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytesOf(secret.replace(/^whsec_/, '')), hmac, false, [
    'verify',
  ]);
  return crypto.subtle.verify('HMAC', key, bytesOf(encoded), content);
}

/**
 * Whether the signature is right whatever its age, for a reader who wants to know what is wrong with a delivery of
 * yesterday. Receivers must not do so: they use `Webhook`, which refuses what is old.
 *
 * @returns undefined where the browser cannot tell: without WebCrypto, as on pages without https
 */
export async function isSignatureRight(
  secret: string,
  headersText: string,
  body: string,
): Promise<boolean | undefined> {
  const signed = readSigned(headersText);
  if (signed === undefined || globalThis.crypto.subtle === undefined) return undefined;
  const content = new TextEncoder().encode(`${signed.id}.${signed.timestamp}.${body}`);
  try {
    const results = await Promise.all(
      signed.signatures.map((signature) => matchesOne(content, secret, signature)),
    );
    return results.includes(true);
  } catch {
    return undefined;
  }
}
