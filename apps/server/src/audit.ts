import { type AuditAction, ID_PREFIX } from '@postrider/contract';
import type { Actor, Context, RequestContext } from './context.js';
import type { Queryable } from './database/database.js';
import { createId } from './ids.js';
import type { Application } from './storage/application.js';
import { insertAuditEntry } from './storage/audit-entry.js';
import { OPERATIONAL_ENVIRONMENT } from './storage/operational.js';

/** A change to write down: what was done to what. */
export interface AuditEntry {
  /** Whose log it stands in. */
  readonly environmentId: string;
  readonly action: AuditAction;
  /** Id of what was changed. */
  readonly target: string;
  /** The application that the target is in. */
  readonly applicationId?: string;
  /** More about it. Never a secret, a token, or what a customer wrote. */
  readonly details?: Readonly<Record<string, string>>;
  /** Who did it, where the request does not say: whoever opens a link has no token yet. */
  readonly actor?: Actor;
}

/**
 * Writes a change into the audit log, the only place that does. Belongs in the transaction of the change: neither is
 * there without the other. Who did it is the caller of the request; without a request, the system.
 */
export async function recordAudit(
  ctx: Context | RequestContext,
  transaction: Queryable,
  entry: AuditEntry,
): Promise<void> {
  const createdAt = ctx.clock.now();
  const request = 'requestId' in ctx ? ctx : undefined;
  await insertAuditEntry(transaction, {
    environmentId: entry.environmentId,
    id: createId(ID_PREFIX.auditEntry, createdAt),
    action: entry.action,
    actor: entry.actor ?? request?.actor ?? { kind: 'system', id: null },
    target: entry.target,
    applicationId: entry.applicationId ?? null,
    requestId: request?.requestId ?? null,
    details: entry.details ?? {},
    createdAt,
  });
}

/** What log lines name of an endpoint; `operational` is there for operational endpoints alone. */
export const namesOfEndpoint = (
  application: Application,
  endpointId: string,
): { environmentId: string; applicationId: string; endpointId: string; operational?: true } => ({
  environmentId: concernedEnvironment(application),
  applicationId: application.id,
  endpointId,
  ...(application.environment_id === OPERATIONAL_ENVIRONMENT ? { operational: true } : {}),
});

/** Whose logs a change in an application stands in: operational endpoints are of the environment that they tell about. */
export const concernedEnvironment = (application: Application): string =>
  application.environment_id === OPERATIONAL_ENVIRONMENT
    ? (application.uid ?? application.environment_id)
    : application.environment_id;
