import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createVault, VaultError } from '../../../src/signing/vault.js';

const CONTEXT = 'endpoint-secret:ep_1';
const key = randomBytes(32);
const vault = createVault({ current: key });

/** Why the vault does not open it; undefined when it does. */
function refusal(from: typeof vault, sealed: Uint8Array, context = CONTEXT): string | undefined {
  try {
    from.open(sealed, context);
    return undefined;
  } catch (error) {
    if (error instanceof VaultError) return error.reason;
    throw error;
  }
}

describe('seal and open', () => {
  test('give back the bytes, which are not to be seen in between', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 200 }), fc.string(), (plain, context) => {
        const sealed = vault.seal(plain, context);
        expect(sealed.includes(Buffer.from(plain))).toBe(false);
        expect(vault.open(sealed, context).equals(plain)).toBe(true);
      }),
    );
  });

  test('take text and nothing at all', () => {
    expect(vault.open(vault.seal('whsec_ü', CONTEXT), CONTEXT).toString()).toBe('whsec_ü');
    expect(vault.open(vault.seal('', CONTEXT), CONTEXT)).toHaveLength(0);
  });

  test('take what the database gives: bytes that are no Buffer', () => {
    expect(vault.open(new Uint8Array(vault.seal('text', CONTEXT)), CONTEXT).toString()).toBe('text');
  });

  test('the same text looks different each time', () => {
    expect(vault.seal('text', CONTEXT)).not.toEqual(vault.seal('text', CONTEXT));
  });
});

describe('what was sealed does not open', () => {
  test('when any of its bytes is another', () => {
    const sealed = vault.seal('a secret', CONTEXT);
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(refusal(vault, changed)).toBe(i >= 1 && i <= 4 ? 'wrong-key' : 'damaged');
    }
  });

  test('when it was cut', () => {
    const sealed = vault.seal('a secret', CONTEXT);
    for (let length = 0; length < sealed.length; length++) {
      expect(refusal(vault, sealed.subarray(0, length))).toBe('damaged');
    }
  });

  test('in another place', () => {
    expect(refusal(vault, vault.seal('a secret', CONTEXT), 'endpoint-secret:ep_2')).toBe('damaged');
  });

  test('with another key, and the error says so without the data', () => {
    const other = createVault({ current: randomBytes(32) });
    const sealed = vault.seal('a secret', CONTEXT);
    expect(refusal(other, sealed)).toBe('wrong-key');
    expect(() => other.open(sealed, CONTEXT)).toThrow(
      /^The encryption key does not fit: .*POSTRIDER_ENCRYPTION_KEY/,
    );
  });
});

describe('rotation', () => {
  const rotated = createVault({ current: randomBytes(32), previous: [randomBytes(32), key] });

  test('opens what previous keys sealed, and knows that it should be sealed again', () => {
    const old = vault.seal('a secret', CONTEXT);
    expect(rotated.open(old, CONTEXT).toString()).toBe('a secret');
    expect(rotated.needsReseal(old)).toBe(true);
    expect(vault.needsReseal(old)).toBe(false);
  });

  test('seals with the current key', () => {
    const fresh = rotated.seal('a secret', CONTEXT);
    expect(rotated.needsReseal(fresh)).toBe(false);
    expect(refusal(vault, fresh)).toBe('wrong-key');
  });
});

describe('derive', () => {
  test('gives the same 32 bytes for the same key and purpose, and others for others', () => {
    expect(vault.derive('a')).toHaveLength(32);
    expect(vault.derive('a')).toEqual(createVault({ current: key }).derive('a'));
    expect(vault.derive('a')).not.toEqual(vault.derive('b'));
    expect(vault.derive('a')).not.toEqual(createVault({ current: randomBytes(32) }).derive('a'));
    expect(vault.derive('a')).not.toEqual(key);
  });
});

test.each([0, 16, 31, 33])('a key of %i bytes is refused', (length) => {
  expect(() => createVault({ current: Buffer.alloc(length) })).toThrow(RangeError);
  expect(() => createVault({ current: key, previous: [Buffer.alloc(length)] })).toThrow(RangeError);
});
