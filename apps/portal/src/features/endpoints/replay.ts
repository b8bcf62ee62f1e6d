import { unwrap } from '@postrider/client';
import type { ReplayOut } from '@postrider/contract';
import { useMutation } from '@tanstack/react-query';
import { useOpenSession } from '../session/session-scope';
import { useEndpointParams } from './queries';

/** Ways to send many messages again: what failed, what never came, what fits a filter. */
export const REPLAY_KINDS = ['recover', 'missing', 'bulk'] as const;
export type ReplayKind = (typeof REPLAY_KINDS)[number];

/** States at an endpoint that a replay can be limited to, as numbers of the wire. */
export const REPLAY_STATES = { success: 0, fail: 2, sending: 3, canceled: 4 } as const;
export type ReplayState = keyof typeof REPLAY_STATES;

/** Classes of answers that a replay can be limited to, by what is written of them. */
export const ANSWER_CLASSES = { '2xx': 200, '3xx': 300, '4xx': 400, '5xx': 500 } as const;
export type AnswerClass = keyof typeof ANSWER_CLASSES;

/** What shall be replayed. Filters count for the kind `bulk` alone; what is undefined filters nothing. */
export interface ReplayRequest {
  readonly kind: ReplayKind;
  /** RFC 3339. */
  readonly since: string;
  readonly eventType?: string | undefined;
  readonly channel?: string | undefined;
  readonly tag?: string | undefined;
  readonly state?: ReplayState | undefined;
  readonly answer?: AnswerClass | 'none' | undefined;
}

const NO_ANSWER = 0 as const;

const toFilter = ({ eventType, channel, tag, state, answer }: ReplayRequest) => ({
  eventTypes: eventType === undefined ? null : [eventType],
  channel: channel ?? null,
  tag: tag ?? null,
  status: state === undefined ? null : REPLAY_STATES[state],
  statusCodeClass: answer === undefined ? null : answer === 'none' ? NO_ANSWER : ANSWER_CLASSES[answer],
});

/** Starts a replay; answers the background task that makes it. */
export function useReplay(endpointId: string) {
  const { api } = useOpenSession();
  const params = useEndpointParams(endpointId);
  return useMutation({
    mutationFn: (request: ReplayRequest): Promise<ReplayOut> => {
      const { kind, since } = request;
      if (kind === 'recover') {
        return unwrap(api.endpoint.recover({ params, body: { since }, headers: {} }));
      }
      if (kind === 'missing') {
        return unwrap(api.endpoint.replayMissing({ params, body: { since }, headers: {} }));
      }
      const body = { since, ...toFilter(request) };
      return unwrap(api.endpoint.bulkReplay({ params, body, headers: {} }));
    },
  });
}
