import { describe, expect, test } from 'vitest';
import { whyNot } from '../src/features/messages/why-not';

const BEFORE = '2026-11-24T08:00:00Z';
const AT = '2026-11-24T09:00:00Z';
const AFTER = '2026-11-24T10:00:00Z';

const endpoint = {
  createdAt: BEFORE,
  updatedAt: BEFORE,
  disabled: false,
  eventTypes: null,
  channels: null,
};
const message = { timestamp: AT, eventType: 'invoice.paid', channels: null };

describe('what kept a message from an endpoint', () => {
  test.each([
    ['createdLater', { createdAt: AFTER, disabled: true }, {}],
    ['disabled', { disabled: true, eventTypes: ['order.created'] }, {}],
    ['eventType', { eventTypes: ['order.created'], channels: ['a'] }, {}],
    ['noChannel', { channels: ['a'] }, {}],
    ['noChannel', { channels: ['a'] }, { channels: [] }],
    ['channel', { channels: ['a'] }, { channels: ['b', 'A'] }],
    ['changedSince', { updatedAt: AFTER }, {}],
    ['unknown', {}, {}],
    ['unknown', { channels: ['a', 'b'], eventTypes: ['invoice.paid'] }, { channels: ['b'] }],
    ['unknown', { channels: [], eventTypes: [] }, {}],
  ])('is %s: %j %j', (kind, ofEndpoint, ofMessage) => {
    expect(whyNot({ ...endpoint, ...ofEndpoint }, { ...message, ...ofMessage }).kind).toBe(kind);
  });
});
