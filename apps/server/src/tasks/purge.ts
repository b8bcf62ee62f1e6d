import { z } from 'zod';
import { eraseAnswersBehind, erasePayloadsBetween } from '../storage/content.js';
import { defineKind } from './kind.js';

/** Messages, or attempts, that one step looks at. */
const SCAN = { messages: 200, attempts: 400 };

/**
 * Erases the contents of an application: first payloads, so that nothing goes out any more, then the answers, which may
 * repeat them.
 */
export const purgeKind = defineKind({
  name: 'application.purge_content',
  input: z.object({ under: z.string() }),
  state: z.object({
    over: z.string().nullable(),
    answer: z.object({ messageId: z.string(), id: z.string() }),
    messagesPurged: z.number(),
  }),
  begin: {
    state: { over: '', answer: { messageId: '', id: '' }, messagesPurged: 0 },
    data: { messagesPurged: 0 },
  },
  step: async (_ctx, transaction, { applicationId, input: { under }, state }) => {
    if (applicationId === null) throw new Error('a purge without an application');
    const { over, answer, messagesPurged } = state;
    if (over !== null) {
      const { count, last } = await erasePayloadsBetween(
        transaction,
        applicationId,
        { over, under },
        SCAN.messages,
      );
      const purged = messagesPurged + count;
      return {
        state: { over: last, answer, messagesPurged: purged },
        data: { messagesPurged: purged },
        next: 'more',
      };
    }
    const last = await eraseAnswersBehind(transaction, applicationId, answer, under, SCAN.attempts);
    return {
      state: { over, answer: last ?? answer, messagesPurged },
      data: { messagesPurged },
      next: last === null ? 'finished' : 'more',
    };
  },
});
