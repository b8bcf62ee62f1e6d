import type { Contract } from '@postrider/contract';
import type { Handlers } from '../handlers.js';
import { applicationRoutes } from '../resources/application/routes.js';
import { authenticationRoutes } from '../resources/authentication/routes.js';
import { healthRoutes } from '../resources/health/routes.js';
import { portalSessionRoutes } from '../resources/portal-session/routes.js';

/** Every operation's handler. A missing or wrong one does not compile. */
export const handlers: Handlers<Contract> = {
  authentication: authenticationRoutes,
  portalSession: portalSessionRoutes,
  application: applicationRoutes,
  health: healthRoutes,
};
