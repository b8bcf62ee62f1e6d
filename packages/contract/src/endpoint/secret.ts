import { z } from 'zod';

/** Longest that an old key may go on signing after a rotation: 7 days in seconds. */
export const MAX_SECRET_GRACE_SECONDS = 604_800;
/** How long it does where the caller does not say: a day in seconds. */
export const DEFAULT_SECRET_GRACE_SECONDS = 86_400;

const EXAMPLE = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

/** Only the document knows its form: the server parses it, and what it cannot parse it refuses. */
export const endpointSecret = z.string().meta({
  description:
    'Signing secret: `whsec_` and 24 to 75 bytes in base64 for HMAC-SHA256, or `whsk_` and the 64 bytes of an Ed25519 key pair.',
  examples: [EXAMPLE],
  openapi: { type: 'string', pattern: '^(whsec_|whsk_)?[a-zA-Z0-9+/=]{32,100}$' },
});

export const EndpointSecretOut = z
  .object({
    key: z.string().meta({
      description: 'The secret to verify with; of an Ed25519 pair the public key, `whpk_`.',
      examples: [EXAMPLE],
    }),
  })
  .meta({ id: 'EndpointSecretOut' });
export type EndpointSecretOut = z.infer<typeof EndpointSecretOut>;

const GRACE_ERROR = 'Duration must be between 0 and 7 days';

export const EndpointSecretRotateIn = z
  .object({
    key: endpointSecret.nullish(),
    gracePeriodSeconds: z
      .int()
      .min(0, { error: GRACE_ERROR })
      .max(MAX_SECRET_GRACE_SECONDS, { error: GRACE_ERROR })
      .nullish()
      .meta({
        description: `Seconds that the old secret goes on signing besides the new one. Default: ${DEFAULT_SECRET_GRACE_SECONDS}, a day.`,
      }),
  })
  .meta({ id: 'EndpointSecretRotateIn' });
export type EndpointSecretRotateIn = z.infer<typeof EndpointSecretRotateIn>;
