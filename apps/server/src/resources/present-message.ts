import type { MessageOut, MessageRawPayloadOut } from '@postrider/contract';
import { isTooDeep } from '../json-depth.js';
import type { Message } from '../storage/message.js';

/** What stands in the place of a payload that is not kept any more (spec: wire behaviour, section 6.4). */
const EXPIRED = { expired: true };

/** A payload as it was sent, or what stands in its place, and says so. */
export const presentRawPayload = ({ payload }: Message): MessageRawPayloadOut =>
  payload === null ? { payload: JSON.stringify(EXPIRED), expired: true } : { payload };

/** A payload as callers read it. A raw one that is no JSON object, or nests too deep, cannot be shown in that form. */
function presentPayload(text: string | null): Record<string, unknown> {
  if (text === null || isTooDeep(text)) return EXPIRED;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Raw and no JSON.
  }
  return EXPIRED;
}

/** A message as callers see it; without content its payload is `{}`. */
export const presentMessage = (row: Message, withContent: boolean): MessageOut => ({
  eventId: row.event_id,
  eventType: row.event_type,
  payload: withContent ? presentPayload(row.payload) : {},
  channels: row.channels,
  id: row.id,
  timestamp: row.created_at.toISOString(),
  tags: row.tags,
  deliverAt: row.deliver_at?.toISOString() ?? null,
});
