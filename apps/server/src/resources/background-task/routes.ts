import { BackgroundTaskType, type contract } from '@postrider/contract';
import { notFound } from '../../errors.js';
import type { Caller, Handlers } from '../../handlers.js';
import { findTask, listTasks, type TaskFilter } from '../../storage/background-task.js';
import { presentPage, toPageRequest } from '../page-query.js';
import { presentTask } from '../present-task.js';

/** The tasks that a caller may see: a portal session those of its application. */
const seenBy = (caller: Caller): TaskFilter => ({
  environmentId: caller.environmentId,
  applicationId: caller.kind === 'session' ? caller.session.applicationId : undefined,
  kinds: BackgroundTaskType.options,
});

export const backgroundTaskRoutes: Handlers<typeof contract.backgroundTask> = {
  list: async ({ ctx, caller, query }) => {
    const seen = seenBy(caller);
    const filter = { ...seen, status: query.status, kinds: query.task ? [query.task] : seen.kinds };
    const page = await listTasks(ctx.database.kysely, filter, toPageRequest(query, 'descending'));
    return { status: 200, body: presentPage(page, (row) => row.id, presentTask) };
  },
  get: async ({ ctx, caller, params }) => {
    const task = await findTask(ctx.database.kysely, seenBy(caller), params.task_id);
    if (!task) throw notFound();
    return { status: 200, body: presentTask(task) };
  },
};
