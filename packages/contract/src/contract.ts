import { application } from './application/contract.js';
import { auditLog } from './audit-log/contract.js';
import { authentication } from './authentication/contract.js';
import { backgroundTask } from './background-task/contract.js';
import { endpoint } from './endpoint/contract.js';
import { environment } from './environment/contract.js';
import { environmentSettings } from './environment-settings/contract.js';
import { eventType } from './event-type/contract.js';
import { events } from './events/contract.js';
import { health } from './health/contract.js';
import { readiness } from './health/readiness.js';
import { live } from './live/contract.js';
import { management } from './management/contract.js';
import { message } from './message/contract.js';
import { messageAttempt } from './message-attempt/contract.js';
import { operationalWebhookEndpoint } from './operational-webhook/contract.js';
import { portalSession } from './portal-session/contract.js';
import { statistics } from './statistics/contract.js';

/**
 * Every operation of the API, once. The server implements it, the client calls it, the OpenAPI document is written
 * from it. Annotated instead of inferred: nested inference makes the declaration files grow without end.
 */
export const contract: {
  message: typeof message;
  messageAttempt: typeof messageAttempt;
  authentication: typeof authentication;
  portalSession: typeof portalSession;
  application: typeof application;
  endpoint: typeof endpoint;
  eventType: typeof eventType;
  events: typeof events;
  operationalWebhookEndpoint: typeof operationalWebhookEndpoint;
  backgroundTask: typeof backgroundTask;
  environment: typeof environment;
  statistics: typeof statistics;
  health: typeof health;
  readiness: typeof readiness;
  management: typeof management;
  environmentSettings: typeof environmentSettings;
  auditLog: typeof auditLog;
  live: typeof live;
} = {
  message,
  messageAttempt,
  authentication,
  portalSession,
  application,
  endpoint,
  eventType,
  events,
  operationalWebhookEndpoint,
  backgroundTask,
  environment,
  statistics,
  health,
  readiness,
  management,
  environmentSettings,
  auditLog,
  live,
};
export type Contract = typeof contract;
