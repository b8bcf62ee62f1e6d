import { expect, test } from 'vitest';
import { tidyUrl, withoutLastSlash } from '../../src/http/path.js';

test.each([
  ['/api/v1/app', '/api/v1/app', '/api/v1/app'],
  ['/api/v1/app/', '/api/v1/app/', '/api/v1/app'],
  ['/api/v1/app///', '/api/v1/app/', '/api/v1/app'],
  ['///api/v1/app//?a=b//', '/api/v1/app/?a=b//', '/api/v1/app?a=b//'],
  ['//api/v1/app?a=//', '/api/v1/app?a=//', '/api/v1/app?a=//'],
  ['/app//endpoint/', '/app//endpoint/', '/app//endpoint'],
  ['/', '/', ''],
  ['////', '/', ''],
  ['//?', '/?', '?'],
  ['', '', ''],
  ['?', '?', '?'],
])('%s is %s, and %s without its last slash', (url, tidied, bare) => {
  expect(tidyUrl(url)).toBe(tidied);
  expect(withoutLastSlash(tidied)).toBe(bare);
});

test('thousands of slashes are taken as quickly', () => {
  const slashes = '/'.repeat(100_000);
  expect(tidyUrl(`/a${slashes}b${slashes}`)).toBe(`/a${slashes}b/`);
});
