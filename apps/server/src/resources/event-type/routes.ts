import type { contract } from '@postrider/contract';
import type { Handlers } from '../../handlers.js';
import { listEventTypes } from '../../storage/event-type.js';
import { presentPage, toPageRequest } from '../page-query.js';
import { presentEventType } from '../present-event-type.js';
import { presentStartedTask } from '../present-task.js';
import { exportOpenApi } from './openapi/export.js';
import { importOpenApi, presentImported } from './openapi/import.js';

import { readRetrySchedule, writeRetrySchedule } from './retry-schedule.js';
import {
  addEventType,
  patchEventType,
  removeEventType,
  replaceEventType,
  requireEventType,
  sightOf,
} from './service.js';

export const eventTypeRoutes: Handlers<typeof contract.eventType> = {
  list: async ({ ctx, caller, query }) => {
    const page = await listEventTypes(ctx.database.kysely, caller.environmentId, {
      ...toPageRequest(query, 'ascending'),
      includeArchived: query.include_archived,
      withSchemas: query.with_content,
      sight: sightOf(caller),
    });
    return { status: 200, body: presentPage(page, (row) => row.name, presentEventType) };
  },
  create: async ({ ctx, caller, body }) => {
    const eventType = await addEventType(ctx, caller.environmentId, body);
    return { status: 201, body: presentEventType(eventType) };
  },
  get: async ({ ctx, caller, params }) => {
    const eventType = await requireEventType(ctx, caller, params.event_type_name);
    return { status: 200, body: presentEventType(eventType) };
  },
  upsert: async ({ ctx, caller, params, body }) => {
    const { eventType, created } = await replaceEventType(
      ctx,
      caller.environmentId,
      params.event_type_name,
      body,
    );
    return { status: created ? 201 : 200, body: presentEventType(eventType) };
  },
  patch: async ({ ctx, caller, params, body }) => {
    const eventType = await patchEventType(ctx, caller.environmentId, params.event_type_name, body);
    return { status: 200, body: presentEventType(eventType) };
  },
  delete: async ({ ctx, caller, params, query }) => {
    await removeEventType(ctx, caller.environmentId, params.event_type_name, query.expunge);
    return { status: 204, body: undefined };
  },
  importOpenapi: async ({ ctx, caller, body }) => {
    const { changed, archived } = await importOpenApi(ctx, caller.environmentId, body);
    const data = body.dryRun
      ? { modified: [], to_modify: changed.map(presentImported), to_archive: [...archived] }
      : { modified: [...changed.map((one) => one.name), ...archived] };
    return { status: 200, body: { data } };
  },
  exportOpenapi: async ({ ctx, caller }) => {
    const task = await exportOpenApi(ctx, caller.environmentId);
    return { status: 202, body: presentStartedTask(task) };
  },
  getRetrySchedule: async ({ ctx, caller, params }) => ({
    status: 200,
    body: await readRetrySchedule(ctx, caller.environmentId, params.event_type_name),
  }),
  setRetrySchedule: async ({ ctx, caller, params, body }) => ({
    status: 200,
    body: await writeRetrySchedule(ctx, caller.environmentId, params.event_type_name, body),
  }),
};
