import { z } from 'zod';
import type { Queryable } from '../database/database.js';
import { wakeEndpoint } from '../storage/endpoint-work.js';
import {
  lockReplayTarget,
  type Portion,
  type Queued,
  queueDelivered,
  queueMissing,
  type ReplayTarget,
} from '../storage/replay.js';
import { defineKind, type Step, type Task, type TaskContext } from './kind.js';

/** Messages that one step looks at: few enough that nobody waits behind it. */
const SCAN = 500;
/**
 * Deliveries of the endpoint that may be due while a replay adds to them. So a fresh message that finds no place free
 * waits behind so many at most, however many are replayed.
 */
const MOST_DUE = 100;

/** Messages by their ids; both ends are exclusive. */
const Range = z.object({ over: z.string(), under: z.string() });

const Selection = Range.extend({
  eventTypes: z.array(z.string()).optional(),
  channel: z.string().optional(),
  tag: z.string().optional(),
  status: z.number().optional(),
  statusCodeClass: z.number().optional(),
});

/** Up to where messages are queued, and how many were. */
const State = z.object({ cursor: z.string().nullable(), messagesSent: z.number() });
type State = z.infer<typeof State>;

const begin = { state: { cursor: null, messagesSent: 0 }, data: { messagesSent: 0 } };

type Bounds = z.infer<typeof Range>;
type Queue<Input> = (
  transaction: Queryable,
  key: { applicationId: string; endpointId: string },
  range: Bounds,
  portion: Portion,
  task: { input: Input; target: ReplayTarget },
) => Promise<Queued>;

/** How many may be due at once: of a throttled endpoint no more than it gets in a second. */
const mostDue = ({ throttleRate, applicationThrottleRate }: ReplayTarget): number =>
  Math.min(MOST_DUE, throttleRate ?? MOST_DUE, applicationThrottleRate ?? MOST_DUE);

/**
 * Queues one portion, if what was queued before has mostly gone out. It stands where a resend stands, so its attempts are
 * made by hand and leave the schedule alone. An endpoint that was closed ends the task: it has failed unless it was done.
 */
async function step<Input extends Bounds>(
  ctx: TaskContext,
  transaction: Queryable,
  task: Task<Input, State>,
  queue: Queue<Input>,
): Promise<Step<State>> {
  const { applicationId, endpointId, input, state } = task;
  if (applicationId === null || endpointId === null) throw new Error('a replay without an endpoint');
  const key = { applicationId, endpointId };
  const now = ctx.clock.now();
  const { messagesSent } = state;
  const target = await lockReplayTarget(transaction, key, now, MOST_DUE);
  if (!target) return { state, data: { messagesSent, reason: 'endpoint_closed' }, next: 'failed' };
  const most = mostDue(target);
  if (target.due * 2 > most) return { state, data: { messagesSent }, next: 'wait' };
  const range = { over: state.cursor ?? input.over, under: input.under };
  const portion = { scan: SCAN, room: most - target.due, now };
  const { count, last } = await queue(transaction, key, range, portion, { input, target });
  if (count > 0) await wakeEndpoint(transaction, applicationId, endpointId, now);
  const sent = messagesSent + count;
  return {
    state: { cursor: last ?? state.cursor, messagesSent: sent },
    data: { messagesSent: sent },
    next: last === null ? 'finished' : 'more',
    wake: count > 0,
  };
}

/** Everything of a period that failed to the end, once more. */
export const recoverKind = defineKind({
  name: 'endpoint.recover',
  input: Range,
  state: State,
  begin,
  step: (ctx, transaction, task) =>
    step(ctx, transaction, task, (database, key, range, portion) =>
      queueDelivered(database, key, range, { status: 2 }, portion),
    ),
});

/** Everything of a period that the endpoint listens to and was never sent. */
export const replayMissingKind = defineKind({
  name: 'endpoint.replay',
  input: Range,
  state: State,
  begin,
  step: (ctx, transaction, task) =>
    step(ctx, transaction, task, (database, key, range, portion, { target }) =>
      queueMissing(database, key, range, target, portion),
    ),
});

/** Everything that fits a filter, successes too, once more. */
export const bulkReplayKind = defineKind({
  name: 'endpoint.bulk-replay',
  input: Selection,
  state: State,
  begin,
  step: (ctx, transaction, task) =>
    step(ctx, transaction, task, (database, key, range, portion, { input }) =>
      queueDelivered(database, key, range, input, portion),
    ),
});
