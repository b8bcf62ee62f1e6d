import { SettingsInternalIn } from '@postrider/contract';
import { recordAudit } from '../../audit.js';
import { invalidInput } from '../../errors.js';
import { findSettings, storeSettings } from '../../storage/environment.js';
import type { Part } from './transfer.js';

const isEmpty = (settings: object): boolean => Object.keys(settings).length === 0;

/** What was set, no defaults: an import changes what it names, and leaves the rest as it is. */
export const settingsPart: Part = {
  read: async (database, environmentId) => {
    const settings = (await findSettings(database, environmentId)) ?? {};
    return { settings: isEmpty(settings) ? null : settings };
  },
  prepare: ({ settings: given }) => {
    const parsed = SettingsInternalIn.safeParse(given ?? {});
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw invalidInput(
        ['body', 'settings', ...(issue?.path ?? []).map(String)],
        issue?.message ?? 'These are no settings.',
      );
    }
    const settings = parsed.data;
    if (isEmpty(settings)) return undefined;
    return async (ctx, transaction, environmentId, now) => {
      await storeSettings(transaction, environmentId, settings, { replace: false, now });
      await recordAudit(ctx, transaction, {
        environmentId,
        action: 'environment.settings_changed',
        target: environmentId,
        details: { fields: Object.keys(settings).join(' ') },
      });
    };
  },
};
