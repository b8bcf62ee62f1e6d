import type { AuditAction, AuditActorKind } from '@postrider/contract';
import { type Selectable, sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import type { AuditEntryTable } from '../database/tables.js';
import { cutPage, type Page, type PageRequest, planPage } from './page.js';

/** One change as it was written down. */
export type AuditEntryRow = Selectable<AuditEntryTable>;

/** What is written down of one change. */
export interface NewAuditEntry {
  readonly environmentId: string;
  readonly id: string;
  readonly action: AuditAction;
  readonly actor: { readonly kind: AuditActorKind; readonly id: string | null };
  readonly target: string;
  readonly applicationId: string | null;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, string>>;
  readonly createdAt: Date;
}

export async function insertAuditEntry(database: Queryable, entry: NewAuditEntry): Promise<void> {
  await database
    .insertInto('audit_entry')
    .values({
      environment_id: entry.environmentId,
      id: entry.id,
      action: entry.action,
      actor_kind: entry.actor.kind,
      actor_id: entry.actor.id,
      target: entry.target,
      application_id: entry.applicationId,
      request_id: entry.requestId,
      details: JSON.stringify(entry.details),
      created_at: entry.createdAt,
    })
    .execute();
}

/** Which entries a list gives. The bounds are ids: entries sort by time. */
export interface AuditFilter {
  readonly actor: string | undefined;
  readonly action: AuditAction | undefined;
  /** Only ids above it. */
  readonly after: string | undefined;
  /** Only ids below it. */
  readonly before: string | undefined;
}

/** A page of the environment's entries by id. */
export async function listAuditEntries(
  database: Queryable,
  environmentId: string,
  filter: AuditFilter,
  request: PageRequest,
): Promise<Page<AuditEntryRow>> {
  const plan = planPage(request);
  let query = database
    .selectFrom('audit_entry')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .orderBy('id', plan.direction)
    .limit(plan.fetch);
  if (plan.bound !== undefined) query = query.where('id', plan.comparison, plan.bound);
  if (filter.actor !== undefined) query = query.where('actor_id', '=', filter.actor);
  if (filter.action !== undefined) query = query.where('action', '=', filter.action);
  if (filter.after !== undefined) query = query.where('id', '>', filter.after);
  if (filter.before !== undefined) query = query.where('id', '<', filter.before);
  return cutPage(request, await query.execute());
}

/** Removes at most `limit` entries made before `before`; gives how many. */
export async function deleteOldAuditEntries(
  database: Queryable,
  before: Date,
  limit: number,
): Promise<number> {
  const result = await sql`
    delete from audit_entry where ctid = any(array(
      select ctid from audit_entry where created_at < ${before}::timestamptz limit ${limit}
    ))`.execute(database);
  return Number(result.numAffectedRows ?? 0);
}
