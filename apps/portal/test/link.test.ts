import { describe, expect, test } from 'vitest';
import { parseLink } from '../src/features/login/link';

const APP = 'app_1srOrx2ZWZBpBUvZwXKQmoEYga2';
const encode = (value: unknown, encoding: 'base64' | 'base64url' = 'base64') =>
  Buffer.from(JSON.stringify(value)).toString(encoding);

describe("a magic link's fragment", () => {
  const today = { appId: APP, oneTimeToken: 'ott~~~???>>>', region: 'self_hosted' };

  test.each([
    ['in standard base64', encode(today)],
    ['without padding', encode(today).replace(/=+$/, '')],
    ['in url-safe base64', encode(today, 'base64url')],
    ['in url-safe base64 with padding', `${encode(today, 'base64url')}==`.slice(0, encode(today).length)],
    ['percent-encoded', encodeURIComponent(encode(today))],
  ])('is read %s', (_form, key) => {
    expect(parseLink(`#key=${key}`)).toEqual({ kind: 'code', appId: APP, code: 'ott~~~???>>>' });
  });

  test.each([
    ['with a region', { appId: APP, token: 'appsk_1', region: 'eu' }],
    ['without a region', { appId: APP, token: 'appsk_1' }],
  ])('is read in its former form %s', (_form, value) => {
    expect(parseLink(`#key=${encode(value)}`)).toEqual({ kind: 'token', appId: APP, token: 'appsk_1' });
  });

  test('takes the code where both are given', () => {
    const link = parseLink(`#key=${encode({ ...today, token: 'appsk_1' })}`);
    expect(link).toMatchObject({ kind: 'code' });
  });

  test('may name the application by its uid, and hold letters beyond ASCII elsewhere', () => {
    const value = { appId: 'kunde-7.de_x', oneTimeToken: 'ott', note: 'größer ☕' };
    expect(parseLink(`#key=${encode(value)}`)).toEqual({ kind: 'code', appId: 'kunde-7.de_x', code: 'ott' });
  });

  test.each(['', '#'])('is absent: %j', (hash) => {
    expect(parseLink(hash)).toEqual({ kind: 'absent' });
  });

  test.each([
    ['another fragment', '#section'],
    ['an empty key', '#key='],
    ['no base64', '#key=%%%'],
    ['base64 of no JSON', `#key=${Buffer.from('{"appId":').toString('base64')}`],
    ['a cut link', `#key=${encode(today).slice(0, 21)}`],
    ['JSON that is no object', `#key=${encode('text')}`],
    ['null', `#key=${encode(null)}`],
    ['no code and no token', `#key=${encode({ appId: APP })}`],
    ['an empty code', `#key=${encode({ appId: APP, oneTimeToken: '' })}`],
    ['a code that is no text', `#key=${encode({ appId: APP, oneTimeToken: 7 })}`],
    ['no application', `#key=${encode({ oneTimeToken: 'ott' })}`],
    ['an application that is a path', `#key=${encode({ appId: 'a/b', oneTimeToken: 'ott' })}`],
    ['an application that steps up', `#key=${encode({ appId: '..', oneTimeToken: 'ott' })}`],
  ])('is malformed: %s', (_reason, hash) => {
    expect(parseLink(hash)).toEqual({ kind: 'malformed' });
  });
});
