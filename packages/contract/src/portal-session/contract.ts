import { c } from '../rest.js';
import { ALL_SCOPES, operation } from '../shared/access.js';
import { errorResponses } from '../shared/errors.js';
import { idempotencyHeaders } from '../shared/headers.js';
import { OneTimeTokenIn, OneTimeTokenOut, WhoamiOut } from './schemas.js';

const TAG = 'Portal Session';

export const portalSession = c.router(
  {
    whoami: {
      method: 'GET',
      path: '/auth/whoami/',
      responses: { 200: WhoamiOut },
      summary: 'Whoami',
      description: 'Whose token this is and what it may do.',
      metadata: operation(TAG, {
        kind: 'authenticated',
        capabilities: ['ViewBase'],
        scopes: ALL_SCOPES,
      }),
    },
    exchangeOneTimeToken: {
      method: 'POST',
      path: '/auth/one-time-token/',
      headers: idempotencyHeaders,
      body: OneTimeTokenIn,
      responses: { 200: OneTimeTokenOut },
      summary: 'Exchange One Time Token',
      description:
        'Exchange the one-time code of a magic link for a portal session. No bearer token is needed; the same code again within ten seconds gives the same session, later it is refused.',
      metadata: operation(TAG, { kind: 'public', limited: true }),
    },
  },
  { commonResponses: errorResponses, strictStatusCodes: true, pathPrefix: '/api/v1' },
);
