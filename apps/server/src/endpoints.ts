import type { Queryable } from './database/database.js';
import { notFound } from './errors.js';
import { type Endpoint, findEndpoint } from './storage/endpoint.js';

/**
 * The endpoint with this id or uid.
 *
 * @throws AppError 404 when the application has none
 */
export async function requireEndpoint(
  database: Queryable,
  applicationId: string,
  idOrUid: string,
): Promise<Endpoint> {
  const endpoint = await findEndpoint(database, applicationId, idOrUid);
  if (!endpoint) throw notFound();
  return endpoint;
}
