import { invalidInput } from '../../errors.js';
import type { Part } from './transfer.js';

/** Environments have no settings here yet: what cannot be kept is refused, not dropped. */
export const settingsPart: Part = {
  read: async () => ({ settings: null }),
  prepare: ({ settings }) => {
    const names = Object.keys(settings ?? {});
    if (names.length === 0) return undefined;
    throw invalidInput(['body', 'settings'], `These settings are not known: ${names.join(', ')}`);
  },
};
