import { z } from 'zod';
import { keyName } from '../management/authentication.js';

/** Longest life of a message token, in seconds: 100 years. */
const MAX_TOKEN_SECONDS = 3_153_600_000;

export const CreateTokenIn = z
  .object({
    name: keyName,
    expiry: z
      .int()
      .min(0, { error: 'Expiry must be at least 0 seconds' })
      .max(MAX_TOKEN_SECONDS, { error: `Expiry must be at most ${MAX_TOKEN_SECONDS} seconds` })
      .nullish()
      .meta({ description: 'Seconds that the token lives. Absent or null: until it is ended.' }),
  })
  .meta({ id: 'CreateTokenIn' });
export type CreateTokenIn = z.infer<typeof CreateTokenIn>;
