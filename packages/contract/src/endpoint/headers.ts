import { z } from 'zod';
import { endpointHeaderChanges, endpointHeaders } from '../shared/webhook-headers.js';

export const EndpointHeadersIn = z
  .object({ headers: endpointHeaders.meta({ description: 'All headers that the endpoint shall have.' }) })
  .meta({ id: 'EndpointHeadersIn' });
export type EndpointHeadersIn = z.infer<typeof EndpointHeadersIn>;

export const EndpointHeadersPatchIn = z
  .object({
    headers: endpointHeaderChanges.meta({
      description: 'Headers to set; null removes one. Others stay as they are.',
    }),
    deleteHeaders: z.array(z.string()).default([]).meta({ description: 'Names of headers to remove.' }),
  })
  .meta({ id: 'EndpointHeadersPatchIn' });
export type EndpointHeadersPatchIn = z.infer<typeof EndpointHeadersPatchIn>;

export const EndpointHeadersOut = z
  .object({
    headers: z.record(z.string(), z.string()),
    sensitive: z
      .array(z.string())
      .meta({ description: 'Names of headers whose value is never shown, such as `authorization`.' }),
  })
  .meta({ id: 'EndpointHeadersOut' });
export type EndpointHeadersOut = z.infer<typeof EndpointHeadersOut>;
