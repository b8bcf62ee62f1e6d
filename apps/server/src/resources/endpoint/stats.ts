import {
  type EndpointAttemptStats,
  type EndpointStats,
  type EndpointThrottleRateStatusOut,
  ID_PREFIX,
} from '@postrider/contract';
import type { RequestContext } from '../../context.js';
import { refill } from '../../dispatch/throttle.js';
import { requireEndpoint } from '../../endpoints.js';
import { AppError } from '../../errors.js';
import { endId, startId } from '../../ids.js';
import type { Application } from '../../storage/application.js';
import { countAttempts, countOpenDeliveries, findHeldBack } from '../../storage/endpoint-stats.js';

const HOUR_MS = 3_600_000;
/** Longest period, and what clocks and slow requests may add to it. */
const MAX_PERIOD_MS = 28 * 24 * HOUR_MS;
const SLACK_MS = 300_000;

/** What a caller gives of a period. */
interface Bounds {
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

interface Period {
  readonly since: Date;
  readonly until: Date;
}

/**
 * The period that is meant.
 *
 * @throws AppError 400 when it ends in the future or is too long
 */
export function readPeriod(bounds: Bounds, now: Date): Period {
  const until = bounds.until ?? now;
  const since = bounds.since ?? new Date(until.getTime() - MAX_PERIOD_MS);
  if (until > now) throw new AppError(400, 'invalid_range', "'until' cannot be in the future");
  if (until.getTime() - since.getTime() > MAX_PERIOD_MS + SLACK_MS) {
    const end = until.toISOString().replace('T', ' ').replace('Z', ' UTC');
    throw new AppError(400, 'invalid_range', `'since' cannot be more than 28 days prior to ${end}`);
  }
  return { since, until };
}

/** The whole hours that the period touches. */
export const toWholeHours = ({ since, until }: Period): Period => ({
  since: new Date(Math.floor(since.getTime() / HOUR_MS) * HOUR_MS),
  until: new Date(Math.ceil(until.getTime() / HOUR_MS) * HOUR_MS),
});

const idsOf = (prefix: string, { since, until }: Period) => ({
  first: startId(prefix, since),
  last: endId(prefix, until),
});

async function count(
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
  period: Period,
): Promise<EndpointStats> {
  const database = ctx.database.kysely;
  const endpoint = await requireEndpoint(database, application.id, idOrUid);
  const key = { applicationId: application.id, endpointId: endpoint.id };
  const ended = await countAttempts(database, key, idsOf(ID_PREFIX.attempt, period));
  const open = await countOpenDeliveries(database, key, idsOf(ID_PREFIX.message, period));
  return { ...ended, ...open };
}

/**
 * The endpoint's attempts of a period by how they ended, and its messages of the period that wait or were canceled.
 *
 * @throws AppError 404, 400 for a period that cannot be
 */
export const countByStatus = (
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
  bounds: Bounds,
): Promise<EndpointStats> => count(ctx, application, idOrUid, readPeriod(bounds, ctx.clock.now()));

/**
 * The same without what waits, of whole hours.
 *
 * @throws AppError 404, 400 for a period that cannot be
 */
export async function countEndedByHours(
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
  bounds: Bounds,
): Promise<EndpointAttemptStats> {
  const period = toWholeHours(readPeriod(bounds, ctx.clock.now()));
  const { success, fail, canceled } = await count(ctx, application, idOrUid, period);
  return { success, fail, canceled };
}

/**
 * Whether the endpoint's throttle holds messages back now.
 *
 * @throws AppError 404
 */
export async function describeThrottle(
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
): Promise<EndpointThrottleRateStatusOut> {
  const database = ctx.database.kysely;
  const endpoint = await requireEndpoint(database, application.id, idOrUid);
  const rate = endpoint.throttle_rate;
  const now = ctx.clock.now();
  const held =
    rate === null
      ? undefined
      : await findHeldBack(database, { applicationId: application.id, endpointId: endpoint.id }, now);
  const isHeldBack =
    rate !== null && held !== undefined && held.dueSince !== null && refill(held, rate, now) < 1;
  return isHeldBack
    ? { status: 'RateLimited', throttledSince: held.dueSince?.toISOString() ?? null }
    : { status: 'Ok', throttledSince: null };
}
