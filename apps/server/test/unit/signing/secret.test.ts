import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateSecret, parseSecret, publicForm, SecretError } from '../../../src/signing/secret.js';

const PAIR = '6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==';
const base64 = (length: number) => Buffer.alloc(length, 7).toString('base64');

/** What parseSecret throws; undefined when it does not. */
function refusal(text: string): SecretError | undefined {
  try {
    parseSecret(text);
    return undefined;
  } catch (error) {
    if (error instanceof SecretError) return error;
    throw error;
  }
}

describe('HMAC secrets', () => {
  test('of 24 to 75 bytes are taken, with the prefix and without, and of no other length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        const isGood = bytes.length >= 24 && bytes.length <= 75;
        expect(refusal(`whsec_${text}`)?.message).toBe(isGood ? undefined : 'secret length invalid');
        if (!isGood) return;
        const secret = parseSecret(`whsec_${text}`);
        expect(secret).toEqual({ type: 'hmac256', text: `whsec_${text}`, key: Buffer.from(bytes) });
        expect(parseSecret(text)).toEqual(secret);
        expect(publicForm(secret)).toBe(`whsec_${text}`);
      }),
    );
  });
});

describe('ed25519 secrets', () => {
  test('are shown by their public key', () => {
    const secret = parseSecret(`whsk_${PAIR}`);
    expect(secret).toMatchObject({ type: 'ed25519', text: `whsk_${PAIR}` });
    expect(publicForm(secret)).toBe('whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=');
  });
});

test.each([
  ['', 'invalid prefix', 'decode'],
  ['hwsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', 'invalid prefix', 'decode'],
  ['WHSEC_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', 'invalid prefix', 'decode'],
  [`whpk_${base64(32)}`, 'invalid prefix', 'decode'],
  [`whsk1_${PAIR}`, 'invalid prefix', 'decode'],
  [`whsec_${base64(23)}`, 'secret length invalid', 'semantic'],
  [`whsec_${base64(76)}`, 'secret length invalid', 'semantic'],
  [base64(23), 'secret length invalid', 'semantic'],
  [`whsk_${base64(32)}`, 'secret length invalid', 'semantic'],
  [`whsk_${base64(64)}`, 'Invalid key, failed signing test msg', 'semantic'],
  [`whsec_${base64(25).replace(/=+$/, '')}`, 'invalid base64', 'decode'],
  [`whsec_${base64(25).replace('w==', 'x==')}`, 'invalid base64', 'decode'],
  [`whsec_${base64(24)}\n`, 'invalid base64', 'decode'],
  [`whsec_ ${base64(24)}`, 'invalid base64', 'decode'],
  [`whsec_${'-_'.repeat(16)}`, 'invalid base64', 'decode'],
])('"%s" is refused: %s', (text, message, family) => {
  expect(refusal(text)).toMatchObject({ message, family });
});

test.each(['hmac256', 'ed25519'] as const)(
  'generated %s secrets are new, and read back as they are',
  (type) => {
    const secret = generateSecret(type);
    expect(secret.type).toBe(type);
    expect(parseSecret(secret.text).text).toBe(secret.text);
    expect(publicForm(parseSecret(secret.text))).toBe(publicForm(secret));
    expect(generateSecret(type).text).not.toBe(secret.text);
  },
);

test('a generated HMAC secret has 24 bytes', () => {
  expect(generateSecret('hmac256').text).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
});
