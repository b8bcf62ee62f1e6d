import type { Access, ApiKeyScope, Capability } from '@postrider/contract';
import type { Context } from '../context.js';
import { authenticationFailed, insufficientAccess, notFound } from '../errors.js';
import type { Caller, EnvironmentCaller, SessionCaller } from '../handlers.js';
import { type Application, findApplication } from '../storage/application.js';

/** What a key needs where the operation says nothing. */
const STANDARD_SCOPES: readonly ApiKeyScope[] = ['environment'];

function requireScope(caller: EnvironmentCaller, scopes = STANDARD_SCOPES): void {
  if (scopes.some((scope) => caller.scopes.includes(scope))) return;
  throw insufficientAccess(`The key lacks the scope for this operation; it needs ${scopes.join(' or ')}.`);
}

function requireCapability({ session }: SessionCaller, capabilities: readonly Capability[]): void {
  if (!capabilities.some((capability) => session.capabilities.includes(capability))) {
    throw insufficientAccess();
  }
}

/** A token that is bound to an application knows no other. */
function requireOwnApplication(caller: EnvironmentCaller, idOrUid: string | undefined): void {
  if (caller.applicationId === null || idOrUid === undefined) return;
  if (idOrUid !== caller.applicationId && idOrUid !== caller.applicationUid) throw notFound();
}

/**
 * Enforces an operation's access, the only place that does. Gives the application where the access names one.
 *
 * @throws AppError 401 without a caller, 403 for the wrong kind of token, a missing scope or a missing capability, 404
 *   for an application that is not there or not the caller's
 */
export async function authorize(
  context: Context,
  access: Access,
  caller: Caller | undefined,
  applicationIdOrUid: string | undefined,
): Promise<Application | undefined> {
  if (access.kind === 'public') return undefined;
  if (!caller) throw authenticationFailed();
  if (access.kind === 'session') {
    if (caller.kind !== 'session') throw insufficientAccess();
    return undefined;
  }
  if (caller.kind === 'environment') {
    requireScope(caller, access.scopes);
    requireOwnApplication(caller, applicationIdOrUid);
  }
  switch (access.kind) {
    case 'authenticated':
      if (caller.kind === 'session') requireCapability(caller, access.capabilities);
      return undefined;
    case 'environment':
      if (caller.kind !== 'environment') throw insufficientAccess();
      return undefined;
    case 'application': {
      const application = await findApplication(
        context.database.kysely,
        caller.environmentId,
        applicationIdOrUid ?? '',
      );
      const foreign = caller.kind === 'session' && application?.id !== caller.session.applicationId;
      if (!application || foreign) throw notFound();
      if (caller.kind === 'session') requireCapability(caller, access.capabilities);
      return application;
    }
  }
}
