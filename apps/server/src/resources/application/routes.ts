import type { contract } from '@postrider/contract';
import type { Handlers } from '../../handlers.js';
import { listApplications } from '../../storage/application.js';
import { countApplicationsWithEndpoint } from '../../storage/endpoint-count.js';
import { presentPage, toPageRequest } from '../page-query.js';
import { presentApplication } from './present.js';
import {
  addApplication,
  changeAlertEmail,
  patchApplication,
  removeApplication,
  upsertApplication,
} from './service.js';
import { countAttempts } from './stats.js';

export const applicationRoutes: Handlers<typeof contract.application> = {
  list: async ({ ctx, caller, query }) => {
    const page = await listApplications(
      ctx.database.kysely,
      caller.environmentId,
      toPageRequest(query, 'ascending'),
      {
        withoutEndpoints: query.exclude_apps_with_no_endpoints,
        withDisabledEndpoints: query.exclude_apps_with_disabled_endpoints,
        withPlayEndpoints: query.exclude_apps_with_svix_play_endpoints,
      },
    );
    return { status: 200, body: presentPage(page, (row) => row.id, presentApplication) };
  },
  create: async ({ ctx, caller, query, body }) => {
    const { application, created } = await addApplication(
      ctx,
      caller.environmentId,
      body,
      query.get_if_exists ?? false,
    );
    return { status: created ? 201 : 200, body: presentApplication(application) };
  },
  get: async ({ application }) => ({ status: 200, body: presentApplication(application) }),
  upsert: async ({ ctx, caller, params, body }) => {
    const { application, created } = await upsertApplication(ctx, caller.environmentId, params.app_id, body);
    return { status: created ? 201 : 200, body: presentApplication(application) };
  },
  patch: async ({ ctx, caller, params, body }) => {
    const application = await patchApplication(ctx, caller.environmentId, params.app_id, body);
    return { status: 200, body: presentApplication(application) };
  },
  patchAlertEmail: async ({ ctx, application, body }) => {
    await changeAlertEmail(ctx, application, body.email);
    return { status: 204, body: undefined };
  },
  delete: async ({ ctx, caller, params }) => {
    await removeApplication(ctx, caller.environmentId, params.app_id);
    return { status: 204, body: undefined };
  },
  countActive: async ({ ctx, caller, query }) => {
    const count = await countApplicationsWithEndpoint(ctx.database.kysely, caller.environmentId, {
      excludePlay: query.exclude_svix_play,
      excludeDisabled: query.exclude_disabled,
    });
    return { status: 200, body: { count } };
  },
  statsAttempts: async ({ ctx, application, query }) => ({
    status: 200,
    body: await countAttempts(ctx, application, query, query.event_types),
  }),
};
