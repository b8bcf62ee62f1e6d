import { beforeEach, describe, expect, test } from 'vitest';
import { Lanes, type Passage } from '../../../src/dispatch/lanes.js';

const TOTAL = 2048;
const QUICK: Passage = { durationMs: 10, answered: true };
const SLOW: Passage = { durationMs: 2_000, answered: true };
const DEAD: Passage = { durationMs: 15_000, answered: false };

let now: number;
let lanes: Lanes;
beforeEach(() => {
  now = 0;
  lanes = new Lanes(() => now);
});

/** Takes places until there are no more, or `most`; gives how many. */
const fill = (id: string, most = Number.POSITIVE_INFINITY) => {
  let count = 0;
  while (count < most && lanes.take(id)) count += 1;
  return count;
};
const pass = (id: string, passage: Passage) => {
  lanes.force(id);
  lanes.release(id, passage);
};

describe('one endpoint', () => {
  test('has few places until it has answered, then more, and more while it is quick', () => {
    expect(fill('a')).toBe(16);
    expect(lanes.release('a', QUICK)).toBe(true);
    expect(fill('a')).toBe(64 - 15);
    for (let n = 0; n < 1_000; n++) {
      lanes.release('a', QUICK);
      fill('a');
    }
    expect(lanes.inFlight).toBe(512);
  });

  test('has fewer each time that it does not answer, never less than 16', () => {
    pass('a', QUICK);
    expect(lanes.room('a')).toBe(64);
    for (const left of [32, 16, 16]) {
      pass('a', DEAD);
      expect(lanes.room('a')).toBe(left);
    }
  });

  test('gives back a place without a lesson where nothing was sent', () => {
    lanes.force('a');
    expect(lanes.release('a')).toBe(false);
    expect([lanes.inFlight, lanes.free, lanes.room('a')]).toEqual([0, TOTAL, 16]);
  });

  test('that was turned away says when a quarter of its places is free again, once', () => {
    pass('a', QUICK);
    expect(fill('a')).toBe(64);
    const told = Array.from({ length: 32 }, () => lanes.release('a', SLOW));
    expect(told.filter(Boolean)).toHaveLength(1);
    expect(told.indexOf(true)).toBe(15);
  });

  test('that was never turned away says nothing', () => {
    pass('a', QUICK);
    fill('a', 10);
    expect(Array.from({ length: 10 }, () => lanes.release('a', QUICK))).not.toContain(true);
  });
});

describe('many endpoints', () => {
  const ids = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name}${n}`);

  test('that have not answered yet leave three quarters of the places', () => {
    const taken = ids('new', 200).reduce((sum, id) => sum + fill(id), 0);
    expect(taken).toBe(TOTAL / 4);
    pass('quick', QUICK);
    expect(lanes.room('quick')).toBe(64);
  });

  test('that are slow or dead leave half of the places, however many there are', () => {
    const slow = ids('slow', 200);
    for (const [n, id] of slow.entries()) pass(id, n % 2 ? SLOW : DEAD);
    expect(slow.reduce((sum, id) => sum + fill(id), 0)).toBe(TOTAL / 2);
    pass('quick', QUICK);
    expect(fill('quick')).toBe(64);
    expect(fill('fresh')).toBe(16);
  });

  test('that were quick and say nothing for a second count as slow before their time is up', () => {
    const ones = ids('a', 40);
    for (const id of ones) pass(id, QUICK);
    expect(ones.slice(0, 20).reduce((sum, id) => sum + fill(id), 0)).toBe(20 * 64);
    now += 999;
    for (const id of ones.slice(0, 20)) expect(lanes.room(id)).toBe(0);
    now += 1;
    lanes.full();
    for (const id of ones.slice(20)) expect(fill(id, 10)).toBe(10);
    now += 1_000;
    lanes.full();
    for (const id of ones.slice(20)) expect(lanes.room(id)).toBeLessThan(1);
    expect(fill('fresh')).toBe(16);
  });

  test('that answer now and then, each within a second, stay quick', () => {
    pass('a', QUICK);
    fill('a', 30);
    for (let n = 0; n < 20; n++) {
      now += 900;
      lanes.release('a', QUICK);
    }
    expect(lanes.room('a')).toBeGreaterThan(50);
  });

  test('are full when they have no room, also those with nothing under way', () => {
    const slow = ids('slow', 100);
    for (const id of slow) pass(id, DEAD);
    for (const id of slow) fill(id);
    pass('quick', QUICK);
    expect(lanes.full().sort()).toEqual([...slow].sort());
    expect(lanes.room('unknown')).toBe(16);
  });

  test('never take more than there are places', () => {
    for (const id of ids('a', 100)) {
      pass(id, QUICK);
      fill(id);
    }
    expect(lanes.inFlight).toBe(TOTAL);
    expect(lanes.free).toBe(0);
    for (let n = 0; n < TOTAL; n++) lanes.release(`a${n >> 6}`, QUICK);
    expect(lanes.free).toBe(TOTAL);
  });
});
