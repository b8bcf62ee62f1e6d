import type { MessageAttemptOut } from '@postrider/contract';
import { describe, expect, test } from 'vitest';
import { isChannel, isEndpointUrl, isThrottleRate } from '../src/features/endpoints/endpoint-values';
import { errorRate } from '../src/features/endpoints/error-rate';
import { toHeaderChange, toHeaders, toRows } from '../src/features/endpoints/header-rows';
import { failuresInARow } from '../src/features/endpoints/health';

const attempt = (status: 0 | 2, minute: number) =>
  ({ status, timestamp: `2026-11-24T09:0${minute}:00Z` }) as MessageAttemptOut;

describe('failures in a row', () => {
  test('are those before the last success', () => {
    const attempts = [attempt(2, 5), attempt(2, 4), attempt(0, 3), attempt(2, 2)];
    expect(failuresInARow(attempts)).toMatchObject({ count: 2, isAtLeast: false, last: attempts[0] });
  });

  test('may be more than were looked at', () => {
    expect(failuresInARow([attempt(2, 2), attempt(2, 1)])).toMatchObject({ count: 2, isAtLeast: true });
  });

  test.each([[[]], [[attempt(0, 1)]]])('are none: %j', (attempts) => {
    expect(failuresInARow(attempts)).toBeUndefined();
  });
});

test('the error rate counts what has ended', () => {
  const open = { pending: 5, sending: 5, canceled: 5 };
  expect(errorRate({ success: 3, fail: 1, ...open })).toBe(0.25);
  expect(errorRate({ success: 0, fail: 0, ...open })).toBeUndefined();
});

describe('fields of an endpoint', () => {
  test.each(['https://a.example/x', ' http://localhost:3000 '])('take the address %j', (url) => {
    expect(isEndpointUrl(url)).toBe(true);
  });
  test.each(['', 'a.example', 'ftp://a.example', 'javascript:alert(1)'])('refuse the address %j', (url) => {
    expect(isEndpointUrl(url)).toBe(false);
  });
  test.each([
    ['', true],
    ['1', true],
    ['65535', true],
    ['0', false],
    ['65536', false],
    ['1.5', false],
    ['-1', false],
  ])('take the rate %j: %s', (text, isRight) => {
    expect(isThrottleRate(text)).toBe(isRight);
  });
  test('know a channel by the contract', () => {
    expect(isChannel('project_7')).toBe(true);
    expect(isChannel('two words')).toBe(false);
    expect(isChannel('x'.repeat(129))).toBe(false);
  });
});

describe('headers being changed', () => {
  const before = toRows({ 'x-a': '1', 'x-b': '2' }, ['authorization']);

  test('leave hidden values alone, and name what was taken away', () => {
    const rows = before.filter(({ name }) => name !== 'x-b');
    expect(toHeaderChange(before, rows)).toEqual({ headers: { 'x-a': '1' }, deleteHeaders: ['x-b'] });
  });

  test('replace a hidden value that is written anew', () => {
    const rows = before.map((row) => (row.isKept ? { ...row, value: 'Bearer new' } : row));
    expect(toHeaderChange(before, rows).headers).toMatchObject({ authorization: 'Bearer new' });
  });

  test('a renamed header goes under its old name', () => {
    const rows = before.map((row) => (row.name === 'x-b' ? { ...row, name: 'x-c' } : row));
    expect(toHeaderChange(before, rows)).toEqual({
      headers: { 'x-a': '1', 'x-c': '2' },
      deleteHeaders: ['x-b'],
    });
  });

  test('rows without a name are nothing', () => {
    expect(toHeaders([{ key: 1, name: ' ', value: 'x', isKept: false }])).toEqual({});
  });
});
