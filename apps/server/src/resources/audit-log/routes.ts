import { type AuditEntryOut, type contract, ID_PREFIX } from '@postrider/contract';
import type { Handlers } from '../../handlers.js';
import { endId, startId } from '../../ids.js';
import { type AuditEntryRow, listAuditEntries } from '../../storage/audit-entry.js';
import { presentPage, toPageRequest } from '../page-query.js';

const presentEntry = (row: AuditEntryRow): AuditEntryOut => ({
  id: row.id,
  createdAt: row.created_at.toISOString(),
  // The one writer is typed: these columns hold nothing else.
  action: row.action as AuditEntryOut['action'],
  actor: { kind: row.actor_kind as AuditEntryOut['actor']['kind'], id: row.actor_id },
  target: row.target,
  applicationId: row.application_id,
  requestId: row.request_id,
  details: row.details,
});

export const auditLogRoutes: Handlers<typeof contract.auditLog> = {
  list: async ({ ctx, caller, query }) => {
    const page = await listAuditEntries(
      ctx.database.kysely,
      caller.environmentId,
      {
        actor: query.actor,
        action: query.action,
        after: query.after && endId(ID_PREFIX.auditEntry, query.after),
        before: query.before && startId(ID_PREFIX.auditEntry, query.before),
      },
      toPageRequest(query, 'descending'),
    );
    return { status: 200, body: presentPage(page, (row) => row.id, presentEntry) };
  },
};
