import { c } from '../rest.js';
import { operation } from '../shared/access.js';
import { errorResponses } from '../shared/errors.js';
import { EnvironmentSettingsOut } from './schemas.js';

export const environmentSettings = c.router(
  {
    getSettings: {
      method: 'GET',
      path: '/environment/settings/',
      responses: { 200: EnvironmentSettingsOut },
      summary: 'Get Portal Settings',
      description: 'How the portal of the environment looks and what it offers. Portal sessions may read it.',
      metadata: operation('Environment Settings', { kind: 'authenticated', capabilities: ['ViewBase'] }),
    },
  },
  { commonResponses: errorResponses, strictStatusCodes: true, pathPrefix: '/api/v1' },
);
