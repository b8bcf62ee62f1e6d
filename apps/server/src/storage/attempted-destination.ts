import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import { type DeliveryState, wasTried } from './attempted-message.js';
import type { Endpoint } from './endpoint.js';
import { cutPage, type Page, type PageRequest, planPage } from './page.js';
import { allOf } from './window.js';

/** An endpoint as it got one message. */
export type AttemptedDestination = Omit<Endpoint, 'headers' | 'disabled_at'> & DeliveryState;

/**
 * Endpoints that the message was sent to, deleted ones too, by id. `delivery` has no index by message, which every
 * accept would pay for: it is asked for each of the application's endpoints in turn.
 */
export async function listAttemptedDestinations(
  database: Queryable,
  applicationId: string,
  messageId: string,
  request: PageRequest,
): Promise<Page<AttemptedDestination>> {
  const plan = planPage(request);
  const conditions = [
    sql`endpoint.application_id = ${applicationId}`,
    ...(plan.bound === undefined ? [] : [sql`endpoint.id ${sql.raw(plan.comparison)} ${plan.bound}`]),
    wasTried,
  ];
  const { rows } = await sql<AttemptedDestination>`
    select endpoint.environment_id, endpoint.application_id, endpoint.id, endpoint.uid, endpoint.url,
      endpoint.description, endpoint.version, endpoint.throttle_rate, endpoint.disabled, endpoint.disabled_reason,
      endpoint.event_types, endpoint.channels, endpoint.metadata, endpoint.first_failure_at, endpoint.created_at,
      endpoint.updated_at, endpoint.deleted_at, delivery.status as delivery_status,
      delivery.retry_at as next_attempt_at
    from endpoint
    cross join lateral (
      select status, attempts, manual, retry_at from delivery
      where application_id = endpoint.application_id and endpoint_id = endpoint.id and message_id = ${messageId}
      offset 0
    ) as delivery
    where ${allOf(conditions)}
    order by endpoint.id ${sql.raw(plan.direction)}
    limit ${plan.fetch}`.execute(database);
  return cutPage(request, rows);
}
