import { application } from './application/contract.js';
import { authentication } from './authentication/contract.js';
import { health } from './health/contract.js';
import { portalSession } from './portal-session/contract.js';

/**
 * Every operation of the API, once. The server implements it, the client calls it, the OpenAPI document is written
 * from it. Annotated instead of inferred: nested inference makes the declaration files grow without end.
 */
export const contract: {
  authentication: typeof authentication;
  portalSession: typeof portalSession;
  application: typeof application;
  health: typeof health;
} = { authentication, portalSession, application, health };
export type Contract = typeof contract;
