import type { AppRouter } from '@ts-rest/core';
import { operation } from '../shared/access.js';
import {
  SettingsInternalIn,
  SettingsInternalOut,
  SettingsInternalPatch,
  SettingsInternalUpdateOut,
} from './schemas.js';

const OWN = operation('Environment Settings', { kind: 'environment' });
const PATH = '/management/environment-settings/';

/** Settings of the environment that the calling key belongs to; part of the router of management. */
export const settingsRoutes = {
  get: {
    method: 'GET',
    path: PATH,
    responses: { 200: SettingsInternalOut },
    summary: 'Get Environment Settings',
    description: "All settings of the key's environment.",
    metadata: OWN,
  },
  update: {
    method: 'PUT',
    path: PATH,
    body: SettingsInternalIn,
    responses: { 200: SettingsInternalUpdateOut },
    summary: 'Update Environment Settings',
    description: "Replace all settings of the key's environment; what is absent has its default again.",
    metadata: OWN,
  },
  patch: {
    method: 'PATCH',
    path: PATH,
    body: SettingsInternalPatch,
    responses: { 200: SettingsInternalOut },
    summary: 'Patch Environment Settings',
    description: "Change some settings of the key's environment.",
    metadata: OWN,
  },
} as const satisfies AppRouter;
