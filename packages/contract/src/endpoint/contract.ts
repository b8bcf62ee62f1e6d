import { z } from 'zod';
import { c } from '../rest.js';
import { badRequestResponse, errorResponses } from '../shared/errors.js';
import { idempotencyHeaders } from '../shared/headers.js';
import { applicationParams, endpointParams, ID_PREFIX } from '../shared/ids.js';
import { iterator, limit, order } from '../shared/pagination.js';
import { MANAGE, READ } from './access.js';
import { activityRoutes } from './activity-routes.js';
import { replayRoutes } from './replay-routes.js';
import {
  EndpointIn,
  EndpointOut,
  EndpointPatch,
  EndpointUpsertIn,
  ListResponseEndpointOut,
} from './schemas.js';
import { settingsRoutes } from './settings-routes.js';

export const endpoint = c.router(
  {
    list: {
      method: 'GET',
      path: '/app/:app_id/endpoint/',
      pathParams: applicationParams,
      query: z.object({ limit, iterator: iterator(ID_PREFIX.endpoint), order }),
      responses: { 200: ListResponseEndpointOut },
      summary: 'List Endpoints',
      description: "The application's endpoints, newest first unless another order is asked for.",
      metadata: READ,
    },
    create: {
      method: 'POST',
      path: '/app/:app_id/endpoint/',
      pathParams: applicationParams,
      headers: idempotencyHeaders,
      body: EndpointIn,
      responses: { 201: EndpointOut, ...badRequestResponse },
      summary: 'Create Endpoint',
      description: 'Create an endpoint. A signing secret is made unless one is given.',
      metadata: MANAGE,
    },
    get: {
      method: 'GET',
      path: '/app/:app_id/endpoint/:endpoint_id/',
      pathParams: endpointParams,
      responses: { 200: EndpointOut },
      summary: 'Get Endpoint',
      description: 'Get an endpoint.',
      metadata: READ,
    },
    upsert: {
      method: 'PUT',
      path: '/app/:app_id/endpoint/:endpoint_id/',
      pathParams: endpointParams,
      body: EndpointUpsertIn,
      responses: { 200: EndpointOut, 201: EndpointOut, ...badRequestResponse },
      summary: 'Update Endpoint',
      description:
        'Replace an endpoint but for its secret and headers, or create one where none has this id or uid.',
      metadata: MANAGE,
    },
    patch: {
      method: 'PATCH',
      path: '/app/:app_id/endpoint/:endpoint_id/',
      pathParams: endpointParams,
      body: EndpointPatch,
      responses: { 200: EndpointOut },
      summary: 'Patch Endpoint',
      description: 'Change some fields of an endpoint.',
      metadata: MANAGE,
    },
    delete: {
      method: 'DELETE',
      path: '/app/:app_id/endpoint/:endpoint_id/',
      pathParams: endpointParams,
      responses: { 204: c.noBody() },
      summary: 'Delete Endpoint',
      description: 'Delete an endpoint. Its attempts stay readable through their messages.',
      metadata: MANAGE,
    },
    ...settingsRoutes,
    ...activityRoutes,
    ...replayRoutes,
  },
  { commonResponses: errorResponses, strictStatusCodes: true, pathPrefix: '/api/v1' },
);
