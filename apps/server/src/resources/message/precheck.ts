import type { MessagePrecheckIn } from '@postrider/contract';
import type { RequestContext } from '../../context.js';
import { matches } from '../../dispatch/match.js';
import { notFound } from '../../errors.js';
import { loadSnapshot } from '../../storage/application-snapshot.js';

/**
 * Whether any endpoint would get a message of this type and these channels now.
 *
 * @throws AppError 404
 */
export async function precheckMessage(
  ctx: RequestContext,
  environmentId: string,
  applicationIdOrUid: string,
  { eventType, channels }: MessagePrecheckIn,
): Promise<boolean> {
  const application = await loadSnapshot(ctx.database.kysely, environmentId, applicationIdOrUid);
  if (!application) throw notFound();
  const message = { eventType, channels: channels ?? null };
  return application.endpoints.some((endpoint) => matches(endpoint, message));
}
