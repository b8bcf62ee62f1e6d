import type { CreateTokenIn } from '@postrider/contract';
import { issueKey } from '../../api-keys.js';
import { requireApplication } from '../../applications.js';
import type { RequestContext } from '../../context.js';
import type { ApiKeyRow } from '../../storage/api-key.js';

/**
 * Makes a token that may create messages in one application and nothing else.
 *
 * @throws AppError 404
 */
export async function createMessageToken(
  ctx: RequestContext,
  environmentId: string,
  idOrUid: string,
  { name, expiry }: CreateTokenIn,
): Promise<{ token: string; key: ApiKeyRow }> {
  const { id } = await requireApplication(ctx.database.kysely, environmentId, idOrUid);
  const expiresAt =
    expiry === null || expiry === undefined ? null : new Date(ctx.clock.now().getTime() + expiry * 1000);
  return issueKey(ctx, { environmentId, name, scopes: ['message:create'], applicationId: id, expiresAt });
}
