import { describe, expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import { MessageIn, MessageOut } from '../src/message/schemas.js';
import { EndpointMessageOut, MessageAttemptOut } from '../src/message-attempt/schemas.js';
import { accepts, long, refuses } from './tables.js';

const base = { eventType: 'invoice.paid', payload: { a: 1 } };
const CHANNELS = 'Channels must have at least 1 and at most 10 items, or be set to null.';
const six = Array.from({ length: 6 }, (_, index) => `t${index}`);

describe('MessageIn', () => {
  accepts(MessageIn, [
    ['a type and a payload', base, base],
    ['an empty payload', { ...base, payload: {} }, { ...base, payload: {} }],
    ['the payload as data', { eventType: 'invoice.paid', data: { a: 1 } }, base],
    ['both, of which payload wins', { ...base, data: { b: 2 } }, base],
    ['unknown keys, which it drops', { ...base, id: 'msg_1' }, base],
    [
      'nulls',
      { ...base, eventId: null, channels: null, tags: null, application: null, deliverAt: null },
      { ...base, eventId: null, channels: null, tags: null, application: null, deliverAt: null },
    ],
    [
      'nulls for retention and transformations',
      { ...base, payloadRetentionPeriod: null, payloadRetentionHours: null, transformationsParams: null },
      { ...base, payloadRetentionPeriod: null, payloadRetentionHours: null, transformationsParams: null },
    ],
    ['1 day', { ...base, payloadRetentionPeriod: 1 }, { ...base, payloadRetentionPeriod: 1 }],
    ['90 days', { ...base, payloadRetentionPeriod: 90 }, { ...base, payloadRetentionPeriod: 90 }],
    ['2160 hours', { ...base, payloadRetentionHours: 2160 }, { ...base, payloadRetentionHours: 2160 }],
    ['channels, once each', { ...base, channels: ['a', 'b:c', 'a'] }, { ...base, channels: ['a', 'b:c'] }],
    ['five tags', { ...base, tags: [...six.slice(1), 't1'] }, { ...base, tags: six.slice(1) }],
    [
      'a time to deliver',
      { ...base, deliverAt: '2026-08-21T20:24:36+02:00' },
      { ...base, deliverAt: new Date('2026-08-21T18:24:36.000Z') },
    ],
    [
      'a raw payload with its type and what transformations read',
      {
        ...base,
        payload: {},
        transformationsParams: { rawPayload: '<a/>', headers: { 'content-type': 'text/xml' }, mine: [1] },
      },
      {
        ...base,
        payload: {},
        transformationsParams: { rawPayload: '<a/>', headers: { 'content-type': 'text/xml' }, mine: [1] },
      },
    ],
    [
      'an application',
      { ...base, application: { name: 'A', uid: 'a' } },
      { ...base, application: { name: 'A', uid: 'a' } },
    ],
  ]);
  refuses(MessageIn, [
    ['no object', [], '', /expected object/],
    ['null', null, '', /expected object/],
    ['a text', 'a', '', /expected object/],
    ['no type', { payload: {} }, 'eventType', /expected string/],
    ['a bad type', { ...base, eventType: 'a b' }, 'eventType', /must match the following pattern/],
    ['no payload', { eventType: 'a' }, 'payload', 'Payload must be an object.'],
    ['a list as payload', { ...base, payload: [] }, 'payload', 'Payload must be an object.'],
    ['a null payload', { ...base, payload: null }, 'payload', 'Payload must be an object.'],
    ['a text as data', { eventType: 'a', data: 'b' }, 'payload', 'Payload must be an object.'],
    ['an id of ours as eventId', { ...base, eventId: 'msg_1' }, 'eventId', /same prefix as the ID/],
    ['a long eventId', { ...base, eventId: long(257) }, 'eventId', 'String too long'],
    ['no channels', { ...base, channels: [] }, 'channels', CHANNELS],
    ['six tags', { ...base, tags: six }, 'tags', 'Tags must have at most 5 items.'],
    ['a bad tag', { ...base, tags: ['a', 'b:c'] }, 'tags.1', /must match the following pattern/],
    ['0 days', { ...base, payloadRetentionPeriod: 0 }, 'payloadRetentionPeriod', 'Validation error'],
    ['91 days', { ...base, payloadRetentionPeriod: 91 }, 'payloadRetentionPeriod', 'Validation error'],
    ['0 hours', { ...base, payloadRetentionHours: 0 }, 'payloadRetentionHours', 'Validation error'],
    ['2161 hours', { ...base, payloadRetentionHours: 2161 }, 'payloadRetentionHours', 'Validation error'],
    ['a day to deliver', { ...base, deliverAt: '2026-08-21' }, 'deliverAt', /Must be a date and time/],
    [
      'a raw payload that is no text',
      { ...base, transformationsParams: { rawPayload: {} } },
      'transformationsParams.rawPayload',
      /expected string/,
    ],
    [
      'a line break in a header',
      { ...base, transformationsParams: { headers: { a: 'b\n' } } },
      'transformationsParams.headers',
      'Invalid Header Value.',
    ],
    ['an application without a name', { ...base, application: {} }, 'application.name', /expected string/],
  ]);
  test('hands the payload on as it is', () => {
    const payload = { deep: { list: [1, { a: null }] } };
    expect(MessageIn.parse({ ...base, payload }).payload).toBe(payload);
  });
  test('has types for clients', () => {
    type In = z.input<typeof MessageIn>;
    expectTypeOf<In['payload']>().toEqualTypeOf<Record<string, unknown>>();
    expectTypeOf<In['deliverAt']>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<In['channels']>().toEqualTypeOf<string[] | null | undefined>();
    expectTypeOf<z.output<typeof MessageIn>['deliverAt']>().toEqualTypeOf<Date | null | undefined>();
  });
});

describe('answers', () => {
  const message = {
    id: 'msg_1',
    eventType: 'a',
    eventId: null,
    payload: {},
    channels: null,
    tags: null,
    deliverAt: null,
    timestamp: '2026-11-24T09:00:00.000Z',
  };
  accepts(MessageOut, [['a message', message, message]]);
  const attempt = {
    url: 'https://a.b/',
    response: '',
    responseStatusCode: 0,
    responseDurationMs: 5,
    status: 3,
    statusText: 'sending',
    triggerType: 1,
    msgId: 'msg_1',
    endpointId: 'ep_1',
    id: 'atmpt_1',
    timestamp: '2026-11-24T09:00:00.000Z',
  };
  accepts(MessageAttemptOut, [
    ['an attempt', attempt, attempt],
    ['an attempt with its message', { ...attempt, msg: message }, { ...attempt, msg: message }],
  ]);
  refuses(MessageAttemptOut, [
    ['a status that clients do not know', { ...attempt, status: 5 }, 'status', /Invalid option/],
    ['a status as text', { ...attempt, status: '0' }, 'status', /Invalid option/],
    ['another trigger', { ...attempt, triggerType: 2 }, 'triggerType', /Invalid option/],
  ]);
  const attempted = { ...message, status: 0, statusText: 'success', nextAttempt: null };
  accepts(EndpointMessageOut, [['an attempted message', attempted, attempted]]);
});
