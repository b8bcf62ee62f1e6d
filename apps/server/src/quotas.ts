import type { Context } from './context.js';
import type { Queryable } from './database/database.js';
import { AppError, invalidInput, payloadTooLarge } from './errors.js';
import { countEndpoints } from './storage/endpoint.js';

/**
 * Checks that the application may have one more endpoint. Runs in the transaction that makes it, under the lock of the
 * application: of several at once the last ones are refused.
 *
 * @throws AppError 400 when it has as many as the operator allows
 */
export async function checkEndpointQuota(
  { config }: Context,
  transaction: Queryable,
  applicationId: string,
): Promise<void> {
  const most = config.limits.endpointsPerApplication;
  if (most === undefined || (await countEndpoints(transaction, applicationId)) < most) return;
  throw new AppError(400, 'limit_reached', `An application can have at most ${most} endpoints.`);
}

/** @throws AppError 413 when the payload is larger than the operator allows */
export function checkPayloadSize({ config }: Context, payload: string): void {
  const most = config.limits.payloadBytes;
  // No text has more bytes than three for each of its units.
  if (most === undefined || payload.length * 3 <= most) return;
  if (Buffer.byteLength(payload) > most) throw payloadTooLarge();
}

/**
 * Checks the channels of a message or an endpoint against the operator's limit, where that is lower than the API's.
 *
 * @throws InvalidInputError
 */
export function checkChannels({ config }: Context, channels: readonly string[] | null | undefined): void {
  const most = config.limits.channels;
  if (!channels || channels.length <= most) return;
  throw invalidInput(
    ['body', 'channels'],
    `Channels must have at least 1 and at most ${most} items, or be set to null.`,
  );
}
