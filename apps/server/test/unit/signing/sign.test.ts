import { createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { generateSecret, parseSecret, publicForm } from '../../../src/signing/secret.js';
import { signMessage } from '../../../src/signing/sign.js';

const HMAC = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ED25519 =
  'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==';
const HMAC_SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const ED25519_SIGNATURE =
  'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==';

const message = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestampSeconds: 1614265330,
  body: '{"test": 2432232314}',
};

test.each([
  ['HMAC', [HMAC], HMAC_SIGNATURE],
  ['ed25519', [ED25519], ED25519_SIGNATURE],
  ['both, in their order', [ED25519, HMAC], `${ED25519_SIGNATURE} ${HMAC_SIGNATURE}`],
])('signs with %s', (_name, secrets, header) => {
  const parsed = secrets.map(parseSecret);
  expect(signMessage({ ...message, secrets: parsed })).toBe(header);
  expect(signMessage({ ...message, body: Buffer.from(message.body), secrets: parsed })).toBe(header);
});

test('a message is never sent unsigned', () => {
  expect(() => signMessage({ ...message, secrets: [] })).toThrow(RangeError);
});

test('receivers with any of the secrets can verify, whatever the body', () => {
  const secrets = [generateSecret('hmac256'), generateSecret('ed25519'), generateSecret('hmac256')];
  const timestampSeconds = Math.floor(Date.now() / 1000);
  fc.assert(
    fc.property(fc.json(), (body) => {
      const signature = signMessage({ id: 'msg_1', timestampSeconds, body, secrets });
      const headers = {
        'webhook-id': 'msg_1',
        'webhook-timestamp': `${timestampSeconds}`,
        'webhook-signature': signature,
      };
      for (const secret of secrets) {
        if (secret.type === 'hmac256') new Webhook(secret.text).verify(body, headers);
        else
          expect(verifyEd25519(publicForm(secret), `msg_1.${timestampSeconds}.${body}`, signature)).toBe(
            true,
          );
      }
    }),
    { numRuns: 30 },
  );
});

function verifyEd25519(publicKey: string, text: string, header: string): boolean {
  const der = Buffer.concat([
    Buffer.from('302a300506032b6570032100', 'hex'),
    Buffer.from(publicKey.replace('whpk_', ''), 'base64'),
  ]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  const signature = header.split(' ').find((part) => part.startsWith('v1a,'));
  return verify(null, Buffer.from(text), key, Buffer.from(signature?.slice(4) ?? '', 'base64'));
}
