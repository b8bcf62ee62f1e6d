import { Webhook as SymmetricWebhook } from 'standardwebhooks';

/** Furthest that a delivery's timestamp may be from now, in seconds, either way. */
export const WEBHOOK_TOLERANCE_SECONDS = 300;

/** Which check a delivery did not pass. */
export type WebhookCheck =
  | 'missing_header'
  | 'malformed_timestamp'
  | 'timestamp_too_old'
  | 'timestamp_too_new'
  | 'no_matching_signature'
  | 'payload_not_json';

/** The delivery is not to be trusted. Answer it with 400; the message is safe to log. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';
  readonly check: WebhookCheck;

  constructor(check: WebhookCheck, message: string) {
    super(message);
    this.check = check;
  }
}

/** Headers of a delivery: a `Headers` object or any other pairs, or a record such as Node's `request.headers`. */
export type WebhookHeaders =
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | readonly string[] | undefined>>;

const PUBLIC_KEY_PREFIX = 'whpk_';

/**
 * Verifies deliveries of one endpoint. Give it the body as it came: parsed and written again, it is another text.
 *
 *     const event = new Webhook(process.env.WEBHOOK_SECRET).verify(rawBody, request.headers);
 *
 * `svix-*` headers are read, or `webhook-*` where those are not complete, in any capitalisation.
 *
 * `whsec_…` secrets, with or without the prefix, go with `v1` signatures (HMAC-SHA256), which the library
 * standardwebhooks checks. `whpk_…` public keys go with `v1a` signatures (Ed25519), which the platform's WebCrypto
 * checks: only in `verifyAsync`, and in a browser only on a secure page.
 */
export class Webhook {
  readonly #symmetric: SymmetricWebhook | undefined;
  readonly #publicKey: Uint8Array<ArrayBuffer> | undefined;

  /**
   * @param secret `whsec_…` or `whpk_…`
   * @throws TypeError for anything else, such as the private `whsk_…`
   */
  constructor(secret: string) {
    if (secret.startsWith(PUBLIC_KEY_PREFIX)) {
      this.#publicKey = decodeBase64(secret.slice(PUBLIC_KEY_PREFIX.length));
      if (this.#publicKey?.length !== 32) throw new TypeError('whpk_ must be followed by 32 bytes in base64');
      return;
    }
    try {
      this.#symmetric = new SymmetricWebhook(secret);
    } catch {
      throw new TypeError('the secret must be whsec_ or whpk_, followed by base64');
    }
  }

  /**
   * The parsed payload of a delivery signed with the endpoint's `whsec_` secret, not longer ago than five minutes.
   *
   * @throws WebhookVerificationError naming the check that failed
   * @throws TypeError when this was made from a `whpk_` key: that takes `verifyAsync`
   */
  verify(payload: string | Uint8Array, headers: WebhookHeaders): unknown {
    if (this.#symmetric === undefined) throw new TypeError('a whpk_ key takes verifyAsync');
    const signed = readHeaders(headers);
    const text = textOf(payload);
    const library = {
      'webhook-id': signed.id,
      'webhook-timestamp': signed.timestamp,
      'webhook-signature': signed.signature,
    };
    try {
      this.#symmetric.verify(text, library, { jsonParse: false });
    } catch {
      // The headers are there and the time is right, so what is left is the signature.
      throw noMatch();
    }
    return parse(text);
  }

  /**
   * As `verify`, and for `whpk_` public keys as well.
   *
   * @throws WebhookVerificationError naming the check that failed
   * @throws DOMException (NotSupportedError) where the platform has no Ed25519, for a `whpk_` key
   */
  async verifyAsync(payload: string | Uint8Array, headers: WebhookHeaders): Promise<unknown> {
    if (this.#publicKey === undefined) return this.verify(payload, headers);
    const signed = readHeaders(headers);
    const text = textOf(payload);
    const content = new TextEncoder().encode(`${signed.id}.${signed.timestamp}.${text}`);
    const key = await crypto.subtle.importKey('raw', this.#publicKey, 'Ed25519', false, ['verify']);
    for (const [version, signature] of signed.signature.split(' ').map((entry) => entry.split(','))) {
      const bytes = version === 'v1a' ? decodeBase64(signature ?? '') : undefined;
      if (bytes && (await crypto.subtle.verify('Ed25519', key, bytes, content))) return parse(text);
    }
    throw noMatch();
  }
}

function readHeaders(headers: WebhookHeaders) {
  const values = new Map<string, string>();
  const pairs = isIterable(headers) ? headers : Object.entries(headers);
  for (const [name, value] of pairs) {
    if (value !== undefined)
      values.set(name.toLowerCase(), typeof value === 'string' ? value : value.join(' '));
  }
  for (const prefix of ['svix', 'webhook']) {
    const id = values.get(`${prefix}-id`);
    const timestamp = values.get(`${prefix}-timestamp`);
    const signature = values.get(`${prefix}-signature`);
    if (id && timestamp && signature) {
      checkTimestamp(timestamp);
      return { id, timestamp, signature };
    }
  }
  const missing = ['id', 'timestamp', 'signature'].filter((part) => !values.get(`svix-${part}`));
  throw new WebhookVerificationError(
    'missing_header',
    `the delivery lacks ${missing.map((part) => `svix-${part}`).join(', ')} (or the webhook-* headers)`,
  );
}

const isIterable = (headers: WebhookHeaders): headers is Iterable<readonly [string, string]> =>
  Symbol.iterator in headers;

function checkTimestamp(timestamp: string): void {
  if (!/^\d{1,12}$/.test(timestamp)) {
    throw new WebhookVerificationError('malformed_timestamp', 'the timestamp is not in whole seconds');
  }
  const age = Math.floor(Date.now() / 1000) - Number(timestamp);
  if (age > WEBHOOK_TOLERANCE_SECONDS) {
    throw new WebhookVerificationError('timestamp_too_old', `the delivery was signed ${age} seconds ago`);
  }
  if (age < -WEBHOOK_TOLERANCE_SECONDS) {
    throw new WebhookVerificationError('timestamp_too_new', `the delivery is signed ${-age} seconds ahead`);
  }
}

/** Bytes that are not UTF-8 would become other text, which nobody has signed. */
function textOf(payload: string | Uint8Array): string {
  if (typeof payload === 'string') return payload;
  try {
    // ignoreBOM keeps a byte order mark in the text, as the signature covers it.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload);
  } catch {
    throw noMatch();
  }
}

function parse(text: string): unknown {
  try {
    const payload: unknown = JSON.parse(text);
    return payload;
  } catch {
    throw new WebhookVerificationError(
      'payload_not_json',
      'the payload is signed as it should be, but no JSON',
    );
  }
}

const noMatch = () =>
  new WebhookVerificationError('no_matching_signature', 'no signature of the delivery matches the secret');

function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
