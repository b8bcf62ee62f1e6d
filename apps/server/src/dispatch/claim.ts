import type { Context } from '../context.js';
import type { Queryable } from '../database/database.js';
import {
  type ClaimedDelivery,
  cancelDeliveries,
  claimDeliveries,
  type DueEndpoint,
  lockApplicationBuckets,
  lockDueEndpoints,
  updateApplicationBucket,
  updateWork,
  type WorkUpdate,
} from '../storage/claim.js';
import type { Lanes } from './lanes.js';
import { nextTokenAt, refill } from './throttle.js';

/** Endpoints looked at by one claim, deliveries taken by one, and deliveries closed by one for each endpoint. */
const MAX_ENDPOINTS = 64;
const MAX_DELIVERIES = 256;
const MAX_CANCELED = 500;
/** How much longer than a request a lease lasts: for the time before and after it, in ms. */
const LEASE_MARGIN_MS = 45_000;

/** What a claim came to. */
export interface Claim {
  readonly deliveries: readonly (ClaimedDelivery & { readonly revision: number })[];
  readonly canceled: number;
  /** Whether more may be due at once. */
  readonly more: boolean;
}

const NOTHING: Claim = { deliveries: [], canceled: 0, more: false };

interface Share {
  readonly endpoint: DueEndpoint;
  /** 0 where it has no token, or the others took the last places. */
  readonly limit: number;
  /** Tokens of its own bucket before the claim; undefined when it is not throttled. */
  readonly tokens: number | undefined;
}

/**
 * Takes deliveries that are due for `owner`, a fair share for each endpoint: at most what it may get at once, what its
 * throttle and its application's allow, and an equal part of what is free. Deliveries of closed endpoints are canceled.
 */
export async function claim(ctx: Context, lanes: Lanes, owner: number): Promise<Claim> {
  const now = ctx.clock.now();
  const free = Math.min(lanes.free, MAX_DELIVERIES);
  if (free < 1) return NOTHING;
  return ctx.database.kysely.transaction().execute(async (transaction) => {
    const due = await lockDueEndpoints(transaction, now, lanes.full(), MAX_ENDPOINTS);
    if (due.length === 0) return NOTHING;
    const closed = due.filter((one) => one.closed);
    // Those without room stay as they are: the next claim passes them over, until they have some.
    const open = due.filter((one) => !one.closed && lanes.room(one.endpointId) > 0);
    const canceled = closed.length > 0 ? await cancelDeliveries(transaction, closed, MAX_CANCELED) : 0;
    const pools = await lockPools(transaction, open, now);
    const shares = divide(open, lanes, free, pools, now);
    const deliveries = await take(ctx, transaction, shares, owner, now);
    await settle(transaction, { closed, shares, deliveries, pools, now });
    const revisions = new Map(open.map((one) => [one.endpointId, one.revision]));
    return {
      deliveries: deliveries.map((one) => ({ ...one, revision: revisions.get(one.endpointId) ?? 0 })),
      canceled,
      more: due.length === MAX_ENDPOINTS || canceled > 0 || deliveries.length > 0,
    };
  });
}

/** Bucket of a throttled application during one claim. */
interface Pool {
  readonly rate: number;
  tokens: number;
}

async function lockPools(
  transaction: Queryable,
  open: readonly DueEndpoint[],
  now: Date,
): Promise<Map<string, Pool>> {
  const rates = new Map<string, number>();
  for (const { applicationId, applicationThrottleRate } of open) {
    if (applicationThrottleRate !== null) rates.set(applicationId, applicationThrottleRate);
  }
  if (rates.size === 0) return new Map();
  const wanted = [...rates].map(([id, rate]) => ({ id, rate }));
  const buckets = await lockApplicationBuckets(transaction, wanted, now);
  return new Map(
    buckets.map((bucket) => {
      const rate = rates.get(bucket.applicationId) ?? 1;
      return [bucket.applicationId, { rate, tokens: refill(bucket, rate, now) }];
    }),
  );
}

function divide(
  open: readonly DueEndpoint[],
  lanes: Lanes,
  free: number,
  pools: ReadonlyMap<string, Pool>,
  now: Date,
): Share[] {
  let left = free;
  return open.map((endpoint, index) => {
    const fair = Math.max(1, Math.ceil(left / (open.length - index)));
    const tokens = endpoint.throttleRate === null ? undefined : refill(endpoint, endpoint.throttleRate, now);
    const pool = pools.get(endpoint.applicationId);
    const limit = Math.max(
      0,
      Math.floor(Math.min(lanes.room(endpoint.endpointId), fair, left, tokens ?? fair, pool?.tokens ?? fair)),
    );
    left -= limit;
    if (pool) pool.tokens -= limit;
    return { endpoint, limit, tokens };
  });
}

async function take(
  ctx: Context,
  transaction: Queryable,
  shares: readonly Share[],
  owner: number,
  now: Date,
): Promise<ClaimedDelivery[]> {
  const wanted = shares
    .filter(({ limit }) => limit > 0)
    .map(({ endpoint, limit }) => ({
      applicationId: endpoint.applicationId,
      endpointId: endpoint.endpointId,
      limit,
    }));
  if (wanted.length === 0) return [];
  const leaseUntil = new Date(now.getTime() + ctx.config.dispatch.requestTimeoutMs + LEASE_MARGIN_MS);
  return claimDeliveries(transaction, wanted, owner, now, leaseUntil);
}

interface Settlement {
  readonly closed: readonly DueEndpoint[];
  readonly shares: readonly Share[];
  readonly deliveries: readonly ClaimedDelivery[];
  readonly pools: ReadonlyMap<string, Pool>;
  readonly now: Date;
}

/** Writes back what the buckets hold after what was really taken, and when to look again. */
async function settle(transaction: Queryable, settlement: Settlement): Promise<void> {
  const { closed, shares, deliveries, pools, now } = settlement;
  const takenOf = new Map<string, number>();
  for (const { endpointId } of deliveries) takenOf.set(endpointId, (takenOf.get(endpointId) ?? 0) + 1);
  for (const { endpoint, limit } of shares) {
    const pool = pools.get(endpoint.applicationId);
    if (pool) pool.tokens += limit - (takenOf.get(endpoint.endpointId) ?? 0);
  }
  for (const [applicationId, pool] of pools) {
    await updateApplicationBucket(transaction, applicationId, pool.tokens, now);
  }
  const updates: WorkUpdate[] = shares.map(({ endpoint, tokens }) => {
    const { applicationId, endpointId, throttleRate } = endpoint;
    const taken = takenOf.get(endpointId) ?? 0;
    const own = tokens === undefined ? undefined : tokens - taken;
    const pool = pools.get(applicationId);
    const waits = [
      own !== undefined && own < 1 ? nextTokenAt(own, throttleRate ?? 1, now) : undefined,
      pool && pool.tokens < 1 ? nextTokenAt(pool.tokens, pool.rate, now) : undefined,
    ].filter((wait) => wait !== undefined);
    const notBefore = waits.length === 0 ? null : new Date(Math.max(...waits.map((wait) => wait.getTime())));
    return {
      applicationId,
      endpointId,
      tokens: own ?? 0,
      refilledAt: own === undefined ? null : now,
      notBefore,
      notAfter: null,
    };
  });
  // What one claim could not cancel all of is looked at again at once, whenever it is due.
  const closing = closed.map(({ applicationId, endpointId }) => ({
    applicationId,
    endpointId,
    tokens: 0,
    refilledAt: null,
    notBefore: null,
    notAfter: now,
  }));
  await updateWork(transaction, [...updates, ...closing]);
}
