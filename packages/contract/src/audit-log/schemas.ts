import { z } from 'zod';
import { timestamp } from '../shared/fields.js';
import { listOf } from '../shared/pagination.js';

/** What is written down of a change. New ones may come. */
export const AuditAction = z
  .enum([
    'environment.created',
    'environment.updated',
    'environment.deleted',
    'environment.settings_changed',
    'api_key.created',
    'api_key.updated',
    'api_key.expired',
    'application.deleted',
    'application.alert_email_changed',
    'portal.access_granted',
    'portal.link_opened',
    'portal.logged_out',
    'portal.sessions_expired',
    'endpoint.secret_rotated',
    'endpoint.headers_changed',
  ])
  .meta({ id: 'AuditAction' });
export type AuditAction = z.infer<typeof AuditAction>;

/** Who did it. `system`: the command line, or the server by itself. */
export const AuditActorKind = z.enum(['key', 'session', 'system']).meta({ id: 'AuditActorKind' });
export type AuditActorKind = z.infer<typeof AuditActorKind>;

export const AuditEntryOut = z
  .object({
    id: z.string().meta({ examples: ['audit_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
    createdAt: timestamp,
    action: AuditAction,
    actor: z
      .object({
        kind: AuditActorKind,
        id: z.string().nullable().meta({ description: 'Of the key or portal session.' }),
      })
      .meta({ id: 'AuditActor' }),
    target: z.string().meta({ description: 'Id of what was changed.' }),
    applicationId: z.string().nullable().meta({ description: 'The application that the target is in.' }),
    requestId: z.string().nullable(),
    details: z
      .record(z.string(), z.string())
      .meta({ description: 'More about the change, such as the names of fields; never a secret or token.' }),
  })
  .meta({ id: 'AuditEntryOut' });
export type AuditEntryOut = z.infer<typeof AuditEntryOut>;

export const ListResponseAuditEntryOut = listOf(AuditEntryOut).meta({ id: 'ListResponse_AuditEntryOut_' });
