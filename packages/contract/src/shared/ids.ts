import { z } from 'zod';

/** Prefix of each kind of id; behind it stand 27 base62 characters that sort by time. */
export const ID_PREFIX = {
  environment: 'org_',
  apiKey: 'key_',
  application: 'app_',
  portalSession: 'psess_',
} as const;

/** An application's id or uid in a path. Not validated: what names nothing is 404. */
export const applicationParams = z.object({
  app_id: z
    .string()
    .meta({ description: "The Application's ID or UID.", example: 'app_1srOrx2ZWZBpBUvZwXKQmoEYga2' }),
});
