import { describe, expect, test } from 'vitest';
import { landingPath, parseNext } from '../src/app/next';

const APP = 'app_1srOrx2ZWZBpBUvZwXKQmoEYga2';

describe('next', () => {
  test.each([
    ['/endpoints', '/endpoints'],
    ['endpoints', '/endpoints'],
    ['/endpoints/ep_1?tab=testing', '/endpoints/ep_1?tab=testing'],
    ['/messages?since=2026-11-24T09:00:00Z', '/messages?since=2026-11-24T09:00:00Z'],
    ['/endpoints#somewhere', '/endpoints'],
  ])('takes a path inside the portal: %s', (value, path) => {
    expect(parseNext(value)).toBe(path);
  });

  test.each([
    '//evil.example',
    '///evil.example',
    '/a//evil.example',
    '/%2F/evil.example',
    '/%2f%2fevil.example',
    '\\\\evil.example',
    '/\\evil.example',
    '/%5Cevil.example',
    'https://evil.example',
    'HTTPS:/evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    '/\t/evil.example',
    '/\n/evil.example',
    '/%09/evil.example',
    '/a\u0000b',
    '/a\u0085b',
    '..',
    '/../api/v1/app',
    '/a/%2e%2e/b',
    './a',
    '%',
    '',
    '#',
    `/${'a'.repeat(2048)}`,
  ])('refuses what could lead out of it: %j', (value) => {
    expect(parseNext(value)).toBeUndefined();
  });

  test.each([
    [undefined, `/${APP}`],
    ['/', `/${APP}`],
    ['/endpoints', `/${APP}/endpoints`],
    [`/${APP}/endpoints`, `/${APP}/endpoints`],
    [`/${APP}?x=1`, `/${APP}?x=1`],
    [`/${APP}x`, `/${APP}/${APP}x`],
    ['/app_other/endpoints', `/${APP}/app_other/endpoints`],
  ])('%s lands inside the application of the session', (next, path) => {
    expect(landingPath(APP, next)).toBe(path);
  });
});
