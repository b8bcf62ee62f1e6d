import type { AppRouter } from '@ts-rest/core';
import { z } from 'zod';
import { c } from '../rest.js';
import { ApiKeyScope, operation } from '../shared/access.js';
import { byteLength, text, timestamp } from '../shared/fields.js';
import { idempotencyHeaders } from '../shared/headers.js';
import { apiTokenParams, environmentParams, ID_PREFIX } from '../shared/ids.js';
import { iterator, limit, listOf, order } from '../shared/pagination.js';

const KEYS = operation('API Key', { kind: 'environment', scopes: ['environment', 'management'] });

/** Longest time that an ended key may go on, in seconds: 3 days. */
const MAX_KEY_GRACE_SECONDS = 259_200;
/** Longest name of a key, in bytes. */
export const MAX_KEY_NAME = 255;

export const keyName = text()
  .refine((value) => byteLength(value) <= MAX_KEY_NAME, { error: 'String too long' })
  .meta({ description: 'Name for people to read.', examples: ['Billing service'] });
const scopes = z
  .array(ApiKeyScope)
  .min(1, { error: 'Scopes must have at least 1 item.' })
  .overwrite((list) => [...new Set(list)])
  .meta({ examples: [['environment']] });

export const ApiTokenIn = z
  .object({
    name: keyName,
    scopes: scopes.nullish().meta({
      description: 'What the key may do; only what the calling key may do itself. Default: `environment`.',
    }),
  })
  .meta({ id: 'ApiTokenIn' });
export type ApiTokenIn = z.infer<typeof ApiTokenIn>;

export const ApiTokenUpdate = z.object({ name: keyName }).meta({ id: 'ApiTokenUpdate' });
export type ApiTokenUpdate = z.infer<typeof ApiTokenUpdate>;

/** Absent leaves a field as it is; null takes the name away, and leaves the scopes: a key has some. */
export const ApiTokenPatch = z
  .object({ name: keyName.nullish(), scopes: scopes.nullish() })
  .meta({ id: 'ApiTokenPatch' });
export type ApiTokenPatch = z.infer<typeof ApiTokenPatch>;

export const ApiTokenExpireIn = z
  .object({
    expiry: z
      .int()
      .min(0, { error: 'Expiry must be at least 0 seconds' })
      .max(MAX_KEY_GRACE_SECONDS, { error: `Expiry must be at most ${MAX_KEY_GRACE_SECONDS} seconds` })
      .default(0)
      .meta({ description: 'Seconds until the key ends. One that ends sooner keeps its end.' }),
  })
  .meta({ id: 'ApiTokenExpireIn' });
export type ApiTokenExpireIn = z.infer<typeof ApiTokenExpireIn>;

const outFields = {
  id: z.string().meta({ examples: ['key_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
  name: z.string().nullish(),
  createdAt: timestamp,
  expiresAt: timestamp.nullish(),
  scopes: z.array(z.string()).nullish(),
};

export const ApiTokenOut = z
  .object({
    token: z.string().meta({ description: 'The key itself. It is shown this once.' }),
    ...outFields,
  })
  .meta({ id: 'ApiTokenOut' });
export type ApiTokenOut = z.infer<typeof ApiTokenOut>;

export const ApiTokenCensoredOut = z
  .object({
    censoredToken: z.string().meta({ description: 'Beginning and end of the key.' }),
    ...outFields,
    lastUsedAt: timestamp.nullish().meta({ description: 'When it was last used, to a minute or so.' }),
    applicationId: z
      .string()
      .nullish()
      .meta({ description: 'Of a message token: the one application that it creates messages in.' }),
  })
  .meta({ id: 'ApiTokenCensoredOut' });
export type ApiTokenCensoredOut = z.infer<typeof ApiTokenCensoredOut>;

export const ListResponseApiTokenCensoredOut = listOf(ApiTokenCensoredOut).meta({
  id: 'ListResponse_ApiTokenCensoredOut_',
});

const LIST = '/management/authentication/:env_id/api-token/';
const ONE = '/management/authentication/:env_id/api-token/:key_id/';

/** Keys of an environment; part of the router in contract.ts. */
export const keyRoutes = {
  listApiTokens: {
    method: 'GET',
    path: LIST,
    pathParams: environmentParams,
    query: z.object({ limit, iterator: iterator(ID_PREFIX.apiKey), order }),
    responses: { 200: ListResponseApiTokenCensoredOut },
    summary: 'List Api Tokens',
    description: 'List of the keys of an environment, those that have ended too.',
    metadata: KEYS,
  },
  createApiToken: {
    method: 'POST',
    path: LIST,
    pathParams: environmentParams,
    headers: idempotencyHeaders,
    body: ApiTokenIn,
    responses: { 200: ApiTokenOut },
    summary: 'Create Api Token',
    description: 'Create a key of an environment. The key itself is in this answer and nowhere else.',
    metadata: KEYS,
  },
  getApiToken: {
    method: 'GET',
    path: ONE,
    pathParams: apiTokenParams,
    responses: { 200: ApiTokenCensoredOut },
    summary: 'Get Api Token',
    description: 'Get a key, without the key itself.',
    metadata: KEYS,
  },
  updateApiToken: {
    method: 'PUT',
    path: ONE,
    pathParams: apiTokenParams,
    body: ApiTokenUpdate,
    responses: { 200: ApiTokenCensoredOut },
    summary: 'Update Api Token',
    description: 'Give a key another name.',
    metadata: KEYS,
  },
  patchApiToken: {
    method: 'PATCH',
    path: ONE,
    pathParams: apiTokenParams,
    body: ApiTokenPatch,
    responses: { 200: ApiTokenCensoredOut },
    summary: 'Patch Api Token',
    description: 'Change the name or the scopes of a key.',
    metadata: KEYS,
  },
  expireApiToken: {
    method: 'POST',
    path: `${ONE}expire/`,
    pathParams: apiTokenParams,
    headers: idempotencyHeaders,
    body: ApiTokenExpireIn,
    responses: { 204: c.noBody() },
    summary: 'Expire Api Token',
    description: 'End a key, within a second or after a while. An end cannot be taken back.',
    metadata: KEYS,
  },
} as const satisfies AppRouter;
