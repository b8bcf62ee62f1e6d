import { type BackgroundTaskType, ID_PREFIX } from '@postrider/contract';
import type { z } from 'zod';
import type { Context } from '../context.js';
import type { Queryable } from '../database/database.js';
import type { Dispatch } from '../dispatch/dispatcher.js';
import { createId } from '../ids.js';
import { events } from '../observability/events.js';
import { type BackgroundTask, insertTask } from '../storage/background-task.js';

/** What tasks work with. */
export type TaskContext = Context & { readonly dispatch: Dispatch };

/** Kinds that callers see, and those of our own, which no list shows. */
export type TaskName = BackgroundTaskType | 'endpoint.cancel-msgs';

/** What a step came to. */
export interface Step<State> {
  /** Where the next step goes on. */
  readonly state: State;
  /** What callers see of the task from now on. */
  readonly data: Readonly<Record<string, unknown>>;
  /** `wait`: nothing could be done now; asked again in a moment, and the longer it lasts the less often. */
  readonly next: 'more' | 'wait' | 'finished' | 'failed';
  /** Deliveries are due now: somebody has to look, once this is committed. */
  readonly wake?: boolean;
}

/** A task as its kind sees it. */
export interface Task<Input, State> {
  readonly id: string;
  readonly environmentId: string;
  readonly applicationId: string | null;
  readonly endpointId: string | null;
  readonly createdAt: Date;
  readonly input: Input;
  readonly state: State;
}

interface Definition<Input, State> {
  readonly name: TaskName;
  /** Input and state are kept as JSON: these say what they are, and read them again at every step. */
  readonly input: z.ZodType<Input>;
  readonly state: z.ZodType<State>;
  /** State and data of a task that has just been started. */
  readonly begin: { readonly state: State; readonly data: Readonly<Record<string, unknown>> };
}

/** A kind whose steps take effect in the transaction that notes them: all of a step is done, or nothing. */
interface InTransaction<Input, State> extends Definition<Input, State> {
  /** Some ten milliseconds at most: on the embedded database nobody else gets a turn meanwhile. */
  step(ctx: TaskContext, transaction: Queryable, task: Task<Input, State>): Promise<Step<State>>;
}

/** A kind whose steps take effect by themselves: after a crash a step is made again, so doing it twice does no harm. */
interface Repeatable<Input, State> extends Definition<Input, State> {
  /** A few seconds at most: the lease of a step is a minute. */
  repeatableStep(ctx: TaskContext, task: Task<Input, State>): Promise<Step<State>>;
}

/** A kind as the runner knows it. */
export interface RunnableKind {
  readonly name: TaskName;
  /** Makes a step outside of any transaction; undefined where steps belong into one. */
  readonly repeatable: ((ctx: TaskContext, row: BackgroundTask) => Promise<Step<unknown>>) | undefined;
  readonly transactional:
    | ((ctx: TaskContext, transaction: Queryable, row: BackgroundTask) => Promise<Step<unknown>>)
    | undefined;
}

/** A kind as those know it who start its tasks. */
export interface TaskKind<Input> extends RunnableKind {
  begin(input: Input): { input: Input; state: unknown; data: Readonly<Record<string, unknown>> };
}

/** Defines a kind of task. It is done where `kinds.ts` lists it. */
export function defineKind<Input, State>(
  definition: InTransaction<Input, State> | Repeatable<Input, State>,
): TaskKind<Input> {
  const read = (row: BackgroundTask): Task<Input, State> => ({
    id: row.id,
    environmentId: row.environment_id,
    applicationId: row.application_id,
    endpointId: row.endpoint_id,
    createdAt: row.created_at,
    input: definition.input.parse(row.input),
    state: definition.state.parse(row.state),
  });
  return {
    name: definition.name,
    begin: (input) => ({ input, ...definition.begin }),
    repeatable:
      'repeatableStep' in definition ? (ctx, row) => definition.repeatableStep(ctx, read(row)) : undefined,
    transactional:
      'step' in definition
        ? (ctx, transaction, row) => definition.step(ctx, transaction, read(row))
        : undefined,
  };
}

/** Whose task it is; one with an endpoint waits for older ones of that endpoint. */
export interface TaskOwner {
  readonly environmentId: string;
  readonly applicationId: string | null;
  readonly endpointId: string | null;
}

/** The names of a task in the log. */
export const namesOf = (row: BackgroundTask) => ({
  environmentId: row.environment_id,
  applicationId: row.application_id,
  endpointId: row.endpoint_id,
  taskId: row.id,
  task: row.kind,
});

/**
 * Starts a task; it is done by this process or another. `database` may be a transaction: then it begins with the commit,
 * or never was.
 */
export async function startTask<Input>(
  ctx: TaskContext,
  database: Queryable,
  kind: TaskKind<Input>,
  owner: TaskOwner,
  input: Input,
): Promise<BackgroundTask> {
  const createdAt = ctx.clock.now();
  const id = createId(ID_PREFIX.backgroundTask, createdAt);
  const row = await insertTask(database, { ...owner, ...kind.begin(input), id, kind: kind.name, createdAt });
  events.backgroundTaskStarted(ctx, namesOf(row));
  ctx.dispatch.wakeTasks();
  return row;
}
