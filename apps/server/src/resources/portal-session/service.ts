import { ID_PREFIX, type OneTimeTokenOut, type WhoamiOut } from '@postrider/contract';
import { recordAudit } from '../../audit.js';
import type { RequestContext } from '../../context.js';
import type { Queryable } from '../../database/database.js';
import { authenticationFailed } from '../../errors.js';
import type { Caller } from '../../handlers.js';
import { createId } from '../../ids.js';
import { events } from '../../observability/events.js';
import { lockOneTimeCode, markOneTimeCodeUsed, type OneTimeCode } from '../../storage/one-time-code.js';
import { findPortalSession, insertPortalSession } from '../../storage/portal-session.js';
import { hashToken, tokenOfCode } from '../../tokens.js';

/** For how long the same code gives the same session again: pages that load twice. */
const REPEAT_MS = 10_000;

/**
 * Exchanges the code of a magic link for a portal session. Unknown, used, expired and revoked codes are all alike.
 *
 * @throws AppError 401
 */
export async function exchangeCode(ctx: RequestContext, code: string): Promise<OneTimeTokenOut> {
  const now = ctx.clock.now();
  const token = tokenOfCode(ctx.vault.derive('portal token of a one-time code'), code);
  const opened = await ctx.database.kysely.transaction().execute(async (transaction) => {
    const found = await lockOneTimeCode(transaction, hashToken(code));
    if (!found || found.sessionExpiresAt <= now) throw authenticationFailed();
    if (found.usedAt) {
      const living = await findPortalSession(transaction, hashToken(token), now);
      if (!living || now.getTime() - found.usedAt.getTime() >= REPEAT_MS) throw authenticationFailed();
      return { code: found, portalSessionId: undefined };
    }
    if (found.expiresAt <= now) throw authenticationFailed();
    return { code: found, portalSessionId: await openSession(ctx, transaction, found, token, now) };
  });
  const { environmentId, applicationId, capabilities } = opened.code;
  if (opened.portalSessionId !== undefined) {
    events.portalLinkOpened(ctx, { environmentId, applicationId, portalSessionId: opened.portalSessionId });
  }
  const { readOnly } = await ctx.settings.of(environmentId);
  return { token, capabilities: capabilities.filter((one) => !readOnly || one === 'ViewBase') };
}

async function openSession(
  ctx: RequestContext,
  transaction: Queryable,
  code: OneTimeCode,
  token: string,
  now: Date,
): Promise<string> {
  const id = createId(ID_PREFIX.portalSession, now);
  await insertPortalSession(transaction, {
    environmentId: code.environmentId,
    applicationId: code.applicationId,
    id,
    tokenHash: hashToken(token),
    sessionId: code.sessionId,
    capabilities: code.capabilities,
    featureFlags: code.featureFlags,
    createdAt: now,
    expiresAt: code.sessionExpiresAt,
  });
  await markOneTimeCodeUsed(transaction, code.codeHash, id, now);
  await recordAudit(ctx, transaction, {
    environmentId: code.environmentId,
    action: 'portal.link_opened',
    actor: { kind: 'session', id },
    target: id,
    applicationId: code.applicationId,
    details: code.sessionId === null ? {} : { sessionId: code.sessionId },
  });
  return id;
}

/** What a token tells of itself. */
export function describeCaller(caller: Caller): WhoamiOut {
  if (caller.kind === 'environment') {
    return {
      envId: caller.environmentId,
      ...(caller.applicationId === null ? {} : { appId: caller.applicationId }),
      permissionSource: 'EnvironmentKey',
      scopes: [...caller.scopes],
      expiresAt: caller.expiresAt?.toISOString() ?? null,
    };
  }
  const { session } = caller;
  return {
    envId: caller.environmentId,
    appId: session.applicationId,
    ...(session.sessionId === null ? {} : { sessionId: session.sessionId }),
    permissionSource: 'PortalSession',
    capabilities: [...session.capabilities],
    featureFlags: [...session.featureFlags],
    expiresAt: session.expiresAt.toISOString(),
  };
}
