import type { EndpointOut } from '@postrider/contract';
import type { RequestContext } from '../../context.js';
import type { Application } from '../../storage/application.js';
import type { Disabling, Endpoint } from '../../storage/endpoint.js';
import { findRecovered } from '../../storage/endpoint-health.js';
import { presentEndpoint } from './present.js';

/** What is noted when an endpoint is disabled or enabled by hand: who did it, and when. */
export const disablingByHand = (ctx: RequestContext, isDisabled: boolean, now: Date): Disabling =>
  isDisabled
    ? { disabledReason: ctx.actor.kind === 'session' ? 'customer' : 'operator', disabledAt: now }
    : { disabledReason: null, disabledAt: null };

/**
 * Presents endpoints with since when they fail. Asks the database once more only where messages of one of them have
 * failed to the end.
 */
export async function presentWithHealth(
  ctx: RequestContext,
  application: Application,
  rows: readonly Endpoint[],
): Promise<Map<string, EndpointOut>> {
  const failing = rows.flatMap(({ id, first_failure_at: since }) => (since === null ? [] : [{ id, since }]));
  const recovered =
    failing.length === 0
      ? new Set<string>()
      : await findRecovered(ctx.database.kysely, application.id, failing);
  return new Map(
    rows.map((row) => {
      const since = recovered.has(row.id) ? null : (row.first_failure_at?.toISOString() ?? null);
      return [row.id, { ...presentEndpoint(row), failingSince: since }];
    }),
  );
}
