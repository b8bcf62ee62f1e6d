import { settingsRoutes } from '../environment-settings/management.js';
import { c } from '../rest.js';
import { errorResponses } from '../shared/errors.js';
import { keyRoutes } from './authentication.js';
import { environmentRoutes } from './environment.js';

/** What an operator does with environments as a whole, with their keys and settings. */
export const management = c.router(
  {
    environment: environmentRoutes,
    authentication: keyRoutes,
    environmentSettings: settingsRoutes,
  },
  { commonResponses: errorResponses, strictStatusCodes: true, pathPrefix: '/api/v1' },
);
