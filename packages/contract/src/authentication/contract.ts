import { ApiTokenOut } from '../management/authentication.js';
import { c } from '../rest.js';
import { operation } from '../shared/access.js';
import { errorResponses } from '../shared/errors.js';
import { idempotencyHeaders } from '../shared/headers.js';
import { applicationParams } from '../shared/ids.js';
import { CreateTokenIn } from './message-token.js';
import {
  ApplicationTokenExpireIn,
  AppPortalAccessIn,
  AppPortalAccessOut,
  DashboardAccessOut,
} from './schemas.js';

/** Exactly the four operations of the page docs/AuthenticationApi.md have this tag: the page is generated from it. */
const TAG = 'Authentication';

export const authentication = c.router(
  {
    expireAll: {
      method: 'POST',
      path: '/auth/app/:app_id/expire-all/',
      pathParams: applicationParams,
      headers: idempotencyHeaders,
      body: ApplicationTokenExpireIn,
      responses: { 204: c.noBody() },
      summary: 'Expire All',
      description: 'Expire all of the tokens associated with a specific Application',
      metadata: operation(TAG, { kind: 'environment' }),
    },
    getAppPortalAccess: {
      method: 'POST',
      path: '/auth/app-portal-access/:app_id/',
      pathParams: applicationParams,
      headers: idempotencyHeaders,
      body: AppPortalAccessIn,
      responses: { 200: AppPortalAccessOut },
      summary: 'Get Consumer App Portal Access',
      description:
        'Use this function to get magic links (and authentication codes) for connecting your users to the Consumer Application Portal.',
      metadata: operation(TAG, { kind: 'environment' }),
    },
    getDashboardAccess: {
      method: 'POST',
      path: '/auth/dashboard-access/:app_id/',
      pathParams: applicationParams,
      headers: idempotencyHeaders,
      body: c.noBody(),
      responses: { 200: DashboardAccessOut },
      summary: 'Get Dashboard Access',
      description:
        'DEPRECATED: Please use `app-portal-access` instead.\n\nUse this function to get magic links (and authentication codes) for connecting your users to the Consumer Application Portal.',
      deprecated: true,
      metadata: operation(TAG, { kind: 'environment' }),
    },
    logout: {
      method: 'POST',
      path: '/auth/logout/',
      headers: idempotencyHeaders,
      body: c.noBody(),
      responses: { 204: c.noBody() },
      summary: 'Logout',
      description: 'Logout an app token.\n\nTrying to log out other tokens will fail.',
      metadata: operation(TAG, { kind: 'session' }),
    },
    createMessageToken: {
      method: 'POST',
      path: '/auth/app/:app_id/create-message-token/',
      pathParams: applicationParams,
      headers: idempotencyHeaders,
      body: CreateTokenIn,
      responses: { 200: ApiTokenOut },
      summary: 'Create Message Token',
      description:
        'Create a token that may create messages in this application, and nothing else. It is listed and ended as the keys of the environment are.',
      metadata: operation('Message Token', { kind: 'environment' }),
    },
  },
  { commonResponses: errorResponses, strictStatusCodes: true, pathPrefix: '/api/v1' },
);
