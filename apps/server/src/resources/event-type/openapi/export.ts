import type { RequestContext } from '../../../context.js';
import type { BackgroundTask } from '../../../storage/background-task.js';
import { exportOpenApiKind } from '../../../tasks/export-openapi.js';
import { startTask } from '../../../tasks/kind.js';

/** Starts the task that writes the environment's event types into an OpenAPI document. */
export const exportOpenApi = (ctx: RequestContext, environmentId: string): Promise<BackgroundTask> =>
  startTask(
    ctx,
    ctx.database.kysely,
    exportOpenApiKind,
    { environmentId, applicationId: null, endpointId: null },
    {},
  );
