import { type Selectable, sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import type { BackgroundTaskTable } from '../database/tables.js';
import { cutPage, type Page, type PageRequest, planPage } from './page.js';

/** Long work with an id and a status, and where it goes on. */
export type BackgroundTask = Selectable<BackgroundTaskTable>;

/** A task to begin, due at once. */
export interface NewTask {
  readonly environmentId: string;
  readonly id: string;
  readonly kind: string;
  readonly applicationId: string | null;
  /** Tasks of one endpoint are done one after the other. */
  readonly endpointId: string | null;
  readonly input: unknown;
  readonly state: unknown;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

/** Stores a task; whoever does tasks finds it from the commit on. */
export async function insertTask(database: Queryable, task: NewTask): Promise<BackgroundTask> {
  return database
    .insertInto('background_task')
    .values({
      environment_id: task.environmentId,
      id: task.id,
      kind: task.kind,
      status: 'running',
      application_id: task.applicationId,
      endpoint_id: task.endpointId,
      input: JSON.stringify(task.input),
      state: JSON.stringify(task.state),
      data: JSON.stringify(task.data),
      due_at: task.createdAt,
      created_at: task.createdAt,
      updated_at: task.createdAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/**
 * Takes the task of these kinds that has been due for longest, for one step, until `leaseUntil`; undefined when none is.
 * Passed over are tasks of an endpoint for which an older one runs or another one makes a step, and those that others are taking.
 */
export async function claimTask(
  database: Queryable,
  owner: number,
  kinds: readonly string[],
  now: Date,
  leaseUntil: Date,
): Promise<BackgroundTask | undefined> {
  const { rows } = await sql<BackgroundTask>`
    with picked as materialized (
      select id from background_task as task
      where due_at <= ${now}::timestamptz and kind = any(${[...kinds]}::text[])
        and not exists (
          select from background_task as other
          where other.application_id = task.application_id and other.endpoint_id = task.endpoint_id
            and other.due_at is not null and other.id <> task.id
            and (other.id < task.id or other.owner is not null)
        )
      order by due_at
      limit 1
      for update skip locked
    )
    update background_task as task set owner = ${owner}, due_at = ${leaseUntil}::timestamptz
    from picked where task.id = picked.id
    returning task.*`.execute(database);
  return rows[0];
}

/** The task, locked until the transaction ends; undefined when it is not `owner`'s any more. */
export async function lockTask(
  transaction: Queryable,
  id: string,
  owner: number,
): Promise<BackgroundTask | undefined> {
  return transaction
    .selectFrom('background_task')
    .selectAll()
    .where('id', '=', id)
    .where('owner', '=', owner)
    .where('due_at', 'is not', null)
    .forUpdate()
    .executeTakeFirst();
}

/** What a step has changed. */
export interface TaskChange {
  readonly status: BackgroundTask['status'];
  readonly state: unknown;
  readonly data: Readonly<Record<string, unknown>>;
  /** When the next step may be made; null: no more. */
  readonly dueAt: Date | null;
  readonly idle: number;
  readonly failures: number;
  readonly now: Date;
}

/** Writes what a step has changed and lets go of the task. Belongs in the transaction that locked it. */
export async function updateTask(
  transaction: Queryable,
  id: string,
  change: TaskChange,
): Promise<BackgroundTask> {
  return transaction
    .updateTable('background_task')
    .set({
      status: change.status,
      state: JSON.stringify(change.state),
      data: JSON.stringify(change.data),
      due_at: change.dueAt,
      owner: null,
      idle: change.idle,
      failures: change.failures,
      updated_at: change.now,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Erases what a task was started with. It has ended, or the next step fails. */
export async function forgetTaskInput(transaction: Queryable, id: string): Promise<void> {
  await transaction.updateTable('background_task').set({ input: '{}' }).where('id', '=', id).execute();
}

/** When the first task after `now` is due; undefined when none waits for later. */
export async function findNextTaskDue(database: Queryable, now: Date): Promise<Date | undefined> {
  const row = await database
    .selectFrom('background_task')
    .select('due_at')
    .where('due_at', '>', now)
    .orderBy('due_at')
    .limit(1)
    .executeTakeFirst();
  return row?.due_at ?? undefined;
}

/** Lets others go on with the tasks that a dead process made a step of. */
export async function releaseTasksOf(transaction: Queryable, owner: number, now: Date): Promise<void> {
  await transaction
    .updateTable('background_task')
    .set({ owner: null, due_at: now })
    .where('owner', '=', owner)
    .where('due_at', 'is not', null)
    .execute();
}

/** Whose tasks are shown, and which. */
export interface TaskFilter {
  readonly environmentId: string;
  /** Only those of this application. */
  readonly applicationId?: string | undefined;
  readonly status?: BackgroundTask['status'] | undefined;
  readonly kinds: readonly string[];
}

const visible = (database: Queryable, { environmentId, applicationId, status, kinds }: TaskFilter) => {
  let query = database
    .selectFrom('background_task')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('kind', 'in', [...kinds]);
  if (applicationId !== undefined) query = query.where('application_id', '=', applicationId);
  if (status !== undefined) query = query.where('status', '=', status);
  return query;
};

/** The task with this id, if the filter lets it be seen. */
export async function findTask(
  database: Queryable,
  filter: TaskFilter,
  id: string,
): Promise<BackgroundTask | undefined> {
  return visible(database, filter).where('id', '=', id).executeTakeFirst();
}

/** Tasks in the order of their ids, which is that of time. */
export async function listTasks(
  database: Queryable,
  filter: TaskFilter,
  request: PageRequest,
): Promise<Page<BackgroundTask>> {
  const { bound, comparison, direction, fetch } = planPage(request);
  let query = visible(database, filter).orderBy('id', direction).limit(fetch);
  if (bound !== undefined) query = query.where('id', comparison, bound);
  return cutPage(request, await query.execute());
}

/** Removes at most `limit` tasks that ended before `before`; gives how many. */
export async function deleteEndedTasks(database: Queryable, before: Date, limit: number): Promise<number> {
  const result = await sql`
    delete from background_task where id = any(array(
      select id from background_task
      where due_at is null and updated_at < ${before}::timestamptz
      order by updated_at limit ${limit}
    ))`.execute(database);
  return Number(result.numAffectedRows ?? 0);
}
