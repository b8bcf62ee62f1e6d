import type { AppRouter } from '@ts-rest/core';
import { c } from '../rest.js';
import { operation } from '../shared/access.js';
import { payloadTooLargeResponse } from '../shared/errors.js';
import { idempotencyHeaders } from '../shared/headers.js';
import { EnvironmentIn, EnvironmentOut } from './transfer.js';

const TRANSFER = operation('Environment', { kind: 'environment' });

/** An environment's configuration as a file; part of the router in contract.ts. */
export const transferRoutes = {
  export: {
    method: 'POST',
    path: '/environment/export/',
    headers: idempotencyHeaders,
    body: c.noBody(),
    responses: { 200: EnvironmentOut },
    summary: 'Export Environment Configuration',
    description:
      'The event types and settings of the environment, in a form that can be imported into another.',
    metadata: TRANSFER,
  },
  import: {
    method: 'POST',
    path: '/environment/import/',
    headers: idempotencyHeaders,
    body: EnvironmentIn,
    responses: { 204: c.noBody(), ...payloadTooLargeResponse },
    summary: 'Import Environment Configuration',
    description:
      'Bring in what was exported: it is added or changed, all of it or nothing. Nothing is deleted.',
    metadata: TRANSFER,
  },
} as const satisfies AppRouter;
