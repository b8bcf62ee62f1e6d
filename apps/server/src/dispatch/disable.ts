import type { Context } from '../context.js';
import { events } from '../observability/events.js';
import { announce } from '../operational.js';
import {
  clearFirstFailure,
  type DisableReason,
  disableEndpoint,
  noteFailure,
  succeededSince,
} from '../storage/endpoint-health.js';
import type { KnownEndpoint } from './application-cache.js';
import type { Delivered } from './deliver.js';

/**
 * What outcomes mean for an endpoint as a whole (spec: wire behaviour, section 7.6, kept in the database):
 * - 410, or the reply header `webhook-delivery: disable`, disables it at once,
 * - a message that failed to the end starts a clock, unless it runs; when one fails to the end after it ran out, the
 *   endpoint is disabled,
 * - a success stops the clock.
 */
export class EndpointHealth {
  readonly #ctx: Context;
  readonly #wake: (at: Date) => void;
  /** Endpoints whose clock runs, as far as this process knows. */
  readonly #failing = new Set<string>();

  /** @param wake is told when deliveries have become due */
  constructor(ctx: Context, wake: (at: Date) => void) {
    this.#ctx = ctx;
    this.#wake = wake;
  }

  async judge(endpoint: KnownEndpoint, { outcome, exhausted }: Delivered): Promise<void> {
    if (outcome.kind !== 'failure' && outcome.endpoint.disable) {
      return this.#disable(endpoint, outcome.endpoint.why);
    }
    if (outcome.kind === 'success') {
      if (!this.#failing.delete(endpoint.id)) return;
      await clearFirstFailure(this.#ctx.database.kysely, endpoint.applicationId, endpoint.id);
      return;
    }
    if (exhausted) await this.#noteExhausted(endpoint);
  }

  async #noteExhausted(endpoint: KnownEndpoint): Promise<void> {
    const { database, clock, config } = this.#ctx;
    const now = clock.now();
    const since = await noteFailure(database.kysely, endpoint.applicationId, endpoint.id, now);
    if (!since) return;
    this.#failing.add(endpoint.id);
    const isOver = now.getTime() - since.getTime() >= config.dispatch.failureDisableAfterMs;
    if (!isOver || since.getTime() === now.getTime()) return;
    // A success in a process that did not know of the clock has not stopped it: it is looked for before the last step.
    if (await succeededSince(database.kysely, endpoint.applicationId, endpoint.id, since)) {
      await clearFirstFailure(database.kysely, endpoint.applicationId, endpoint.id);
      await noteFailure(database.kysely, endpoint.applicationId, endpoint.id, now);
      return;
    }
    await this.#disable(endpoint, 'failing');
  }

  async #disable({ applicationId, id: endpointId }: KnownEndpoint, reason: DisableReason): Promise<void> {
    const { database, clock } = this.#ctx;
    this.#failing.delete(endpointId);
    const now = clock.now();
    const done = await database.kysely.transaction().execute(async (transaction) => {
      const endpoint = await disableEndpoint(transaction, applicationId, endpointId, reason, now);
      if (!endpoint) return undefined;
      const failSince = reason === 'failing' ? (endpoint.firstFailureAt?.toISOString() ?? null) : null;
      const { applicationUid: appUid, uid: endpointUid } = endpoint;
      const heard = await announce(this.#ctx, transaction, endpoint.environmentId, [
        {
          type: 'endpoint.disabled',
          data: { appId: applicationId, appUid, endpointId, endpointUid, trigger: 'automatic', failSince },
        },
      ]);
      return { heard };
    });
    if (!done) return;
    events.endpointDisabledByOutcome(this.#ctx, { applicationId, endpointId, reason });
    if (done.heard) this.#wake(now);
  }
}
