import { c } from '../rest.js';
import { errorResponses } from '../shared/errors.js';
import { transferRoutes } from './transfer-routes.js';

export const environment = c.router(
  { ...transferRoutes },
  { commonResponses: errorResponses, strictStatusCodes: true, pathPrefix: '/api/v1' },
);
