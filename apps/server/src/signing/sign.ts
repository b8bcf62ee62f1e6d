import { createHmac, sign } from 'node:crypto';
import type { SigningSecret } from './secret.js';

/** What is signed, and with which keys. */
export interface MessageToSign {
  /** Id of the message, the same at every attempt. */
  readonly id: string;
  /** Start of this attempt, in whole Unix seconds. */
  readonly timestampSeconds: number;
  readonly body: string | Uint8Array;
  /** Current key first, then the old ones that still count, at least one in all. */
  readonly secrets: readonly SigningSecret[];
}

/**
 * The value of the signature header (Standard Webhooks; spec: wire behaviour, section 7.2): one signature of
 * `id.timestamp.body` for each key, in their order, separated by spaces. `v1,` is HMAC-SHA256, `v1a,` is ed25519.
 *
 * @throws RangeError without keys: an unsigned message must not go out
 */
export function signMessage({ id, timestampSeconds, body, secrets }: MessageToSign): string {
  const head = `${id}.${timestampSeconds}.`;
  let header = '';
  for (const secret of secrets) {
    const signature =
      secret.type === 'hmac256'
        ? signHmac(secret.key, head, body)
        : signEd25519(secret.privateKey, head, body);
    header += header === '' ? signature : ` ${signature}`;
  }
  if (header === '') throw new RangeError('a message needs at least one secret to be signed with');
  return header;
}

const signHmac = (key: Uint8Array, head: string, body: string | Uint8Array): string =>
  `v1,${createHmac('sha256', key).update(head).update(body).digest('base64')}`;

function signEd25519(
  key: Extract<SigningSecret, { type: 'ed25519' }>['privateKey'],
  head: string,
  body: string | Uint8Array,
): string {
  const text = Buffer.concat([Buffer.from(head), typeof body === 'string' ? Buffer.from(body) : body]);
  return `v1a,${sign(null, text, key).toString('base64')}`;
}
