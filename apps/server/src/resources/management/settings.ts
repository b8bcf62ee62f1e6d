import {
  type EnvironmentSettings,
  SETTINGS_DEFAULTS,
  type SettingsInternalIn,
  type SettingsInternalOut,
  type SettingsInternalPatch,
  type SettingsInternalUpdateOut,
} from '@postrider/contract';
import { recordAudit } from '../../audit.js';
import type { RequestContext } from '../../context.js';
import { notFound } from '../../errors.js';
import { events } from '../../observability/events.js';
import { findSettings, storeSettings } from '../../storage/environment.js';

/** What holds: what was set, and the defaults. What the server itself demands holds in any case. */
const complete = (ctx: RequestContext, set: EnvironmentSettings): SettingsInternalUpdateOut => ({
  ...SETTINGS_DEFAULTS,
  ...set,
  enforceHttps: ctx.config.endpoints.httpsOnly || set.enforceHttps === true,
});

const withBrand = (settings: SettingsInternalUpdateOut): SettingsInternalOut => ({
  showSvixBrandFooter: false,
  ...settings,
});

/** All settings of the environment. @throws AppError 404 */
export async function describeSettings(
  ctx: RequestContext,
  environmentId: string,
): Promise<SettingsInternalOut> {
  const set = await findSettings(ctx.database.kysely, environmentId);
  if (!set) throw notFound();
  return withBrand(complete(ctx, set));
}

async function change(
  ctx: RequestContext,
  environmentId: string,
  input: EnvironmentSettings,
  replace: boolean,
): Promise<SettingsInternalUpdateOut> {
  const now = ctx.clock.now();
  const fields = Object.keys(input).join(' ');
  const set = await ctx.database.kysely.transaction().execute(async (transaction) => {
    const stored = await storeSettings(transaction, environmentId, input, { replace, now });
    if (!stored) throw notFound();
    await recordAudit(ctx, transaction, {
      environmentId,
      action: 'environment.settings_changed',
      target: environmentId,
      details: { fields, ...(replace ? { replaced: 'all' } : {}) },
    });
    return stored;
  });
  ctx.settings.drop(environmentId);
  events.environmentSettingsChanged(ctx, { environmentId, fields });
  return complete(ctx, set);
}

/** Replaces all settings; what is absent has its default again. @throws AppError 404 */
export const replaceSettings = (
  ctx: RequestContext,
  environmentId: string,
  input: SettingsInternalIn,
): Promise<SettingsInternalUpdateOut> => change(ctx, environmentId, input, true);

/** Changes the settings given. @throws AppError 404 */
export const patchSettings = async (
  ctx: RequestContext,
  environmentId: string,
  patch: SettingsInternalPatch,
): Promise<SettingsInternalOut> => withBrand(await change(ctx, environmentId, patch, false));
