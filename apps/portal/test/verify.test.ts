import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseHeaders } from '../src/features/verify/headers';
import { SNIPPETS } from '../src/features/verify/snippets';
import { verifyDelivery } from '../src/features/verify/verify';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const BODY = '{"type":"invoice.paid"}';
const seconds = (ago: number) => Math.floor(Date.now() / 1000 - ago).toString();

function delivery(ago = 0, prefix = 'svix') {
  const timestamp = seconds(ago);
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`msg_1.${timestamp}.${BODY}`).digest('base64');
  return `${prefix}-id: msg_1\n${prefix}-timestamp: ${timestamp}\n${prefix}-signature: v1,${signature}`;
}

describe('pasted headers', () => {
  test.each([
    ['lines', 'Svix-Id: msg_1\r\nsvix-timestamp:1\n\nno header here'],
    ['curl', `-H 'Svix-Id: msg_1' \\\n--header "svix-timestamp: 1"`],
    ['JSON', '{"Svix-Id": "msg_1", "svix-timestamp": ["1"]}'],
  ])('are read: %s', (_, text) => {
    expect(parseHeaders(text)).toEqual([
      ['Svix-Id', 'msg_1'],
      ['svix-timestamp', '1'],
    ]);
  });

  test('keep colons in their values', () => {
    expect(parseHeaders('date: 09:00:00')).toEqual([['date', '09:00:00']]);
  });
});

describe('the code for receivers without a library', () => {
  type IsGenuine = (secret: string, headers: Record<string, string>, body: string) => boolean;
  const load = async (): Promise<IsGenuine> => {
    const code = `data:text/javascript,${encodeURIComponent(SNIPPETS.Node)}`;
    return ((await import(/* @vite-ignore */ code)) as { isGenuine: IsGenuine }).isGenuine;
  };

  test.each(['svix', 'webhook'])(
    'takes what is genuine by its %s headers, and nothing else',
    async (prefix) => {
      const isGenuine = await load();
      const headers = Object.fromEntries(parseHeaders(delivery(0, prefix)));
      expect(isGenuine(SECRET, headers, BODY)).toBe(true);
      expect(isGenuine(SECRET, headers, `${BODY} `)).toBe(false);
      expect(isGenuine(SECRET, Object.fromEntries(parseHeaders(delivery(400, prefix))), BODY)).toBe(false);
      expect(isGenuine(SECRET, {}, BODY)).toBe(false);
    },
  );
});

describe('a check', () => {
  test.each(['svix', 'webhook'])('finds a delivery genuine by its %s headers', async (prefix) => {
    expect(await verifyDelivery(` ${SECRET}\n`, delivery(0, prefix), BODY)).toEqual({ kind: 'genuine' });
  });

  test('finds what was changed', async () => {
    const verdict = await verifyDelivery(SECRET, delivery(), `${BODY} `);
    expect(verdict).toEqual({ kind: 'no_matching_signature', signature: undefined });
  });

  test('says of an old delivery whether its signature is right', async () => {
    const old = delivery(4000);
    expect(await verifyDelivery(SECRET, old, BODY)).toEqual({ kind: 'timestamp_too_old', signature: true });
    const other = await verifyDelivery(SECRET, old, `${BODY} `);
    expect(other).toEqual({ kind: 'timestamp_too_old', signature: false });
  });

  test('names what is missing', async () => {
    const verdict = await verifyDelivery(SECRET, 'svix-id: msg_1', BODY);
    expect(verdict).toMatchObject({ kind: 'missing_header' });
  });

  test.each(['', 'hello world', 'whsk_abc'])('knows that %j is no secret', async (secret) => {
    expect(await verifyDelivery(secret, delivery(), BODY)).toEqual({ kind: 'badSecret' });
  });
});
