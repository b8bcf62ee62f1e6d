import { z } from 'zod';
import { c } from '../rest.js';
import { operation } from '../shared/access.js';
import { errorResponses } from '../shared/errors.js';
import { ID_PREFIX } from '../shared/ids.js';
import { iterator, limit, order } from '../shared/pagination.js';
import { after, before } from '../shared/query.js';
import { AuditAction, ListResponseAuditEntryOut } from './schemas.js';

export const auditLog = c.router(
  {
    list: {
      method: 'GET',
      path: '/audit-log/',
      query: z.object({
        limit,
        iterator: iterator(ID_PREFIX.auditEntry),
        order,
        before,
        after,
        actor: z
          .string()
          .max(256, { error: 'String too long' })
          .optional()
          .meta({ parameter: 'Only what the key or portal session with this id did' }),
        action: AuditAction.optional().meta({ parameter: 'Only changes of this kind' }),
      }),
      responses: { 200: ListResponseAuditEntryOut },
      summary: 'List Audit Entries',
      description:
        "Who changed keys, settings, portal sessions, endpoint secrets and headers of the key's environment, newest first.",
      metadata: operation('Audit Log', { kind: 'environment' }),
    },
  },
  { commonResponses: errorResponses, strictStatusCodes: true, pathPrefix: '/api/v1' },
);
