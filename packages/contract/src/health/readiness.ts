import { z } from 'zod';
import { c } from '../rest.js';
import { operation } from '../shared/access.js';
import { errorResponses } from '../shared/errors.js';

const TAG = 'Health';

/** What is looked at; which of them apply is a matter of the process' role and of where its data is. */
export const ReadyCheckName = z
  .enum(['process', 'database', 'schema', 'worker', 'storage'])
  .meta({ id: 'ReadyCheckName' });
export type ReadyCheckName = z.infer<typeof ReadyCheckName>;

/** One thing that was looked at. `detail` is for people, and holds no addresses, names or secrets. */
export const ReadyCheck = z
  .object({ check: ReadyCheckName, status: z.enum(['ok', 'error']), detail: z.string() })
  .meta({ id: 'ReadyCheck' });
export type ReadyCheck = z.infer<typeof ReadyCheck>;

export const ReadyOut = z
  .object({ ready: z.boolean(), checks: z.array(ReadyCheck) })
  .meta({ id: 'ReadyOut' });
export type ReadyOut = z.infer<typeof ReadyOut>;

export const readiness = c.router(
  {
    get: {
      method: 'GET',
      // Outside of the API: it is asked by load balancers and orchestrators, not by clients.
      path: '/ready/',
      responses: { 200: ReadyOut, 503: ReadyOut },
      summary: 'Ready',
      description:
        'Whether this process should be given work: its database answers and has the schema that it expects, its ' +
        'worker goes on, its data directory can be written to, and it is not about to stop. 503 names what is not so.',
      metadata: operation(TAG, { kind: 'public' }),
    },
  },
  { commonResponses: errorResponses, strictStatusCodes: true },
);
