import { describe } from 'vitest';
import { SettingsInternalIn, SettingsInternalPatch } from '../src/environment-settings/schemas.js';
import { ApiTokenExpireIn, ApiTokenIn, ApiTokenPatch } from '../src/management/authentication.js';
import { EnvironmentModelIn } from '../src/management/environment.js';
import { accepts, long, refuses } from './tables.js';

describe('EnvironmentModelIn', () => {
  accepts(EnvironmentModelIn, [
    ['a name of 255 bytes', { name: long(255), type: 'production' }, { name: long(255), type: 'production' }],
  ]);
  refuses(EnvironmentModelIn, [
    ['no name', { type: 'production' }, 'name', /name/],
    [
      'an empty name',
      { name: '', type: 'production' },
      'name',
      'Environment names must be at least one character',
    ],
    ['a name of 256 bytes', { name: `${long(254)}é`, type: 'production' }, 'name', 'String too long'],
    ['another type', { name: 'x', type: 'test' }, 'type', /type/],
  ]);
});

describe('ApiTokenIn', () => {
  accepts(ApiTokenIn, [
    ['a name alone', { name: 'x' }, { name: 'x' }],
    ['null for the standard scopes', { name: 'x', scopes: null }, { name: 'x', scopes: null }],
    [
      'scopes that come twice',
      { name: 'x', scopes: ['environment', 'environment'] },
      { name: 'x', scopes: ['environment'] },
    ],
  ]);
  refuses(ApiTokenIn, [
    ['no scopes at all', { name: 'x', scopes: [] }, 'scopes', 'Scopes must have at least 1 item.'],
    ['an unknown scope', { name: 'x', scopes: ['all'] }, 'scopes.0', /scopes/],
  ]);
});

describe('ApiTokenPatch', () => {
  accepts(ApiTokenPatch, [
    ['nothing', {}, {}],
    ['null, which is not absent', { name: null }, { name: null }],
  ]);
});

describe('ApiTokenExpireIn', () => {
  accepts(ApiTokenExpireIn, [
    ['nothing: at once', {}, { expiry: 0 }],
    ['three days', { expiry: 259_200 }, { expiry: 259_200 }],
  ]);
  refuses(ApiTokenExpireIn, [
    ['less than nothing', { expiry: -1 }, 'expiry', 'Expiry must be at least 0 seconds'],
    ['more than three days', { expiry: 259_201 }, 'expiry', 'Expiry must be at most 259200 seconds'],
  ]);
});

describe('settings', () => {
  accepts(SettingsInternalIn, [
    ['nothing, and adds no defaults', {}, {}],
    ['a colour as hex, name or function', { customColor: '#fff' }, { customColor: '#fff' }],
    ['rgb()', { customColor: 'rgb(1, 2, 3)' }, { customColor: 'rgb(1, 2, 3)' }],
    ['null', { customLogoUrl: null, retryPolicy: null }, { customLogoUrl: null, retryPolicy: null }],
    [
      'types that come twice',
      { advancedEndpointTypes: ['http', 'http'] },
      { advancedEndpointTypes: ['http'] },
    ],
  ]);
  refuses(SettingsInternalPatch, [
    ['a colour that ends the rule', { customColor: 'red;}' }, 'customColor', /colour/],
    ['a logo that is a script', { customLogoUrl: 'javascript:alert(1)' }, 'customLogoUrl', /http/],
    ['a logo that is no address', { customLogoUrl: 'https://' }, 'customLogoUrl', /http/],
    ['a font with a quote', { customFontFamily: "a'" }, 'customFontFamily', /font/],
    ['null for a flag', { readOnly: null }, 'readOnly', /readOnly/],
    ['a wait of less than nothing', { retryPolicy: [-1] }, 'retryPolicy.0', /retryPolicy/],
  ]);
  refuses(SettingsInternalIn, [
    ['a limit of nothing', { endpointsPerAppLimit: 0 }, 'endpointsPerAppLimit', /endpointsPerAppLimit/],
  ]);
});
