import { z } from 'zod';
import { c } from '../rest.js';
import { operation } from '../shared/access.js';
import { errorResponses } from '../shared/errors.js';
import { queryBoolean } from '../shared/fields.js';
import { idempotencyHeaders } from '../shared/headers.js';
import { applicationParams, ID_PREFIX } from '../shared/ids.js';
import { iterator, limit, order } from '../shared/pagination.js';
import {
  AlertEmailPatch,
  ApplicationIn,
  ApplicationOut,
  ApplicationPatch,
  ListResponseApplicationOut,
} from './schemas.js';
import { statsRoutes } from './stats-routes.js';

const TAG = 'Application';

const exclusion = (parameter: string) =>
  queryBoolean.optional().meta({ openapi: { type: 'boolean' }, parameter });

export const application = c.router(
  {
    list: {
      method: 'GET',
      path: '/app/',
      query: z.object({
        limit,
        iterator: iterator(ID_PREFIX.application),
        order,
        exclude_apps_with_no_endpoints: exclusion('Leave out applications that have no endpoints.'),
        exclude_apps_with_disabled_endpoints: exclusion(
          'Leave out applications of which an endpoint is disabled.',
        ),
        exclude_apps_with_svix_play_endpoints: exclusion(
          'Leave out applications of which an endpoint is at play.svix.com.',
        ),
      }),
      responses: { 200: ListResponseApplicationOut },
      summary: 'List Applications',
      description: "List of all the organization's applications.",
      metadata: operation(TAG, { kind: 'environment' }),
    },
    create: {
      method: 'POST',
      path: '/app/',
      headers: idempotencyHeaders,
      query: z.object({
        get_if_exists: queryBoolean.optional().meta({
          openapi: { type: 'boolean' },
          parameter: 'Get an existing application, or create a new one if it does not exist.',
        }),
      }),
      body: ApplicationIn,
      responses: { 200: ApplicationOut, 201: ApplicationOut },
      summary: 'Create Application',
      description: 'Create a new application.',
      metadata: operation(TAG, { kind: 'environment' }),
    },
    get: {
      method: 'GET',
      path: '/app/:app_id/',
      pathParams: applicationParams,
      responses: { 200: ApplicationOut },
      summary: 'Get Application',
      description: 'Get an application.',
      metadata: operation(TAG, { kind: 'application', capabilities: ['ViewBase'] }),
    },
    upsert: {
      method: 'PUT',
      path: '/app/:app_id/',
      pathParams: applicationParams,
      body: ApplicationIn,
      responses: { 200: ApplicationOut, 201: ApplicationOut },
      summary: 'Update Application',
      description: 'Replace an application, or create one where none has this id or uid.',
      metadata: operation(TAG, { kind: 'environment' }),
    },
    patch: {
      method: 'PATCH',
      path: '/app/:app_id/',
      pathParams: applicationParams,
      body: ApplicationPatch,
      responses: { 200: ApplicationOut },
      summary: 'Patch Application',
      description: 'Change some fields of an application.',
      metadata: operation(TAG, { kind: 'environment' }),
    },
    delete: {
      method: 'DELETE',
      path: '/app/:app_id/',
      pathParams: applicationParams,
      responses: { 204: c.noBody() },
      summary: 'Delete Application',
      description: 'Delete an application and end its portal sessions.',
      metadata: operation(TAG, { kind: 'environment' }),
    },
    patchAlertEmail: {
      method: 'PATCH',
      path: '/app/:app_id/alert-email/',
      pathParams: applicationParams,
      body: AlertEmailPatch,
      responses: { 204: c.noBody() },
      summary: 'Patch Alert Email',
      description:
        'Set or clear the address for alerts of an application. It is kept; Postrider sends no e-mail by itself.',
      metadata: operation(TAG, { kind: 'application', capabilities: ['ManageEndpoint'] }),
    },
    ...statsRoutes,
  },
  { commonResponses: errorResponses, strictStatusCodes: true, pathPrefix: '/api/v1' },
);
