import type { OperationalEvent } from '@postrider/contract';
import type { RequestContext } from '../../context.js';
import type { Queryable } from '../../database/database.js';
import { notFound } from '../../errors.js';
import { announce } from '../../operational.js';
import { bumpRevision } from '../../storage/application.js';
import type { Endpoint } from '../../storage/endpoint.js';

/** What may be told about a change of an endpoint. */
export type EndpointEventType = Extract<OperationalEvent['type'], `endpoint.${string}`>;

/** Has the environment told about a change, if it happens. */
export type Tell = (type: EndpointEventType, endpoint: Endpoint) => void;

function toEvent(type: EndpointEventType, endpoint: Endpoint, appUid: string | null): OperationalEvent {
  const { application_id: appId, id: endpointId, uid: endpointUid } = endpoint;
  const data = { appId, appUid, endpointId, endpointUid };
  return type === 'endpoint.disabled'
    ? { type, data: { ...data, trigger: 'manual', failSince: null } }
    : { type, data };
}

/**
 * Runs a change of an application's endpoints in one transaction, which also tells every process that remembers them,
 * and the environment's operational endpoints what they listen to. Changes of one application come one after the other:
 * what is read in the transaction stays true until its end. Locks are taken in the order application, endpoint, secrets,
 * work, and last the work of operational endpoints.
 *
 * @throws AppError 404 when the application was deleted meanwhile
 */
export async function changeEndpoints<T>(
  ctx: RequestContext,
  applicationId: string,
  change: (transaction: Queryable, tell: Tell) => Promise<T>,
): Promise<T> {
  const { result, heard } = await ctx.database.kysely.transaction().execute(async (transaction) => {
    const application = await bumpRevision(transaction, applicationId);
    if (!application) throw notFound();
    const told: OperationalEvent[] = [];
    const result = await change(transaction, (type, endpoint) => {
      told.push(toEvent(type, endpoint, application.uid));
    });
    const heard = await announce(ctx, transaction, application.environment_id, told);
    return { result, heard };
  });
  if (heard) ctx.dispatch.wake(ctx.clock.now());
  return result;
}
