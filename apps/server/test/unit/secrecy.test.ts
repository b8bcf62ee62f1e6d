import { describe, expect, it } from 'vitest';
import { checkForms, logLines, Secrets } from '../secrecy.js';

const line = (text: string) => JSON.stringify({ event: 'request', text });

describe('a log in which a secret stands is found, and the secret is not repeated', () => {
  it.each([
    'sk_0123456789abcdefABCDEF0123456789',
    'sk_msg_0123456789abcdefABCDEF0123456789',
    'appsk_0123456789abcdefABCDEF0123456789',
    'whsec_MDEyMzQ1Njc4OWFiY2RlZg==',
    'whsk_MDEyMzQ1Njc4OWFiY2RlZg==',
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
    'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw',
    'https://portal.example.com/login#key=eyJhcHBJZCI6',
    'Bearer something-secret',
  ])('by its form: %s', (secret) => {
    const find = () => checkForms(line(secret));
    expect(find).toThrow('stands in the log');
    expect(find).not.toThrow(secret);
  });

  it('by its value: settings, and what a client was given', async () => {
    const secrets = new Secrets({
      POSTRIDER_ENCRYPTION_KEY: 'bm90IGEgc2VjcmV0',
      POSTRIDER_DATABASE_URL: 'postgres://user:pass-of-database@host/name',
    });
    secrets.note('the header x-private', 'very "private" value');
    for (const text of ['bm90IGEgc2VjcmV0', 'pass-of-database', 'very "private" value']) {
      const find = () => secrets.check([line('harmless'), line(`before ${text} after`)]);
      expect(find).toThrow('stands in the log');
      expect(find).not.toThrow(text);
    }
    expect(() => secrets.check([line('msg_2x task_1 sk_short org_0123456789')])).not.toThrow();
  });
});

it('of what a process printed the log is searched, and not what it told the one who started it', () => {
  expect(logLines('Your key: sk_1\n{"event":"a"}\nnoise\n{"event":"b"}\n')).toEqual([
    '{"event":"a"}',
    '{"event":"b"}',
  ]);
});
