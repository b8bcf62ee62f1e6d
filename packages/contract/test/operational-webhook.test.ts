import { describe, expect, test } from 'vitest';
import { OPERATIONAL_EVENT_TYPES, OperationalEvent } from '../src/operational-webhook/events.js';
import {
  OperationalWebhookEndpointIn,
  OperationalWebhookEndpointOut,
  OperationalWebhookEndpointUpsertIn,
} from '../src/operational-webhook/schemas.js';
import { accepts, refuses } from './tables.js';

const url = 'https://example.com/hook';
const made = { url, description: '', disabled: false };

describe.each([
  ['OperationalWebhookEndpointIn', OperationalWebhookEndpointIn],
  ['OperationalWebhookEndpointUpsertIn', OperationalWebhookEndpointUpsertIn],
] as const)('%s', (_name, schema) => {
  accepts<unknown>(schema, [
    ['a URL alone', { url }, made],
    [
      'types by their former name',
      { url, filterTypes: ['endpoint.disabled'] },
      { ...made, eventTypes: ['endpoint.disabled'] },
    ],
    [
      'the present name before the former one',
      { url, eventTypes: ['endpoint.enabled'], filterTypes: ['endpoint.disabled'] },
      { ...made, eventTypes: ['endpoint.enabled'] },
    ],
    ['an empty list as all types', { url, eventTypes: [] }, { ...made, eventTypes: null }],
    [
      'every type there is',
      { url, eventTypes: [...OPERATIONAL_EVENT_TYPES] },
      {
        ...made,
        eventTypes: [...OPERATIONAL_EVENT_TYPES],
      },
    ],
    [
      'a type named twice as one',
      { url, eventTypes: ['endpoint.created', 'endpoint.created'] },
      {
        ...made,
        eventTypes: ['endpoint.created'],
      },
    ],
    ['channels and version, which it has not', { url, channels: ['a'], version: 7 }, made],
    ['the former rate', { url, rateLimit: 5 }, { ...made, throttleRate: 5 }],
  ]);
  refuses(schema, [
    ['a type of nobody', { url, eventTypes: ['invoice.paid'] }, 'eventTypes.0', /Invalid option/],
    [
      'the same by the former name',
      { url, filterTypes: ['invoice.paid'] },
      'filterTypes.0',
      /Invalid option/,
    ],
    ['no URL', {}, 'url', /expected string/],
    [
      'an address of another kind',
      { url: 'ftp://example.com' },
      'url',
      'Endpoint URL schemes must be http or https',
    ],
    [
      'a rate of 0',
      { url, throttleRate: 0 },
      'throttleRate',
      'Endpoint throttle rate must be at least one if set',
    ],
    ['a uid that looks like an id', { url, uid: 'ep_1' }, 'uid', /same prefix/],
  ]);
});

test('answers have no channels and no version', () => {
  expect(Object.keys(OperationalWebhookEndpointOut.shape)).not.toContain('channels');
  expect(Object.keys(OperationalWebhookEndpointOut.shape)).not.toContain('version');
});

test('the types are those that the documentation promises', () => {
  expect(OPERATIONAL_EVENT_TYPES).toEqual([
    'endpoint.created',
    'endpoint.updated',
    'endpoint.deleted',
    'endpoint.disabled',
    'endpoint.enabled',
    'message.attempt.exhausted',
    'message.attempt.failing',
    'message.attempt.recovered',
    'background_task.finished',
  ]);
});

test('an event of one type does not pass for another', () => {
  const data = { appId: 'app_1', appUid: null, endpointId: 'ep_1', endpointUid: null };
  expect(OperationalEvent.safeParse({ type: 'endpoint.created', data }).success).toBe(true);
  expect(OperationalEvent.safeParse({ type: 'endpoint.disabled', data }).success).toBe(false);
  expect(OperationalEvent.safeParse({ type: 'message.attempt.failing', data }).success).toBe(false);
});
