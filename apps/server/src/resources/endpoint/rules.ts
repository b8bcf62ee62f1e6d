import type { RequestContext } from '../../context.js';
import type { Queryable } from '../../database/database.js';
import { AppError, invalidInput } from '../../errors.js';
import { countEndpoints } from '../../storage/endpoint.js';
import { OPERATIONAL_ENVIRONMENT } from '../../storage/operational.js';
import type { Fields } from './fields.js';

/** What an environment demands of its endpoints; those that it has already stay as they are. */
export interface EndpointRules {
  readonly httpsOnly: boolean;
  readonly needsEventTypes: boolean;
  readonly needsChannels: boolean;
  /** How many an application may have; null: any number. */
  readonly limit: number | null;
}

/** The lowest of the limits that are set; null when none is. */
function lowest(...limits: readonly (number | null | undefined)[]): number | null {
  const set = limits.filter((limit) => limit !== null && limit !== undefined);
  return set.length === 0 ? null : Math.min(...set);
}

/**
 * The rules of an environment. How many endpoints there may be is a rule for customers: the operator's own, which get
 * operational webhooks, are not counted. Asked for before a transaction: a look at the settings may need a connection.
 */
export async function rulesOf(ctx: RequestContext, environmentId: string): Promise<EndpointRules> {
  const settings = await ctx.settings.of(environmentId);
  return {
    httpsOnly: ctx.config.endpoints.httpsOnly || settings.enforceHttps === true,
    needsEventTypes: settings.requireEndpointFilterTypes === true,
    needsChannels: settings.requireEndpointChannel === true,
    limit:
      environmentId === OPERATIONAL_ENVIRONMENT
        ? null
        : lowest(settings.endpointsPerAppLimit, ctx.config.limits.endpointsPerApplication),
  };
}

/**
 * Checks what a caller sets; absent fields are not looked at. Where the address leads is checked at each delivery.
 *
 * @throws InvalidInputError
 */
export function checkFields(rules: EndpointRules, { url, eventTypes, channels }: Partial<Fields>): void {
  if (url !== undefined && rules.httpsOnly && !url.startsWith('https:')) {
    throw invalidInput(
      ['body', 'url'],
      'Endpoint URL schemes must be https when endpoint_https_only is set.',
    );
  }
  if (rules.needsEventTypes && eventTypes === null) {
    throw invalidInput(['body', 'eventTypes'], 'The environment requires endpoints to name event types.');
  }
  if (rules.needsChannels && channels === null) {
    throw invalidInput(['body', 'channels'], 'The environment requires endpoints to name channels.');
  }
}

/**
 * Runs in the transaction that makes an endpoint: changes of one application come one after the other.
 *
 * @throws AppError 400 when the application has as many as it may
 */
export async function refuseBeyondLimit(
  transaction: Queryable,
  { limit }: EndpointRules,
  applicationId: string,
): Promise<void> {
  if (limit === null || (await countEndpoints(transaction, applicationId)) < limit) return;
  throw new AppError(400, 'limit_reached', `An application can have at most ${limit} endpoints.`);
}
