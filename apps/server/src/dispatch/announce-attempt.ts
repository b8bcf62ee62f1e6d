import type { OperationalEvent } from '@postrider/contract';
import { toAnnouncement } from '../operational.js';
import type { Announcement } from '../storage/announcement.js';
import type { NewAttempt } from '../storage/record.js';
import type { KnownEndpoint } from './application-cache.js';

/** After so many failures by the schedule a delivery counts as failing, while the schedule goes on. */
const FAILING_AFTER = 4;

type AttemptEventType = Extract<OperationalEvent['type'], `message.attempt.${string}`>;

/** What an attempt needs to be told about. */
interface Tried {
  /** Scheduled attempts that were made before. */
  readonly attempts: number;
  readonly manual: boolean;
  readonly eventId: string | null;
}

/** What the attempt is for the operator; undefined when it is nothing special, and for every resend. */
export function eventTypeOf(
  { attempts, manual }: Pick<Tried, 'attempts' | 'manual'>,
  nextStatus: NewAttempt['nextStatus'],
): AttemptEventType | undefined {
  if (manual) return undefined;
  if (nextStatus === 2) return 'message.attempt.exhausted';
  if (nextStatus === 3) return attempts === FAILING_AFTER - 1 ? 'message.attempt.failing' : undefined;
  return attempts >= FAILING_AFTER ? 'message.attempt.recovered' : undefined;
}

/**
 * What is to be told about an attempt (spec: wire behaviour, section 7.7). It is stored by the statement that records the
 * attempt, and only where that counts.
 */
export function announcementOf(
  endpoint: KnownEndpoint,
  work: Tried,
  attempt: NewAttempt,
): Announcement | undefined {
  const type = eventTypeOf(work, attempt.nextStatus);
  if (type === undefined) return undefined;
  const data = {
    appId: endpoint.applicationId,
    appUid: endpoint.applicationUid,
    msgId: attempt.messageId,
    msgEventId: work.eventId,
    endpointId: endpoint.id,
    lastAttempt: {
      id: attempt.id,
      responseStatusCode: attempt.statusCode,
      timestamp: attempt.createdAt.toISOString(),
    },
  };
  return toAnnouncement(endpoint.environmentId, { type, data }, attempt.createdAt);
}
