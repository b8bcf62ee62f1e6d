import type { AppRouter } from '@ts-rest/core';
import { z } from 'zod';
import { c } from '../rest.js';
import { operation } from '../shared/access.js';
import { byteLength, text, timestamp } from '../shared/fields.js';
import { idempotencyHeaders } from '../shared/headers.js';
import { environmentParams } from '../shared/ids.js';
import { limit, listOf, order } from '../shared/pagination.js';

const MANAGE = operation('Environment', { kind: 'environment', scopes: ['management'] });

/** Longest name of an environment, in bytes. */
export const MAX_ENVIRONMENT_NAME = 255;

const name = text('Environment names must be at least one character')
  .refine((value) => byteLength(value) <= MAX_ENVIRONMENT_NAME, { error: 'String too long' })
  .meta({ description: 'Name for people to read.', examples: ['Staging'] });

/** What an environment is for. It changes nothing about how it works. */
export const EnvironmentType = z.enum(['development', 'production']).meta({ id: 'EnvironmentType' });
export type EnvironmentType = z.infer<typeof EnvironmentType>;

/** There is one place that a server of one's own can be in; the others belong to the hosted service. */
export const EnvironmentRegion = z
  .enum(['eu', 'us', 'au', 'ca', 'self-hosted'])
  .meta({ id: 'EnvironmentRegion' });

export const EnvironmentModelIn = z
  .object({ name, type: EnvironmentType })
  .meta({ id: 'EnvironmentModelIn' });
export type EnvironmentModelIn = z.infer<typeof EnvironmentModelIn>;

export const EnvironmentModelUpdate = z.object({ name }).meta({ id: 'EnvironmentModelUpdate' });
export type EnvironmentModelUpdate = z.infer<typeof EnvironmentModelUpdate>;

export const EnvironmentModelOut = z
  .object({
    id: z.string().meta({ examples: ['org_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
    createdAt: timestamp,
    updatedAt: timestamp,
    region: EnvironmentRegion,
    name: z.string(),
    type: EnvironmentType,
  })
  .meta({ id: 'EnvironmentModelOut' });
export type EnvironmentModelOut = z.infer<typeof EnvironmentModelOut>;

export const ListResponseEnvironmentModelOut = listOf(EnvironmentModelOut).meta({
  id: 'ListResponse_EnvironmentModelOut_',
});

/** As `iterator` of pagination.ts, for ids of which some were chosen on the command line. */
const environmentIterator = z
  .string()
  .regex(/^-?org_[a-zA-Z0-9_.-]{1,64}$/, { error: 'Invalid id. Expected different prefix' })
  .optional()
  .meta({ parameter: 'The iterator returned from a prior invocation' });

/** Environments of the server; part of the router in contract.ts. */
export const environmentRoutes = {
  list: {
    method: 'GET',
    path: '/management/environment/',
    query: z.object({ limit, iterator: environmentIterator, order }),
    responses: { 200: ListResponseEnvironmentModelOut },
    summary: 'List Environments',
    description: 'List of all environments of the server.',
    metadata: MANAGE,
  },
  create: {
    method: 'POST',
    path: '/management/environment/',
    headers: idempotencyHeaders,
    body: EnvironmentModelIn,
    responses: { 201: EnvironmentModelOut },
    summary: 'Create Environment',
    description: 'Create an environment. It has no key yet: create one with Create Api Token.',
    metadata: MANAGE,
  },
  get: {
    method: 'GET',
    path: '/management/environment/:env_id/',
    pathParams: environmentParams,
    responses: { 200: EnvironmentModelOut },
    summary: 'Get Environment',
    description: 'Get an environment.',
    metadata: MANAGE,
  },
  update: {
    method: 'PUT',
    path: '/management/environment/:env_id/',
    pathParams: environmentParams,
    body: EnvironmentModelUpdate,
    responses: { 200: EnvironmentModelOut },
    summary: 'Update Environment',
    description: 'Give an environment another name.',
    metadata: MANAGE,
  },
  delete: {
    method: 'DELETE',
    path: '/management/environment/:env_id/',
    pathParams: environmentParams,
    responses: { 204: c.noBody() },
    summary: 'Delete Environment',
    description:
      'Delete an environment with all that it owns. Its keys and portal sessions end within a second, its deliveries are canceled. The default environment, and the one that the calling key belongs to, are refused with 409.',
    metadata: MANAGE,
  },
} as const satisfies AppRouter;
