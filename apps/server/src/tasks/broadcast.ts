import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { MessageToAccept } from '../dispatch/accept.js';
import { AppError } from '../errors.js';
import { listEnvironmentApplications } from '../storage/application.js';
import { defineKind, type TaskContext } from './kind.js';

/** Applications of one step: their messages share a commit. */
const APPLICATIONS = 50;

const Input = z.object({
  eventType: z.string(),
  eventId: z.string().nullable(),
  channels: z.array(z.string()).nullable(),
  payload: z.string(),
  payloadExpiresAt: z.iso.datetime().nullable(),
  /** Applications with smaller ids get it: those that there were. */
  under: z.string(),
});

/** The idempotency key of a broadcast at one application: whoever makes a step again finds the message there. */
function keyOf(taskId: string, applicationId: string): string {
  const hex = createHash('sha256').update(`broadcast\n${taskId}\n${applicationId}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

/** Whether the application has the message by now; false when it has another one with that event id. */
async function send(
  { dispatch }: TaskContext,
  environmentId: string,
  applicationId: string,
  message: MessageToAccept,
): Promise<'sent' | 'taken' | 'gone'> {
  try {
    return (await dispatch.accept(environmentId, applicationId, message)) ? 'sent' : 'gone';
  } catch (error) {
    if (error instanceof AppError && error.status === 409) return 'taken';
    throw error;
  }
}

/** Sends one message to every application of the environment, in the order of their ids. */
export const broadcastKind = defineKind({
  name: 'message.broadcast',
  input: Input,
  state: z.object({ over: z.string(), messagesSent: z.number(), eventIdTaken: z.number() }),
  begin: {
    state: { over: '', messagesSent: 0, eventIdTaken: 0 },
    data: { messagesSent: 0, eventIdTaken: 0 },
  },
  repeatableStep: async (ctx, { id, environmentId, input, state }) => {
    const ids = await listEnvironmentApplications(
      ctx.database.kysely,
      environmentId,
      { over: state.over, under: input.under },
      APPLICATIONS,
    );
    const { eventType, eventId, channels, payload, payloadExpiresAt } = input;
    const results = await Promise.all(
      ids.map((applicationId) =>
        send(ctx, environmentId, applicationId, {
          eventType,
          eventId,
          channels,
          tags: null,
          payload,
          headers: null,
          payloadExpiresAt: payloadExpiresAt === null ? null : new Date(payloadExpiresAt),
          deliverAt: null,
          idempotencyKey: keyOf(id, applicationId),
        }),
      ),
    );
    const count = (wanted: string) => results.filter((result) => result === wanted).length;
    const data = {
      messagesSent: state.messagesSent + count('sent'),
      eventIdTaken: state.eventIdTaken + count('taken'),
    };
    const done = ids.length < APPLICATIONS;
    return { state: { over: ids.at(-1) ?? state.over, ...data }, data, next: done ? 'finished' : 'more' };
  },
});
