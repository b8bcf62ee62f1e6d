import { unwrap } from '@postrider/client';
import { hasStatus, isUnauthorized, openApi } from '../../lib/api';
import type { LoginApi } from './login';

/** The calls of a login, to the server that the page came from. */
export const loginApi: LoginApi = {
  exchange: (oneTimeToken) =>
    unwrap(openApi().portalSession.exchangeOneTimeToken({ body: { oneTimeToken }, headers: {} })),
  capabilitiesOf: async (token) => (await unwrap(openApi(token).portalSession.whoami())).capabilities ?? [],
  // 422: the code is not even of the right shape.
  isRefusal: (error) => isUnauthorized(error) || hasStatus(error, 422),
};
