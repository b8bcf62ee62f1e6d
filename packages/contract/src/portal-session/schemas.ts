import { z } from 'zod';
import { ApiKeyScope, Capability } from '../shared/access.js';
import { timestamp } from '../shared/fields.js';

export const OneTimeTokenIn = z
  .object({
    oneTimeToken: z
      .string()
      .min(1, { error: 'String must be at least one character' })
      .max(256, { error: 'String too long' })
      .meta({ description: 'The one-time code of a magic link.' }),
  })
  .meta({ id: 'OneTimeTokenIn' });
export type OneTimeTokenIn = z.infer<typeof OneTimeTokenIn>;

export const OneTimeTokenOut = z
  .object({ token: z.string(), capabilities: z.array(Capability) })
  .meta({ id: 'OneTimeTokenOut' });
export type OneTimeTokenOut = z.infer<typeof OneTimeTokenOut>;

export const WhoamiOut = z
  .object({
    envId: z.string().meta({ description: 'The environment that the token belongs to.' }),
    appId: z
      .string()
      .nullish()
      .meta({ description: 'The application of a portal session, or of a message token.' }),
    sessionId: z.string().nullish().meta({ description: 'The session id given when the session was made.' }),
    permissionSource: z
      .string()
      .meta({ description: '`EnvironmentKey` or `PortalSession`.', examples: ['PortalSession'] }),
    capabilities: z.array(Capability).nullish().meta({ description: 'What a portal session may do.' }),
    scopes: z.array(ApiKeyScope).nullish().meta({ description: 'What an environment key may do.' }),
    featureFlags: z.array(z.string()).nullish(),
    expiresAt: timestamp.nullish().meta({ description: 'When the token ends; null: never.' }),
  })
  .meta({ id: 'WhoamiOut' });
export type WhoamiOut = z.infer<typeof WhoamiOut>;
