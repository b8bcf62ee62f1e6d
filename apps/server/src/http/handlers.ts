import type { Contract } from '@postrider/contract';
import type { Handlers } from '../handlers.js';
import { applicationRoutes } from '../resources/application/routes.js';
import { auditLogRoutes } from '../resources/audit-log/routes.js';
import { authenticationRoutes } from '../resources/authentication/routes.js';
import { backgroundTaskRoutes } from '../resources/background-task/routes.js';
import { operationalWebhookEndpointRoutes } from '../resources/endpoint/operational-routes.js';
import { endpointRoutes } from '../resources/endpoint/routes.js';
import { environmentRoutes } from '../resources/environment/routes.js';
import { environmentSettingsRoutes } from '../resources/environment-settings/routes.js';
import { eventTypeRoutes } from '../resources/event-type/routes.js';
import { eventsRoutes } from '../resources/events/routes.js';
import { healthRoutes, readinessRoutes } from '../resources/health/routes.js';
import { liveRoutes } from '../resources/live/routes.js';
import { managementRoutes } from '../resources/management/routes.js';
import { messageRoutes } from '../resources/message/routes.js';
import { messageAttemptRoutes } from '../resources/message-attempt/routes.js';
import { portalSessionRoutes } from '../resources/portal-session/routes.js';
import { statisticsRoutes } from '../resources/statistics/routes.js';

/** Every operation's handler. A missing or wrong one does not compile. */
export const handlers: Handlers<Contract> = {
  message: messageRoutes,
  messageAttempt: messageAttemptRoutes,
  authentication: authenticationRoutes,
  portalSession: portalSessionRoutes,
  application: applicationRoutes,
  endpoint: endpointRoutes,
  eventType: eventTypeRoutes,
  events: eventsRoutes,
  operationalWebhookEndpoint: operationalWebhookEndpointRoutes,
  backgroundTask: backgroundTaskRoutes,
  environment: environmentRoutes,
  statistics: statisticsRoutes,
  health: healthRoutes,
  readiness: readinessRoutes,
  management: managementRoutes,
  environmentSettings: environmentSettingsRoutes,
  auditLog: auditLogRoutes,
  live: liveRoutes,
};
