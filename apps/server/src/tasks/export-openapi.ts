import { z } from 'zod';
import { findAllEventTypes } from '../storage/event-type-merge.js';
import { defineKind } from './kind.js';
import { toOpenApi } from './openapi-document.js';

/**
 * An OpenAPI document of the environment's event types, which an import takes: what clients are generated from. The
 * task's data holds it when it is finished.
 */
export const exportOpenApiKind = defineKind({
  name: 'sdk.generate',
  input: z.object({}),
  state: z.object({}),
  begin: { state: {}, data: {} },
  step: async (_ctx, transaction, task) => {
    const all = await findAllEventTypes(transaction, task.environmentId);
    const openapi = toOpenApi(all.filter((eventType) => !eventType.archived));
    return { state: {}, data: { openapi }, next: 'finished' };
  },
});
