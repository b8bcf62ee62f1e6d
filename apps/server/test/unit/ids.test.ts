import { describe, expect, it } from 'vitest';
import { createId, endId, startId, timeOfId } from '../../src/ids.js';

const at = new Date('2024-01-01T00:00:00.123Z');

describe('ids', () => {
  it('are those of the reference (spec: wire behaviour, section 1.6)', () => {
    expect(startId('msg_', at)).toBe('msg_2aKVLKnI0whgiIpWzICmoYhAGCu');
    expect(endId('msg_', at)).toBe('msg_2aKVLKpB0TCzgs3z1eWayvBx09P');
    expect(timeOfId('', '274DTsX0wVTSLvo91QopQgZrjDV')).toEqual(new Date('2022-03-29T16:14:35.136Z'));
  });

  it('lie between the bounds of their instant', () => {
    const id = createId('ep_', at);
    expect(id).toMatch(/^ep_[0-9A-Za-z]{27}$/);
    expect(startId('ep_', at) <= id && id <= endId('ep_', at)).toBe(true);
  });

  it('have no bound that goes round where the time is outside of what ids can say', () => {
    const now = createId('msg_', at);
    for (const early of ['0001-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '2014-01-01T00:00:00Z']) {
      expect(endId('msg_', new Date(early)) < now, early).toBe(true);
    }
    expect(startId('msg_', new Date('9999-12-31T23:59:59Z')) > now).toBe(true);
  });
});
