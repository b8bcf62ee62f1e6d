import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';

describe('endpoints and signatures', () => {
  it('have defaults, also where a variable is empty', () => {
    const defaults = {
      signature: { defaultType: 'hmac256', whitelabelHeaders: false },
      endpoints: { httpsOnly: false },
    };
    expect(readConfig({})).toMatchObject(defaults);
    const empty = {
      POSTRIDER_DEFAULT_SIGNATURE_TYPE: '',
      POSTRIDER_WHITELABEL_HEADERS: '',
      POSTRIDER_ENDPOINT_HTTPS_ONLY: '',
    };
    expect(readConfig(empty)).toMatchObject(defaults);
  });

  it('are as the operator says', () => {
    const config = readConfig({
      POSTRIDER_DEFAULT_SIGNATURE_TYPE: 'ed25519',
      POSTRIDER_WHITELABEL_HEADERS: 'true',
      POSTRIDER_ENDPOINT_HTTPS_ONLY: 'true',
    });
    expect(config).toMatchObject({
      signature: { defaultType: 'ed25519', whitelabelHeaders: true },
      endpoints: { httpsOnly: true },
    });
  });

  it.each([
    ['POSTRIDER_DEFAULT_SIGNATURE_TYPE', 'rsa', 'one of hmac256, ed25519, not "rsa"'],
    ['POSTRIDER_WHITELABEL_HEADERS', 'yes', 'one of true, false, not "yes"'],
    ['POSTRIDER_ENDPOINT_HTTPS_ONLY', '1', 'one of true, false, not "1"'],
  ])('%s=%s is refused by name', (name, value, message) => {
    expect(() => readConfig({ [name]: value })).toThrow(`${name} must be ${message}`);
  });
});

describe('deliveries', () => {
  it('are tried eight times over a good day, and endpoints are disabled after five, unless it is said otherwise', () => {
    expect(readConfig({}).dispatch).toMatchObject({
      retryScheduleMs: [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000].map((seconds) => seconds * 1_000),
      requestTimeoutMs: 15_000,
      failureDisableAfterMs: 120 * 3_600_000,
      retentionDays: 90,
      allowSubnets: '',
    });
  });
});

describe('durability', () => {
  it('is the safer one unless it is said otherwise', () => {
    const embedded = { kind: 'embedded', directory: '.postrider' };
    expect(readConfig({}).database).toEqual({ ...embedded, durability: 'power' });
    expect(readConfig({ POSTRIDER_DURABILITY: 'process' }).database).toEqual({
      ...embedded,
      durability: 'process',
    });
    expect(() => readConfig({ POSTRIDER_DURABILITY: 'none' })).toThrow(
      'POSTRIDER_DURABILITY must be one of process, power, not "none"',
    );
  });
});
