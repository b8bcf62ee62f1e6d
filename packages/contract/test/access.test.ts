import { expect, test } from 'vitest';
import { operations } from './operations.js';

/** What portal sessions may do besides looking (spec: authentication and portal, section 1.5). */
const MORE_THAN_VIEW_BASE: Record<string, readonly string[]> = {
  'endpoint.create': ['ManageEndpoint'],
  'endpoint.upsert': ['ManageEndpoint'],
  'endpoint.patch': ['ManageEndpoint'],
  'endpoint.delete': ['ManageEndpoint'],
  'endpoint.setHeaders': ['ManageEndpoint'],
  'endpoint.patchHeaders': ['ManageEndpoint'],
  'endpoint.getSecret': ['ViewEndpointSecret', 'ManageEndpointSecret', 'ManageEndpoint'],
  'endpoint.rotateSecret': ['ManageEndpointSecret', 'ManageEndpoint'],
  'endpoint.sendExample': ['CreateAttempts'],
  'endpoint.recover': ['CreateAttempts'],
  'endpoint.replayMissing': ['CreateAttempts'],
  'endpoint.bulkReplay': ['CreateAttempts'],
  'endpoint.cancelMsgs': ['ManageEndpoint'],
  'message.testAttempt': ['CreateAttempts'],
  'messageAttempt.resend': ['CreateAttempts'],
};

/** What only the operator may do, with an environment key. */
const OPERATOR_ONLY = [
  'authentication.expireAll',
  'authentication.getAppPortalAccess',
  'authentication.getDashboardAccess',
  'application.list',
  'application.create',
  'application.upsert',
  'application.patch',
  'application.delete',
  'eventType.create',
  'eventType.upsert',
  'eventType.patch',
  'eventType.delete',
  'eventType.importOpenapi',
  'eventType.exportOpenapi',
  'eventType.getRetrySchedule',
  'eventType.setRetrySchedule',
  'environment.export',
  'environment.import',
  'message.create',
  'operationalWebhookEndpoint.list',
  'operationalWebhookEndpoint.create',
  'operationalWebhookEndpoint.get',
  'operationalWebhookEndpoint.upsert',
  'operationalWebhookEndpoint.delete',
  'operationalWebhookEndpoint.getSecret',
  'operationalWebhookEndpoint.rotateSecret',
  'operationalWebhookEndpoint.getHeaders',
  'operationalWebhookEndpoint.setHeaders',
];

/** What nobody needs a key or a capability for. */
const OPEN = ['authentication.logout', 'portalSession.exchangeOneTimeToken', 'health.get', 'health.ping'];

const FOLDERS = [
  'authentication',
  'portalSession',
  'application',
  'endpoint',
  'eventType',
  'environment',
  'message',
  'messageAttempt',
  'operationalWebhookEndpoint',
  'backgroundTask',
  'health',
];
const mine = operations.filter(([, operation]) => FOLDERS.includes(operation.key[0] ?? ''));

test.each(mine)('%s', (name, { metadata: { access } }) => {
  const capabilities = 'capabilities' in access ? access.capabilities : undefined;
  if (OPERATOR_ONLY.includes(name)) expect(access.kind).toBe('environment');
  else if (OPEN.includes(name)) expect(['public', 'session']).toContain(access.kind);
  else expect(capabilities).toEqual(MORE_THAN_VIEW_BASE[name] ?? ['ViewBase']);
});

test('the tables name operations that exist', () => {
  const names = mine.map(([name]) => name);
  for (const name of [...Object.keys(MORE_THAN_VIEW_BASE), ...OPERATOR_ONLY, ...OPEN]) {
    expect(names).toContain(name);
  }
});
