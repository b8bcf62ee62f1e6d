import { describe } from 'vitest';
import { EventTypeIn, EventTypePatch, EventTypeUpsertIn } from '../src/event-type/schemas.js';
import { accepts, long, refuses } from './tables.js';

const base = { name: 'invoice.paid', description: '' };
const full = { ...base, archived: false, deprecated: false };
const SCHEMAS = 'Schemas must be an object from version to JSON Schema.';

describe('EventTypeIn', () => {
  accepts(EventTypeIn, [
    ['a name and a description', base, full],
    ['flags', { ...base, archived: true, deprecated: true }, { ...base, archived: true, deprecated: true }],
    [
      'any JSON as schemas',
      { ...base, schemas: { '1': { readOnly: 15 }, '2': true } },
      { ...full, schemas: { '1': { readOnly: 15 }, '2': true } },
    ],
    [
      'nulls',
      { ...base, schemas: null, groupName: null, featureFlags: null },
      { ...full, schemas: null, groupName: null, featureFlags: null },
    ],
    ['one feature flag', { ...base, featureFlag: 'beta' }, { ...full, featureFlags: ['beta'] }],
    ['a null feature flag', { ...base, featureFlag: null }, { ...full, featureFlags: null }],
    [
      'both forms of flags',
      { ...base, featureFlag: 'a', featureFlags: ['b', 'c', 'b'] },
      { ...full, featureFlags: ['b', 'c'] },
    ],
    ['no feature flags', { ...base, featureFlags: [] }, { ...full, featureFlags: null }],
    ['a group', { ...base, groupName: 'billing' }, { ...full, groupName: 'billing' }],
  ]);
  refuses(EventTypeIn, [
    ['no name', { description: '' }, 'name', /expected string/],
    ['no description', { name: 'a' }, 'description', /expected string/],
    ['a null description', { ...base, description: null }, 'description', /expected string/],
    ['an empty name', { ...base, name: '' }, 'name', 'String must be at least one character'],
    ['a long name', { ...base, name: long(257) }, 'name', 'String too long'],
    ['a slash in the name', { ...base, name: 'a/b' }, 'name', /must match the following pattern/],
    [
      'a control character',
      { ...base, description: '\u0008' },
      'description',
      'Control characters 0x00-0x08 not allowed.',
    ],
    ['schemas in a list', { ...base, schemas: [] }, 'schemas', SCHEMAS],
    ['a text as schemas', { ...base, schemas: '{}' }, 'schemas', SCHEMAS],
    ['null for archived', { ...base, archived: null }, 'archived', /expected boolean/],
    [
      'a bad feature flag',
      { ...base, featureFlag: 'a b' },
      'featureFlag',
      /must match the following pattern/,
    ],
    [
      'a bad flag in the set',
      { ...base, featureFlags: ['a', ''] },
      'featureFlags.1',
      /at least one character/,
    ],
    ['a bad group', { ...base, groupName: 'a b' }, 'groupName', /must match the following pattern/],
  ]);
});

describe('EventTypeUpsertIn', () => {
  const { name: _name, ...rest } = full;
  accepts(EventTypeUpsertIn, [
    ['no name', { description: '' }, rest],
    ['a name, which it drops', base, rest],
    ['one feature flag', { description: '', featureFlag: 'beta' }, { ...rest, featureFlags: ['beta'] }],
  ]);
});

describe('EventTypePatch', () => {
  accepts(EventTypePatch, [
    ['nothing', {}, {}],
    ['empty schemas, which differ from null', { schemas: {} }, { schemas: {} }],
    ['null schemas', { schemas: null }, { schemas: null }],
    ['one feature flag', { featureFlag: 'beta' }, { featureFlags: ['beta'] }],
    ['a null feature flag', { featureFlag: null }, { featureFlags: null }],
    ['a null group', { groupName: null }, { groupName: null }],
  ]);
  refuses(EventTypePatch, [
    ['null for description', { description: null }, 'description', /expected string/],
    ['null for archived', { archived: null }, 'archived', /expected boolean/],
    ['null for deprecated', { deprecated: null }, 'deprecated', /expected boolean/],
  ]);
});
