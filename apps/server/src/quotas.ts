import type { Context } from './context.js';
import { invalidInput, payloadTooLarge } from './errors.js';

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
