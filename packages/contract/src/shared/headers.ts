import { z } from 'zod';

/**
 * Headers of every POST. A repeated key answers what the first call answered (spec: wire behaviour, section 5).
 * `z.object`, not a record of schemas: ts-rest loses the types of the latter with zod 4.
 */
export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .max(256, { error: 'Idempotency keys must be at most 256 characters' })
    .optional()
    .meta({ parameter: "The request's idempotency key" }),
});
