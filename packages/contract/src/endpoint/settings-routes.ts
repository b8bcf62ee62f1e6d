import type { AppRouter } from '@ts-rest/core';
import { c } from '../rest.js';
import { operation } from '../shared/access.js';
import { badRequestResponse } from '../shared/errors.js';
import { idempotencyHeaders } from '../shared/headers.js';
import { endpointParams } from '../shared/ids.js';
import { MANAGE, READ, TAG } from './access.js';
import { EndpointHeadersIn, EndpointHeadersOut, EndpointHeadersPatchIn } from './headers.js';
import { EndpointSecretOut, EndpointSecretRotateIn } from './secret.js';

/** Headers and secret of an endpoint; part of the router in contract.ts. */
export const settingsRoutes = {
  getHeaders: {
    method: 'GET',
    path: '/app/:app_id/endpoint/:endpoint_id/headers/',
    pathParams: endpointParams,
    responses: { 200: EndpointHeadersOut },
    summary: 'Get Endpoint Headers',
    description: 'The headers that the endpoint gets with each message. Of sensitive ones only the names.',
    metadata: READ,
  },
  setHeaders: {
    method: 'PUT',
    path: '/app/:app_id/endpoint/:endpoint_id/headers/',
    pathParams: endpointParams,
    body: EndpointHeadersIn,
    responses: { 204: c.noBody() },
    summary: 'Update Endpoint Headers',
    description: 'Replace all headers of the endpoint.',
    metadata: MANAGE,
  },
  patchHeaders: {
    method: 'PATCH',
    path: '/app/:app_id/endpoint/:endpoint_id/headers/',
    pathParams: endpointParams,
    body: EndpointHeadersPatchIn,
    responses: { 204: c.noBody() },
    summary: 'Patch Endpoint Headers',
    description: 'Set or remove some headers of the endpoint.',
    metadata: MANAGE,
  },
  getSecret: {
    method: 'GET',
    path: '/app/:app_id/endpoint/:endpoint_id/secret/',
    pathParams: endpointParams,
    responses: { 200: EndpointSecretOut },
    summary: 'Get Endpoint Secret',
    description: "The secret with which receivers verify the endpoint's messages.",
    metadata: operation(TAG, {
      kind: 'application',
      capabilities: ['ViewEndpointSecret', 'ManageEndpointSecret', 'ManageEndpoint'],
    }),
  },
  rotateSecret: {
    method: 'POST',
    path: '/app/:app_id/endpoint/:endpoint_id/secret/rotate/',
    pathParams: endpointParams,
    headers: idempotencyHeaders,
    body: EndpointSecretRotateIn,
    // Official clients differ in what they take for success (spec: wire behaviour, section 11.4).
    responses: { 200: EndpointSecretOut, 204: c.noBody(), ...badRequestResponse },
    summary: 'Rotate Endpoint Secret',
    description:
      'Give the endpoint a new secret; the old one signs besides it for a while. Answers the new secret to clients that read it, nothing to others.',
    metadata: operation(TAG, {
      kind: 'application',
      capabilities: ['ManageEndpointSecret', 'ManageEndpoint'],
    }),
  },
} as const satisfies AppRouter;
