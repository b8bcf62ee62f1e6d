import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Webhook, type WebhookHeaders, WebhookVerificationError } from '../src/index.js';

/** Vectors of the Svix API: wire behaviour, section 7.2. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const PUBLIC_KEY = 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=';
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const TIMESTAMP = 1614265330;
const PAYLOAD = '{"test": 2432232314}';
const HMAC = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const ED25519 =
  'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==';

const headersWith = (changed: Record<string, string | undefined> = {}) => ({
  'svix-id': ID,
  'svix-timestamp': String(TIMESTAMP),
  'svix-signature': `${HMAC} ${ED25519}`,
  ...changed,
});

beforeEach(() => {
  vi.useFakeTimers({ now: TIMESTAMP * 1000, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The check that both ways of verifying find failed. */
async function failedCheck(secret: string, payload: string | Uint8Array, headers: WebhookHeaders) {
  const error: unknown = await new Webhook(secret)
    .verifyAsync(payload, headers)
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WebhookVerificationError);
  return error instanceof WebhookVerificationError ? error.check : undefined;
}

describe.each([
  ['HMAC', SECRET],
  ['Ed25519', PUBLIC_KEY],
])('%s', (_name, secret) => {
  test('a genuine delivery gives its payload', async () => {
    expect(await new Webhook(secret).verifyAsync(PAYLOAD, headersWith())).toEqual({ test: 2432232314 });
  });

  test('bytes are as good as text', async () => {
    const webhook = new Webhook(secret);
    const bytes = new TextEncoder().encode(PAYLOAD);
    expect(await webhook.verifyAsync(bytes, headersWith())).toEqual({ test: 2432232314 });
    expect(await webhook.verifyAsync(Buffer.from(bytes), headersWith())).toEqual({ test: 2432232314 });
  });

  test('headers may be Headers, pairs or a record, in any capitalisation, as svix-* or webhook-*', async () => {
    const webhook = new Webhook(secret);
    const unbranded = {
      'Webhook-Id': ID,
      'Webhook-Timestamp': `${TIMESTAMP}`,
      'Webhook-Signature': headersWith()['svix-signature'],
    };
    const forms: WebhookHeaders[] = [
      new Headers(headersWith()),
      new Map(Object.entries(headersWith())),
      Object.fromEntries(Object.entries(headersWith()).map(([name, value]) => [name.toUpperCase(), value])),
      { ...headersWith(), 'svix-signature': [HMAC, ED25519], cookie: undefined },
      unbranded,
      new Headers(unbranded),
      { ...unbranded, 'svix-id': 'msg_of_another_service' },
    ];
    for (const headers of forms) {
      expect(await webhook.verifyAsync(PAYLOAD, headers)).toEqual({ test: 2432232314 });
    }
  });

  test('svix-* headers go before webhook-* ones', async () => {
    const forged = { 'webhook-id': 'x', 'webhook-timestamp': '1', 'webhook-signature': 'v1,x' };
    const webhook = new Webhook(secret);
    expect(await webhook.verifyAsync(PAYLOAD, { ...forged, ...headersWith() })).toBeDefined();
  });

  test('one good signature among several is enough, as while a secret is rotated', async () => {
    const signatures = `v1,AAAA v1a,AAAA v2,x nonsense ${HMAC} ${ED25519}`;
    const headers = headersWith({ 'svix-signature': signatures });
    expect(await new Webhook(secret).verifyAsync(PAYLOAD, headers)).toBeDefined();
  });

  test('a missing header is named', async () => {
    for (const name of ['svix-id', 'svix-timestamp', 'svix-signature']) {
      for (const value of [undefined, '']) {
        const call = new Webhook(secret).verifyAsync(PAYLOAD, headersWith({ [name]: value }));
        await expect(call).rejects.toThrow(name);
        expect(await failedCheck(secret, PAYLOAD, headersWith({ [name]: value }))).toBe('missing_header');
      }
    }
  });

  test('five minutes either way are allowed, a second more is not', async () => {
    for (const [seconds, check] of [
      [300, undefined],
      [-300, undefined],
      [301, 'timestamp_too_old'],
      [-301, 'timestamp_too_new'],
    ] as const) {
      vi.setSystemTime((TIMESTAMP + seconds) * 1000);
      if (check === undefined) await new Webhook(secret).verifyAsync(PAYLOAD, headersWith());
      else expect(await failedCheck(secret, PAYLOAD, headersWith())).toBe(check);
    }
  });

  test('a timestamp that is no number of seconds is refused', async () => {
    for (const timestamp of [
      'soon',
      `${TIMESTAMP}x`,
      `${TIMESTAMP}.5`,
      `-${TIMESTAMP}`,
      '1e9',
      '9'.repeat(400),
    ]) {
      const headers = headersWith({ 'svix-timestamp': timestamp });
      expect(await failedCheck(secret, PAYLOAD, headers)).toBe('malformed_timestamp');
    }
  });

  test('a change of payload, id or timestamp, or a foreign signature is found', async () => {
    const others: [string | Uint8Array, WebhookHeaders][] = [
      [`${PAYLOAD} `, headersWith()],
      [new Uint8Array([0xff, 0xfe]), headersWith()],
      [PAYLOAD, headersWith({ 'svix-id': 'msg_other' })],
      [PAYLOAD, headersWith({ 'svix-timestamp': `${TIMESTAMP + 1}` })],
      [PAYLOAD, headersWith({ 'svix-signature': 'v1,AAAA v1a,AAAA v1a,%%% v1a v1' })],
      [PAYLOAD, headersWith({ 'svix-signature': HMAC.replace('v1', 'v1a') })],
      [PAYLOAD, headersWith({ 'svix-signature': ED25519.replace('v1a', 'v1') })],
    ];
    for (const [payload, headers] of others) {
      expect(await failedCheck(secret, payload, headers)).toBe('no_matching_signature');
    }
  });
});

describe('without waiting', () => {
  test('verify checks whsec_ secrets, with or without their prefix', () => {
    expect(new Webhook(SECRET).verify(PAYLOAD, headersWith())).toEqual({ test: 2432232314 });
    expect(new Webhook(SECRET.slice(6)).verify(PAYLOAD, headersWith())).toEqual({ test: 2432232314 });
    expect(() => new Webhook(SECRET).verify('{}', headersWith())).toThrow(WebhookVerificationError);
  });

  test('verify sends the owner of a whpk_ key to verifyAsync', () => {
    expect(() => new Webhook(PUBLIC_KEY).verify(PAYLOAD, headersWith())).toThrow(
      new TypeError('a whpk_ key takes verifyAsync'),
    );
  });
});

describe('odd payloads', () => {
  const signed = (text: string) => {
    const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
    const signature = createHmac('sha256', key).update(`${ID}.${TIMESTAMP}.${text}`).digest('base64');
    return headersWith({ 'svix-signature': `v1,${signature}` });
  };

  test('a signed payload that is no JSON is told apart from a forged one', async () => {
    expect(await failedCheck(SECRET, 'plain text', signed('plain text'))).toBe('payload_not_json');
  });

  test('bytes that are no text are not taken for the text that stands in for them', async () => {
    const bytes = new Uint8Array([0x22, 0xff, 0x22]);
    expect(await failedCheck(SECRET, bytes, signed('"\ufffd"'))).toBe('no_matching_signature');
  });

  test('a byte order mark is part of what is signed', async () => {
    const bytes = new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]);
    expect(await failedCheck(SECRET, bytes, signed('{}'))).toBe('no_matching_signature');
    expect(await failedCheck(SECRET, bytes, signed('\ufeff{}'))).toBe('payload_not_json');
  });
});

test('a secret that is none is refused without showing it', () => {
  for (const secret of [
    '',
    'whsec_',
    'whsec_%%%',
    'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723',
    'whpk_',
    'whpk_AAAA',
  ]) {
    const create = () => new Webhook(secret);
    expect(create).toThrow(TypeError);
    expect(create).toThrow(expect.not.stringContaining('6Xb'));
  }
});
