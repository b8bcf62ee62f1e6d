import { describe, expect, test } from 'vitest';
import { isEndpointId, isUid, MOST_FOUND, matchEndpoints, sayingOf } from '../src/features/endpoints/choice';

const endpoint = (id: string, url: string, description = '', uid?: string) => ({ id, url, description, uid });

describe('endpoints by words', () => {
  const list = [
    endpoint('ep_1', 'https://shop.example/Hooks', 'Orders of Berlin', 'berlin-1'),
    endpoint('ep_2', 'https://shop.example/other', 'Orders of Paris'),
  ];

  test.each([
    ['', ['ep_1', 'ep_2']],
    ['  hooks ', ['ep_1']],
    ['orders SHOP', ['ep_1', 'ep_2']],
    ['orders paris', ['ep_2']],
    ['BERLIN-1', ['ep_1']],
    ['ep_2', ['ep_2']],
    ['orders of nowhere', []],
  ])('"%s" finds %j', (text, found) => {
    expect(matchEndpoints(list, text).map(({ id }) => id)).toEqual(found);
  });
});

test('ids are told from words', () => {
  expect(isEndpointId('ep_1srOrx2ZWZBpBUvZwXKQmoEYga2')).toBe(true);
  expect(isEndpointId('ep_1srOrx2ZWZBpBUvZwXKQmoEYga')).toBe(false);
  expect(isUid('customer_7.eu-1')).toBe(true);
  expect(isUid('two words')).toBe(false);
  expect(isUid('https://shop.example/')).toBe(false);
});

describe('below the endpoints stands', () => {
  const rest = { isSearching: false, isLooking: false, hasFailed: false, offered: 0, isWhole: false };
  test.each([
    ['loading', { isLooking: true }],
    ['more', { offered: 250 }],
    ['all', { offered: 3, isWhole: true }],
    ['looking', { isSearching: true, isLooking: true, offered: 2 }],
    ['found', { isSearching: true, offered: 2 }],
    ['foundMany', { isSearching: true, isLooking: true, offered: MOST_FOUND }],
    ['none', { isSearching: true, isWhole: true }],
    ['cut', { isSearching: true }],
    ['failed', { isSearching: true, hasFailed: true, offered: 2 }],
    ['failed', { hasFailed: true }],
  ] as const)('%s: %j', (saying, progress) => {
    expect(sayingOf({ ...rest, ...progress })).toBe(saying);
  });
});
