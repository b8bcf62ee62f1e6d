import { z } from 'zod';
import { c } from '../rest.js';
import { operation } from '../shared/access.js';
import { errorResponses } from '../shared/errors.js';

const TAG = 'Health';

const HealthPart = z.object({ status: z.enum(['ok', 'error']) }).meta({ id: 'HealthPart' });
export const HealthOut = z.object({ database: HealthPart }).meta({ id: 'HealthOut' });
export type HealthOut = z.infer<typeof HealthOut>;

export const health = c.router(
  {
    get: {
      method: 'GET',
      path: '/health/',
      responses: { 200: HealthOut, 503: HealthOut },
      summary: 'Health',
      description: 'Whether the service and its database answer.',
      metadata: operation(TAG, { kind: 'public' }),
    },
    ping: {
      method: 'GET',
      path: '/health/ping/',
      responses: { 204: c.noBody() },
      summary: 'Ping',
      description: 'Whether the process answers; touches nothing else.',
      metadata: operation(TAG, { kind: 'public' }),
    },
  },
  { commonResponses: errorResponses, strictStatusCodes: true, pathPrefix: '/api/v1' },
);
