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
  'application.patchAlertEmail': ['ManageEndpoint'],
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
  'application.countActive',
  'statistics.aggregateAppStats',
  'statistics.aggregateEventTypes',
  'statistics.endpointCount',
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
  'message.precheck',
  'message.broadcast',
  'message.expungeContent',
  'message.bulkExpungeContent',
  'message.expungeAllContents',
  'messageAttempt.expungeContent',
  'events.stream',
  'operationalWebhookEndpoint.list',
  'operationalWebhookEndpoint.create',
  'operationalWebhookEndpoint.get',
  'operationalWebhookEndpoint.upsert',
  'operationalWebhookEndpoint.delete',
  'operationalWebhookEndpoint.getSecret',
  'operationalWebhookEndpoint.rotateSecret',
  'operationalWebhookEndpoint.getHeaders',
  'operationalWebhookEndpoint.setHeaders',
  'authentication.createMessageToken',
  'management.environment.list',
  'management.environment.create',
  'management.environment.get',
  'management.environment.update',
  'management.environment.delete',
  'management.authentication.listApiTokens',
  'management.authentication.createApiToken',
  'management.authentication.getApiToken',
  'management.authentication.updateApiToken',
  'management.authentication.patchApiToken',
  'management.authentication.expireApiToken',
  'management.environmentSettings.get',
  'management.environmentSettings.update',
  'management.environmentSettings.patch',
  'auditLog.list',
];

/** Scopes of which a key needs one, where it is not `environment`. */
const OTHER_SCOPES: Record<string, readonly string[]> = {
  'message.create': ['environment', 'message:create'],
  'portalSession.whoami': ['environment', 'message:create', 'management'],
  'management.environment.list': ['management'],
  'management.environment.create': ['management'],
  'management.environment.get': ['management'],
  'management.environment.update': ['management'],
  'management.environment.delete': ['management'],
  'management.authentication.listApiTokens': ['environment', 'management'],
  'management.authentication.createApiToken': ['environment', 'management'],
  'management.authentication.getApiToken': ['environment', 'management'],
  'management.authentication.updateApiToken': ['environment', 'management'],
  'management.authentication.patchApiToken': ['environment', 'management'],
  'management.authentication.expireApiToken': ['environment', 'management'],
};

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
  'events',
  'operationalWebhookEndpoint',
  'backgroundTask',
  'statistics',
  'health',
  'management',
  'environmentSettings',
  'auditLog',
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
  for (const name of [
    ...Object.keys(MORE_THAN_VIEW_BASE),
    ...Object.keys(OTHER_SCOPES),
    ...OPERATOR_ONLY,
    ...OPEN,
  ]) {
    expect(names).toContain(name);
  }
});

test.each(operations)('%s: scopes of keys', (name, { metadata: { access } }) => {
  const scopes = 'scopes' in access ? access.scopes : undefined;
  expect(scopes).toEqual(OTHER_SCOPES[name]);
});
