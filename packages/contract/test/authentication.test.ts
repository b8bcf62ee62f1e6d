import { describe } from 'vitest';
import { ApplicationTokenExpireIn, AppPortalAccessIn } from '../src/authentication/schemas.js';
import { OneTimeTokenIn } from '../src/portal-session/schemas.js';
import { accepts, long, refuses } from './tables.js';

const EVERY = [
  'ViewBase',
  'ViewEndpointSecret',
  'ManageEndpointSecret',
  'ManageTransformations',
  'CreateAttempts',
  'ManageEndpoint',
];

describe('AppPortalAccessIn', () => {
  accepts(AppPortalAccessIn, [
    ['nothing', {}, {}],
    ['unknown keys, which it drops', { theme: 'dark' }, {}],
    [
      'nulls',
      { application: null, capabilities: null, expiry: null, featureFlags: null, readOnly: null },
      { application: null, capabilities: null, expiry: null, featureFlags: null, readOnly: null },
    ],
    ['all capabilities', { capabilities: EVERY }, { capabilities: EVERY }],
    ['no feature flags', { featureFlags: [] }, { featureFlags: [] }],
    ['an hour', { expiry: 3600 }, { expiry: 3600 }],
    ['seven days', { expiry: 604_800 }, { expiry: 604_800 }],
    ['an at sign in a session id', { sessionId: 'a@b' }, { sessionId: 'a@b' }],
    ['64 characters of session id', { sessionId: long(64) }, { sessionId: long(64) }],
    ['an application', { application: { name: 'A', uid: 'u' } }, { application: { name: 'A', uid: 'u' } }],
  ]);
  refuses(AppPortalAccessIn, [
    ['no object', [], '', /expected object/],
    ['null', null, '', /expected object/],
    ['less than an hour', { expiry: 3599 }, 'expiry', 'Expiry must be at least 3600 seconds'],
    ['more than seven days', { expiry: 604_801 }, 'expiry', 'Expiry must be at most 604800 seconds'],
    ['a fraction of a second', { expiry: 3600.5 }, 'expiry', /expected int/],
    ['seconds as text', { expiry: '3600' }, 'expiry', /expected number/],
    ['no capability', { capabilities: [] }, 'capabilities', 'Capabilities must contain ViewBase.'],
    [
      'capabilities without ViewBase',
      { capabilities: ['ManageEndpoint'] },
      'capabilities',
      'Capabilities must contain ViewBase.',
    ],
    [
      'one capability twice',
      { capabilities: ['ViewBase', 'ViewBase'] },
      'capabilities',
      'Capabilities must be unique.',
    ],
    ['a capability that is not', { capabilities: ['ViewBase', 'Fly'] }, 'capabilities.1', /Invalid option/],
    [
      '26 feature flags',
      { featureFlags: Array.from({ length: 26 }, (_, index) => `f${index}`) },
      'featureFlags',
      'Feature flags must have at most 25 items.',
    ],
    ['a dot in a session id', { sessionId: 'a.b' }, 'sessionId', /must match the following pattern/],
    ['65 characters of session id', { sessionId: long(65) }, 'sessionId', 'String too long'],
    ['an empty session id', { sessionId: '' }, 'sessionId', 'String must be at least one character'],
    [
      'an application without a name',
      { application: { name: '' } },
      'application.name',
      'Application names must be at least one character',
    ],
  ]);
});

describe('ApplicationTokenExpireIn', () => {
  accepts(ApplicationTokenExpireIn, [
    ['nothing', {}, {}],
    ['at once', { expiry: 0, sessionIds: [] }, { expiry: 0, sessionIds: [] }],
    ['three days', { expiry: 259_200 }, { expiry: 259_200 }],
    ['sessions', { sessionIds: ['a', 'b'] }, { sessionIds: ['a', 'b'] }],
  ]);
  refuses(ApplicationTokenExpireIn, [
    ['the past', { expiry: -1 }, 'expiry', 'Expiry must be at least 0 seconds'],
    ['more than three days', { expiry: 259_201 }, 'expiry', 'Expiry must be at most 259200 seconds'],
    [
      '1001 sessions',
      { sessionIds: Array.from({ length: 1001 }, () => 'a') },
      'sessionIds',
      'Session ids must have at most 1000 items.',
    ],
    ['a bad session id', { sessionIds: ['a', 'b c'] }, 'sessionIds.1', /must match the following pattern/],
  ]);
});

describe('OneTimeTokenIn', () => {
  accepts(OneTimeTokenIn, [['a code', { oneTimeToken: 'x' }, { oneTimeToken: 'x' }]]);
  refuses(OneTimeTokenIn, [
    ['nothing', {}, 'oneTimeToken', /expected string/],
    ['an empty code', { oneTimeToken: '' }, 'oneTimeToken', 'String must be at least one character'],
    ['a long code', { oneTimeToken: long(257) }, 'oneTimeToken', 'String too long'],
  ]);
});
