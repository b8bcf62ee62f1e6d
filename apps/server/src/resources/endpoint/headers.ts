import type { EndpointHeadersOut, EndpointHeadersPatchIn } from '@postrider/contract';
import { concernedEnvironment, namesOfEndpoint, recordAudit } from '../../audit.js';
import type { Context, RequestContext } from '../../context.js';
import { headersContext } from '../../dispatch/application-cache.js';
import { requireEndpoint } from '../../endpoints.js';
import { notFound } from '../../errors.js';
import { events } from '../../observability/events.js';
import type { Application } from '../../storage/application.js';
import { type Endpoint, updateEndpoint } from '../../storage/endpoint.js';
import { changeEndpoints } from './change.js';

type Headers = Readonly<Record<string, string>>;
type HeaderChanges = Pick<EndpointHeadersPatchIn, 'headers' | 'deleteHeaders'>;

/** Headers whose values are never shown, in lower case (spec: wire behaviour, section 6.3). */
const SENSITIVE: ReadonlySet<string> = new Set([
  'x-auth-token',
  'x-api-key',
  'www-authenticate',
  'authorization',
  'proxy-authenticate',
  'proxy-authorization',
]);

const isSensitive = (name: string): boolean => SENSITIVE.has(name.toLowerCase());

/**
 * The headers after a change. Names are the same whatever their case; that of the last change stays. What is both
 * removed and set is set.
 */
export function mergeHeaders(present: Headers, { headers, deleteHeaders }: HeaderChanges): Headers {
  const merged = new Map(
    Object.entries(present).map(([name, value]) => [name.toLowerCase(), { name, value }]),
  );
  for (const name of deleteHeaders) merged.delete(name.toLowerCase());
  for (const [name, value] of Object.entries(headers)) {
    merged.delete(name.toLowerCase());
    if (value !== null) merged.set(name.toLowerCase(), { name, value });
  }
  return Object.fromEntries([...merged.values()].map(({ name, value }) => [name, value]));
}

/** Headers as they are stored; null for none. */
export function sealHeaders(ctx: Context, endpointId: string, headers: Headers): Buffer | null {
  if (Object.keys(headers).length === 0) return null;
  return ctx.vault.seal(JSON.stringify(headers), headersContext(endpointId));
}

const openHeaders = (ctx: Context, endpoint: Endpoint): Headers =>
  endpoint.headers === null
    ? {}
    : (JSON.parse(ctx.vault.open(endpoint.headers, headersContext(endpoint.id)).toString()) as Headers);

/**
 * The headers that an endpoint gets with each message; of sensitive ones only the names.
 *
 * @throws AppError 404
 */
export async function describeHeaders(
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
): Promise<EndpointHeadersOut> {
  const endpoint = await requireEndpoint(ctx.database.kysely, application.id, idOrUid);
  const headers = Object.entries(openHeaders(ctx, endpoint));
  return {
    headers: Object.fromEntries(headers.filter(([name]) => !isSensitive(name))),
    sensitive: headers.map(([name]) => name).filter(isSensitive),
  };
}

async function changeHeaders(
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
  change: (endpoint: Endpoint) => Headers,
): Promise<void> {
  const endpointId = await changeEndpoints(ctx, application.id, async (transaction) => {
    const endpoint = await requireEndpoint(transaction, application.id, idOrUid);
    const headers = sealHeaders(ctx, endpoint.id, change(endpoint));
    const updatedAt = ctx.clock.now();
    const updated = await updateEndpoint(transaction, application.id, endpoint.id, { headers, updatedAt });
    if (!updated) throw notFound();
    await recordAudit(ctx, transaction, {
      environmentId: concernedEnvironment(application),
      action: 'endpoint.headers_changed',
      target: endpoint.id,
      applicationId: application.id,
    });
    return endpoint.id;
  });
  events.endpointHeadersChanged(ctx, namesOfEndpoint(application, endpointId));
}

/**
 * Gives the endpoint these headers and no others.
 *
 * @throws AppError 404
 */
export const replaceHeaders = (
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
  headers: Headers,
): Promise<void> =>
  changeHeaders(ctx, application, idOrUid, () => mergeHeaders({}, { headers, deleteHeaders: [] }));

/**
 * Sets and removes some headers; others stay.
 *
 * @throws AppError 404
 */
export const patchHeaders = (
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
  changes: HeaderChanges,
): Promise<void> =>
  changeHeaders(ctx, application, idOrUid, (endpoint) => mergeHeaders(openHeaders(ctx, endpoint), changes));
