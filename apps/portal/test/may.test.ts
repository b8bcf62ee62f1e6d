import type { Capability } from '@postrider/contract';
import { expect, test } from 'vitest';
import { may } from '../src/features/access/may';

test.each<[Capability, Capability[], boolean]>([
  ['ViewBase', ['ViewBase'], true],
  ['CreateAttempts', ['ViewBase', 'ManageEndpoint'], false],
  ['ManageEndpoint', ['ViewBase', 'ManageEndpointSecret'], false],
  ['ViewEndpointSecret', ['ViewBase'], false],
  ['ViewEndpointSecret', ['ViewBase', 'ManageEndpointSecret'], true],
  ['ViewEndpointSecret', ['ViewBase', 'ManageEndpoint'], true],
  ['ManageEndpointSecret', ['ViewBase', 'ViewEndpointSecret'], false],
  ['ManageEndpointSecret', ['ViewBase', 'ManageEndpoint'], true],
  ['ManageTransformations', ['ViewBase', 'ManageEndpoint'], true],
])('%s with %j: %s', (capability, granted, allowed) => {
  expect(may(capability, granted)).toBe(allowed);
});
