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
import { sumEndpoint } from '../../storage/activity.js';
import type { Application } from '../../storage/application.js';
import { SPAN } from '../../storage/attempt-tally.js';
import { countAttempts, countOpenDeliveries, findHeldBack } from '../../storage/endpoint-stats.js';
import { ceilTo, floorTo, spanAt, toRows } from '../activity-query.js';

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

/**
 * Attempts that succeeded and failed. Of what is older than 3 days whole hours are counted; what is younger is counted to
 * the instant: the 5 minutes that lie in the period with a part only are counted attempt by attempt.
 */
async function countEnded(
  ctx: RequestContext,
  key: { readonly applicationId: string; readonly endpointId: string },
  { since, until }: Period,
  now: Date,
): Promise<{ success: number; fail: number }> {
  const database = ctx.database.kysely;
  const isFresh = (at: Date) => spanAt(at, now) === SPAN.fiveMinutes;
  const first = isFresh(since) ? ceilTo(since, SPAN.fiveMinutes) : floorTo(since, SPAN.hour);
  const open = until >= now || !isFresh(until);
  const last = open ? ceilTo(until, spanAt(until, now)) : floorTo(until, SPAN.fiveMinutes);
  const instantBefore = (at: Date) => new Date(at.getTime() - 1);
  const edges: Period[] =
    first > last
      ? [{ since, until }]
      : [
          ...(since < first ? [{ since, until: instantBefore(first) }] : []),
          ...(open ? [] : [{ since: last, until }]),
        ];
  const counted: { success: number; fail: number }[] = [
    first < last ? await sumEndpoint(database, key, { since: first, until: last }) : { success: 0, fail: 0 },
  ];
  for (const edge of edges) counted.push(await countAttempts(database, key, idsOf(ID_PREFIX.attempt, edge)));
  return {
    success: counted.reduce((sum, one) => sum + one.success, 0),
    fail: counted.reduce((sum, one) => sum + one.fail, 0),
  };
}

/**
 * The endpoint's attempts of a period by how they ended, deliveries that were canceled in it (in the whole 5 minutes or
 * hours that it touches), and those of its messages that wait.
 *
 * @throws AppError 404, 400 for a period that cannot be
 */
export async function countByStatus(
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
  bounds: Bounds,
): Promise<EndpointStats> {
  const database = ctx.database.kysely;
  const now = ctx.clock.now();
  const period = readPeriod(bounds, now);
  const endpoint = await requireEndpoint(database, application.id, idOrUid);
  const key = { applicationId: application.id, endpointId: endpoint.id };
  if (period.until < period.since) return { success: 0, fail: 0, pending: 0, sending: 0, canceled: 0 };
  const { success, fail } = await countEnded(ctx, key, period, now);
  const { canceled } = await sumEndpoint(database, key, toRows(period, now));
  const open = await countOpenDeliveries(database, key, idsOf(ID_PREFIX.message, period));
  return { success, fail, ...open, canceled };
}

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
  const database = ctx.database.kysely;
  const endpoint = await requireEndpoint(database, application.id, idOrUid);
  const { success, fail, canceled } = await sumEndpoint(
    database,
    { applicationId: application.id, endpointId: endpoint.id },
    period,
  );
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
