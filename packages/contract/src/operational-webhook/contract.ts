import { z } from 'zod';
import { c } from '../rest.js';
import { operation } from '../shared/access.js';
import { badRequestResponse, errorResponses } from '../shared/errors.js';
import { idempotencyHeaders } from '../shared/headers.js';
import { ID_PREFIX, operationalEndpointParams } from '../shared/ids.js';
import { iterator, limit, order } from '../shared/pagination.js';
import {
  ListResponseOperationalWebhookEndpointOut,
  OperationalWebhookEndpointHeadersIn,
  OperationalWebhookEndpointHeadersOut,
  OperationalWebhookEndpointIn,
  OperationalWebhookEndpointOut,
  OperationalWebhookEndpointSecretIn,
  OperationalWebhookEndpointSecretOut,
  OperationalWebhookEndpointUpsertIn,
} from './schemas.js';

const metadata = operation('Webhook Endpoint', { kind: 'environment' });

/** Endpoints that receive what happens in the environment itself; see events.ts. */
export const operationalWebhookEndpoint = c.router(
  {
    list: {
      method: 'GET',
      path: '/operational-webhook/endpoint/',
      query: z.object({ limit, iterator: iterator(ID_PREFIX.endpoint), order }),
      responses: { 200: ListResponseOperationalWebhookEndpointOut },
      summary: 'List Operational Webhook Endpoints',
      description:
        "The environment's operational webhook endpoints, newest first unless another order is asked for.",
      metadata,
    },
    create: {
      method: 'POST',
      path: '/operational-webhook/endpoint/',
      headers: idempotencyHeaders,
      body: OperationalWebhookEndpointIn,
      responses: { 201: OperationalWebhookEndpointOut },
      summary: 'Create Operational Webhook Endpoint',
      description:
        'Create an endpoint that is told what happens in the environment. A signing secret is made unless one is given.',
      metadata,
    },
    get: {
      method: 'GET',
      path: '/operational-webhook/endpoint/:endpoint_id/',
      pathParams: operationalEndpointParams,
      responses: { 200: OperationalWebhookEndpointOut },
      summary: 'Get Operational Webhook Endpoint',
      description: 'Get an operational webhook endpoint.',
      metadata,
    },
    upsert: {
      method: 'PUT',
      path: '/operational-webhook/endpoint/:endpoint_id/',
      pathParams: operationalEndpointParams,
      body: OperationalWebhookEndpointUpsertIn,
      responses: { 200: OperationalWebhookEndpointOut },
      summary: 'Upsert Operational Webhook Endpoint',
      description:
        'Replace an operational webhook endpoint but for its secret and headers, or create one where none has this id or uid.',
      metadata,
    },
    delete: {
      method: 'DELETE',
      path: '/operational-webhook/endpoint/:endpoint_id/',
      pathParams: operationalEndpointParams,
      responses: { 204: c.noBody() },
      summary: 'Delete Operational Webhook Endpoint',
      description: 'Delete an operational webhook endpoint. What waits for it is not sent.',
      metadata,
    },
    getSecret: {
      method: 'GET',
      path: '/operational-webhook/endpoint/:endpoint_id/secret/',
      pathParams: operationalEndpointParams,
      responses: { 200: OperationalWebhookEndpointSecretOut },
      summary: 'Get Operational Webhook Endpoint Secret',
      description: 'The secret to verify its messages with.',
      metadata,
    },
    rotateSecret: {
      method: 'POST',
      path: '/operational-webhook/endpoint/:endpoint_id/secret/rotate/',
      pathParams: operationalEndpointParams,
      headers: idempotencyHeaders,
      body: OperationalWebhookEndpointSecretIn,
      responses: { 204: c.noBody(), ...badRequestResponse },
      summary: 'Rotate Operational Webhook Endpoint Secret',
      description:
        'Give an operational webhook endpoint a new secret; the old one signs besides it for a while.',
      metadata,
    },
    getHeaders: {
      method: 'GET',
      path: '/operational-webhook/endpoint/:endpoint_id/headers/',
      pathParams: operationalEndpointParams,
      responses: { 200: OperationalWebhookEndpointHeadersOut },
      summary: 'Get Operational Webhook Endpoint Headers',
      description: 'The headers that it gets with each message. Of sensitive ones only the names.',
      metadata,
    },
    setHeaders: {
      method: 'PUT',
      path: '/operational-webhook/endpoint/:endpoint_id/headers/',
      pathParams: operationalEndpointParams,
      body: OperationalWebhookEndpointHeadersIn,
      responses: { 204: c.noBody() },
      summary: 'Set Operational Webhook Endpoint Headers',
      description: 'Replace all headers of an operational webhook endpoint.',
      metadata,
    },
  },
  { commonResponses: errorResponses, strictStatusCodes: true, pathPrefix: '/api/v1' },
);
