import { expect, test } from 'vitest';
import { type EndpointFilter, matches, whyNot } from '../../../src/dispatch/match.js';

const open: EndpointFilter = { disabled: false, eventTypes: null, channels: null };

test.each([
  // endpoint's channels, message's channels, mismatch
  [null, null, null],
  [null, ['a'], null],
  [['a', 'b'], null, 'channel'],
  [['a', 'b'], [], 'channel'],
  [['a', 'b'], ['b', 'c'], null],
  [['a'], ['c'], 'channel'],
  [['a'], ['A'], 'channel'],
  [[], ['a'], 'channel'],
])('endpoint channels %j, message channels %j: %s', (channels, messageChannels, mismatch) => {
  const message = { eventType: 'user.created', channels: messageChannels };
  expect(whyNot({ ...open, channels }, message)).toBe(mismatch);
  expect(matches({ ...open, channels }, message)).toBe(mismatch === null);
});

test.each([
  [null, null],
  [['user.created'], null],
  [['user.deleted', 'user.created'], null],
  [['user'], 'event-type'],
  [['user.created.v2'], 'event-type'],
  [[], 'event-type'],
])('endpoint event types %j: %s', (eventTypes, mismatch) => {
  expect(whyNot({ ...open, eventTypes }, { eventType: 'user.created', channels: null })).toBe(mismatch);
});

test.each([
  [{ disabled: true }, 'disabled', 'disabled'],
  [{ disabled: true, eventTypes: ['other'], channels: ['other'] }, 'disabled', 'disabled'],
  [{ eventTypes: ['other'], channels: ['other'] }, 'event-type', null],
  [{ channels: ['other'] }, 'channel', null],
  [{}, null, null],
])('%j: scheduled %s, by hand %s', (filter, scheduled, manual) => {
  const message = { eventType: 'user.created', channels: ['a'] };
  expect(whyNot({ ...open, ...filter }, message)).toBe(scheduled);
  expect(whyNot({ ...open, ...filter }, message, 'manual')).toBe(manual);
  expect(matches({ ...open, ...filter }, message, 'manual')).toBe(manual === null);
});
