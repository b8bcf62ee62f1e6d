import {
  ALL_CAPABILITIES,
  type ApplicationTokenExpireIn,
  type AppPortalAccessIn,
  type AppPortalAccessOut,
  type Capability,
  ID_PREFIX,
  MAX_SESSION_SECONDS,
} from '@postrider/contract';
import { requireApplication, resolveApplication } from '../../applications.js';
import { recordAudit } from '../../audit.js';
import type { RequestContext } from '../../context.js';
import type { SessionCaller } from '../../handlers.js';
import { createId } from '../../ids.js';
import { events } from '../../observability/events.js';
import { deleteOneTimeCodes, insertOneTimeCode } from '../../storage/one-time-code.js';
import {
  endPortalSession,
  expirePortalSessions,
  insertPortalSession,
  type PortalGrant,
} from '../../storage/portal-session.js';
import { createToken, hashToken, PORTAL_TOKEN_PREFIX } from '../../tokens.js';

const ONE_TIME_CODE_PREFIX = 'otc_';

/**
 * What a session may do: everything unless the call says less. With both `capabilities` and `readOnly` the smaller set
 * wins, which is reading.
 */
export function grantedCapabilities(
  input: Pick<AppPortalAccessIn, 'capabilities' | 'readOnly'>,
): readonly Capability[] {
  if (input.readOnly) return ['ViewBase'];
  const { capabilities } = input;
  return capabilities ? ALL_CAPABILITIES.filter((one) => capabilities.includes(one)) : ALL_CAPABILITIES;
}

/** The link that opens the portal. The code stands in the fragment: browsers never send it to a server. */
function magicLink(publicUrl: string, appId: string, oneTimeToken: string): string {
  const key = JSON.stringify({ appId, oneTimeToken, region: 'self_hosted' });
  return `${publicUrl}/login#key=${Buffer.from(key).toString('base64')}`;
}

/**
 * Lets a customer into the portal: makes a session (`token`) and a link (`url`) that opens another of the same kind,
 * once. Makes the application first where the call brings one. All or nothing.
 *
 * @throws AppError 404, InvalidInputError when the inline application does not fit the path
 */
export async function grantPortalAccess(
  ctx: RequestContext,
  environmentId: string,
  idOrUid: string,
  input: AppPortalAccessIn,
): Promise<AppPortalAccessOut> {
  const createdAt = ctx.clock.now();
  const sessionExpiresAt = new Date(createdAt.getTime() + (input.expiry ?? MAX_SESSION_SECONDS) * 1000);
  const codeExpiresAt = new Date(createdAt.getTime() + ctx.config.portal.oneTimeTokenTtlSeconds * 1000);
  const token = createToken(PORTAL_TOKEN_PREFIX);
  const code = createToken(ONE_TIME_CODE_PREFIX);
  const portalSessionId = createId(ID_PREFIX.portalSession, createdAt);
  const { application, created } = await ctx.database.kysely.transaction().execute(async (transaction) => {
    const resolved = await resolveApplication(ctx, transaction, environmentId, idOrUid, input.application);
    const grant: PortalGrant = {
      environmentId,
      applicationId: resolved.application.id,
      sessionId: input.sessionId ?? null,
      capabilities: grantedCapabilities(input),
      featureFlags: [...new Set(input.featureFlags ?? [])],
    };
    await insertPortalSession(transaction, {
      ...grant,
      id: portalSessionId,
      tokenHash: hashToken(token),
      createdAt,
      expiresAt: sessionExpiresAt,
    });
    await insertOneTimeCode(transaction, {
      ...grant,
      codeHash: hashToken(code),
      createdAt,
      expiresAt: codeExpiresAt,
      sessionExpiresAt,
    });
    await recordAudit(ctx, transaction, {
      environmentId,
      action: 'portal.access_granted',
      target: portalSessionId,
      applicationId: resolved.application.id,
    });
    return resolved;
  });
  const applicationId = application.id;
  if (created) events.applicationCreated(ctx, { environmentId, applicationId });
  events.portalAccessGranted(ctx, {
    environmentId,
    applicationId,
    portalSessionId,
    expiresAt: sessionExpiresAt,
  });
  return { url: magicLink(ctx.config.publicUrl, applicationId, code), token };
}

/** Ends the calling session; its twin from the same reply goes on. */
export async function logOut(ctx: RequestContext, { session }: SessionCaller): Promise<void> {
  await ctx.database.kysely.transaction().execute(async (transaction) => {
    if (!(await endPortalSession(transaction, session.id, ctx.clock.now()))) return;
    await recordAudit(ctx, transaction, {
      environmentId: session.environmentId,
      action: 'portal.logged_out',
      target: session.id,
      applicationId: session.applicationId,
    });
  });
  events.portalLoggedOut(ctx, {
    environmentId: session.environmentId,
    applicationId: session.applicationId,
    portalSessionId: session.id,
  });
}

/**
 * Ends the application's sessions, at once or after a grace in seconds, never lengthening a life; links that nobody
 * opened die at once. `sessionIds` limits both to these, empty or absent means all.
 *
 * @throws AppError 404
 */
export async function expireAllSessions(
  ctx: RequestContext,
  environmentId: string,
  idOrUid: string,
  input: ApplicationTokenExpireIn,
): Promise<void> {
  const { id } = await requireApplication(ctx.database.kysely, environmentId, idOrUid);
  const graceSeconds = input.expiry ?? 0;
  const sessionIds = input.sessionIds ?? [];
  const now = ctx.clock.now();
  const end = new Date(now.getTime() + graceSeconds * 1000);
  const counts = await ctx.database.kysely.transaction().execute(async (transaction) => {
    // Codes first: an exchange under way holds its code, so its session is there to be ended when we go on.
    const links = await deleteOneTimeCodes(transaction, id, sessionIds);
    const sessions = await expirePortalSessions(transaction, id, end, now, sessionIds);
    await recordAudit(ctx, transaction, {
      environmentId,
      action: 'portal.sessions_expired',
      target: id,
      applicationId: id,
      details: { graceSeconds: String(graceSeconds), sessions: String(sessions), links: String(links) },
    });
    return { links, sessions };
  });
  events.portalSessionsExpired(ctx, { environmentId, applicationId: id, graceSeconds, ...counts });
}
