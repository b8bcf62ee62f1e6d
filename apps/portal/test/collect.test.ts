import { expect, test } from 'vitest';
import { collect } from '../src/lib/api';

test('a walk through pages ends where it is bounded, and asks for nothing behind it', async () => {
  const asked: number[] = [];
  async function* pages() {
    for (let page = 0; page < 10; page++) {
      asked.push(page);
      yield* [page * 2, page * 2 + 1];
    }
  }
  expect(await collect(pages(), 4)).toEqual([0, 1, 2, 3]);
  expect(asked).toEqual([0, 1]);
  expect(await collect(pages(), 100)).toHaveLength(20);
});
