import {
  type contract,
  type EnvironmentSettings,
  EnvironmentSettingsOut,
  SETTINGS_DEFAULTS,
} from '@postrider/contract';
import type { Handlers } from '../../handlers.js';

/** What the portal may know: the fields of its shape, no others. */
const presentSettings = (set: EnvironmentSettings): EnvironmentSettingsOut =>
  EnvironmentSettingsOut.parse({
    ...SETTINGS_DEFAULTS,
    ...set,
    logoUrl: set.customLogoUrl ?? null,
    enableMessageTags: true,
    showSvixBrandFooter: false,
  });

export const environmentSettingsRoutes: Handlers<typeof contract.environmentSettings> = {
  getSettings: async ({ ctx, caller }) => ({
    status: 200,
    body: presentSettings(await ctx.settings.of(caller.environmentId)),
  }),
};
