import { z } from 'zod';
import { cancelRange } from '../storage/claim.js';
import { defineKind } from './kind.js';

/** Deliveries that one step looks at. */
const SCAN = 1_000;

/**
 * Cancels what waits for an endpoint, of messages before a bound. The endpoint is in the input: this task does not wait
 * for the replays that it may be meant to end.
 */
export const cancelKind = defineKind({
  name: 'endpoint.cancel-msgs',
  input: z.object({ applicationId: z.string(), endpointId: z.string(), under: z.string() }),
  state: z.object({ over: z.string(), messagesCanceled: z.number() }),
  begin: { state: { over: '', messagesCanceled: 0 }, data: { messagesCanceled: 0 } },
  step: async (ctx, transaction, { input, state }) => {
    const { count, last } = await cancelRange(
      transaction,
      input,
      { over: state.over, under: input.under },
      SCAN,
    );
    ctx.metrics.deliveriesCanceled.inc(count);
    const messagesCanceled = state.messagesCanceled + count;
    return {
      state: { over: last ?? state.over, messagesCanceled },
      data: { messagesCanceled },
      next: last === null ? 'finished' : 'more',
    };
  },
});
