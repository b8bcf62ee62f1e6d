import { type contract, ID_PREFIX } from '@postrider/contract';
import { requireEndpoint } from '../../endpoints.js';
import type { Handlers } from '../../handlers.js';
import { readNewAttempts, readNewMessages } from '../../storage/live.js';
import { findMessages } from '../../storage/message-list.js';
import { toLabelFilter } from '../label-query.js';
import { presentAttempt } from '../present-attempt.js';
import { presentMessage } from '../present-message.js';
import { follow } from './follow.js';
import { readPlace } from './place.js';

/** How long a commit may take, in ms: after a message's id was made, or after a request to an endpoint ended. */
const COMMIT_MS = 60_000;

export const liveRoutes: Handlers<typeof contract.live> = {
  messages: async ({ ctx, connection, application, query, headers }) => {
    const filter = toLabelFilter(query);
    const from = readPlace(ID_PREFIX.message, headers['last-event-id']);
    const events = follow(
      ctx,
      connection,
      {
        event: 'message',
        prefix: ID_PREFIX.message,
        delayMs: COMMIT_MS,
        read: (window) => readNewMessages(ctx.database.kysely, application.id, filter, window),
        present: async (rows) => rows.map((row) => presentMessage(row, false)),
      },
      from,
    );
    return { status: 200, body: events };
  },
  attempts: async ({ ctx, connection, application, params, query, headers }) => {
    const database = ctx.database.kysely;
    const filter = { ...toLabelFilter(query), status: query.status };
    const from = readPlace(ID_PREFIX.attempt, headers['last-event-id']);
    const { id: endpointId } = await requireEndpoint(database, application.id, params.endpoint_id);
    const key = { applicationId: application.id, endpointId };
    const events = follow(
      ctx,
      connection,
      {
        event: 'attempt',
        prefix: ID_PREFIX.attempt,
        // The time of an attempt's id is that of its beginning.
        delayMs: ctx.config.dispatch.requestTimeoutMs + COMMIT_MS,
        read: async (window) => {
          await requireEndpoint(database, application.id, endpointId);
          return readNewAttempts(database, key, filter, window);
        },
        present: async (rows) => {
          const ids = rows.map((row) => row.message_id);
          const messages = ids.length === 0 ? new Map() : await findMessages(database, application.id, ids);
          return rows.map((row) => presentAttempt(row, false, messages.get(row.message_id)));
        },
      },
      from,
    );
    return { status: 200, body: events };
  },
};
