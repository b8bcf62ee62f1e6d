import type { Context } from '../../context.js';
import type { Queryable } from '../../database/database.js';
import { invalidInput } from '../../errors.js';
import { findUnusableEventTypes } from '../../storage/event-type.js';
import { OPERATIONAL_ENVIRONMENT } from '../../storage/operational.js';

/**
 * Checks the address of an endpoint. Where it leads is checked at each delivery.
 *
 * @throws InvalidInputError when it is not https, and the operator wants that
 */
export function checkUrl(ctx: Context, url: string | undefined): void {
  if (url === undefined || !ctx.config.endpoints.httpsOnly || url.startsWith('https:')) return;
  throw invalidInput(['body', 'url'], 'Endpoint URL schemes must be https when endpoint_https_only is set.');
}

/**
 * Checks the event types that an endpoint begins to listen to. Those that it listens to already may have been archived
 * or removed since: they can stay.
 *
 * @throws InvalidInputError naming those that are not defined or archived
 */
export async function checkEventTypes(
  database: Queryable,
  environmentId: string,
  wanted: readonly string[] | null | undefined,
  present: readonly string[] | null,
): Promise<void> {
  // Operational events are no catalogue of anybody: the contract knows their types.
  if (environmentId === OPERATIONAL_ENVIRONMENT) return;
  const added = (wanted ?? []).filter((name) => !present?.includes(name));
  const unusable = await findUnusableEventTypes(database, environmentId, added);
  if (unusable.length === 0) return;
  throw invalidInput(['body', 'eventTypes'], `The following event types don't exist: ${unusable.join(', ')}`);
}
