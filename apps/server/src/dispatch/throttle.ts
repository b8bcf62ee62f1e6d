/** A token bucket: what is left and when that was counted. */
export interface Bucket {
  readonly tokens: number;
  readonly refilledAt: Date | null;
}

/**
 * Tokens of a bucket now. It holds what a second brings (and at least one), so a burst after a pause is a second's
 * worth at most; a bucket that was never used is full.
 *
 * @param rate tokens per second
 */
export function refill(bucket: Bucket, rate: number, now: Date): number {
  const capacity = Math.max(1, rate);
  if (bucket.refilledAt === null) return capacity;
  const seconds = Math.max(0, now.getTime() - bucket.refilledAt.getTime()) / 1000;
  return Math.min(capacity, bucket.tokens + seconds * rate);
}

/** When the bucket will hold a whole token. */
export function nextTokenAt(tokens: number, rate: number, now: Date): Date {
  return new Date(now.getTime() + Math.max(0, Math.ceil(((1 - tokens) / rate) * 1000)));
}
