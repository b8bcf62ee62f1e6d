import type { Access } from '@postrider/contract';
import type { Context } from '../context.js';
import { authenticationFailed, insufficientAccess, notFound } from '../errors.js';
import type { Caller } from '../handlers.js';
import { type Application, findApplication } from '../storage/application.js';

const hasOneOf = (caller: Caller, capabilities: readonly string[]): boolean =>
  caller.kind === 'environment' ||
  capabilities.some((capability) => (caller.session.capabilities as readonly string[]).includes(capability));

/**
 * Enforces an operation's access, the only place that does. Gives the application where the access names one.
 *
 * @throws AppError 401 without a caller, 403 for the wrong kind of token or a missing capability, 404 for an
 *   application that is not there or not the caller's
 */
export async function authorize(
  context: Context,
  access: Access,
  caller: Caller | undefined,
  applicationIdOrUid: string | undefined,
): Promise<Application | undefined> {
  if (access.kind === 'public') return undefined;
  if (!caller) throw authenticationFailed();
  switch (access.kind) {
    case 'authenticated':
      if (!hasOneOf(caller, access.capabilities)) throw insufficientAccess();
      return undefined;
    case 'environment':
      if (caller.kind !== 'environment') throw insufficientAccess();
      return undefined;
    case 'session':
      if (caller.kind !== 'session') throw insufficientAccess();
      return undefined;
    case 'application': {
      const application = await findApplication(
        context.database.kysely,
        caller.environmentId,
        applicationIdOrUid ?? '',
      );
      const foreign = caller.kind === 'session' && application?.id !== caller.session.applicationId;
      if (!application || foreign) throw notFound();
      if (!hasOneOf(caller, access.capabilities)) throw insufficientAccess();
      return application;
    }
  }
}
