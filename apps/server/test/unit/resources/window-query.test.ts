import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../src/errors.js';
import { createId, endId, startId } from '../../../src/ids.js';
import { toWindow } from '../../../src/resources/window-query.js';

const DAY_MS = 86_400_000;
const now = new Date('2026-08-21T12:00:00.000Z');
const day = (days: number, from = now) => new Date(from.getTime() + days * DAY_MS);
const start = (at: Date) => startId('msg_', at);
const end = (at: Date) => endId('msg_', at);
const soon = start(new Date(now.getTime() + 3_600_000));
const window = (query: Parameters<typeof toWindow>[1]) => toWindow('msg_', query, now);

// Spec: wire behaviour, section 4.2.
describe('the 90 days', () => {
  it('end an hour from now without anything', () => {
    expect(window({})).toEqual({ limit: 50, over: start(day(-90)), under: soon, fromOldest: false });
  });

  it('end at `before`, exclusively', () => {
    expect(window({ before: day(-200) })).toMatchObject({
      over: start(day(-290)),
      under: start(day(-200)),
      fromOldest: false,
    });
  });

  it('begin at `after`, which alone takes the oldest', () => {
    expect(window({ after: day(-200) })).toMatchObject({
      over: start(day(-200)),
      under: end(day(-110)),
      fromOldest: true,
    });
  });

  it('never reach past the next hour', () => {
    expect(window({ after: day(-10) })).toMatchObject({ under: soon });
    expect(window({ before: day(10) })).toMatchObject({ under: soon });
  });

  it('are what lies between both, the newest first', () => {
    expect(window({ after: day(-30), before: day(-20) })).toMatchObject({
      over: start(day(-30)),
      under: start(day(-20)),
      fromOldest: false,
    });
    expect(window({ after: day(-300), before: day(-20) })).toMatchObject({ over: start(day(-110)) });
  });

  it('lie before an iterator, or after one that walks back', () => {
    const id = createId('msg_', day(-200));
    const tick = day(-200);
    expect(window({ iterator: id })).toMatchObject({
      over: start(day(-90, tick)),
      under: id,
      fromOldest: false,
    });
    expect(window({ iterator: `-${id}` })).toMatchObject({
      over: id,
      under: end(day(90, tick)),
      fromOldest: true,
    });
  });
});

describe('iterators', () => {
  const id = createId('msg_', day(-25));

  it('count together with `before` and `after`', () => {
    expect(window({ iterator: id, before: day(-20) })).toMatchObject({ under: id, over: start(day(-110)) });
    expect(window({ iterator: id, before: day(-28) })).toMatchObject({ under: start(day(-28)) });
    expect(window({ iterator: `-${id}`, after: day(-30) })).toMatchObject({ over: id, fromOldest: true });
    expect(window({ iterator: id, after: day(-30) })).toMatchObject({
      over: start(day(-30)),
      under: id,
      fromOldest: false,
    });
  });

  it.each([`msg_${'z'.repeat(27)}`, `-msg_${'z'.repeat(27)}`])(
    'are refused when they name no time: %s',
    (iterator) => {
      expect(() => window({ iterator })).toThrow(InvalidInputError);
    },
  );

  it('may name a time that nobody has seen', () => {
    expect(window({ iterator: `msg_${'0'.repeat(27)}` })).toMatchObject({ under: `msg_${'0'.repeat(27)}` });
    expect(window({ iterator: '-msg_aWgEPTl1tmebfsQzFP4bxwgy80V' })).toMatchObject({ under: soon });
  });
});

it('takes the page size that is asked for', () => {
  expect(window({ limit: 7 })).toMatchObject({ limit: 7 });
});
