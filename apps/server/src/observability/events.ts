import type { Logger } from './logger.js';

/** Where the events of one request or one batch are reported: its logger. */
interface Source {
  readonly log: Logger;
}

/**
 * One function per business event: each writes one log line with a stable `event` name and the ids that matter, never
 * a token or a link.
 */
export const events = {
  serviceStarted: ({ log }: Source, fields: { address: string; database: string; startMs: number }) =>
    log.info({ event: 'service.started', ...fields }, 'Postrider is ready'),

  serviceDraining: ({ log }: Source, fields: { signal: string }) =>
    log.info({ event: 'service.draining', ...fields }, 'finishing what is under way'),

  serviceStopped: ({ log }: Source) => log.info({ event: 'service.stopped' }, 'stopped'),

  applicationCreated: ({ log }: Source, fields: { environmentId: string; applicationId: string }) =>
    log.info({ event: 'application.created', ...fields }),

  applicationDeleted: (
    { log }: Source,
    fields: { environmentId: string; applicationId: string; endedSessions: number },
  ) => log.info({ event: 'application.deleted', ...fields }),

  portalAccessGranted: (
    { log }: Source,
    fields: { environmentId: string; applicationId: string; portalSessionId: string; expiresAt: Date },
  ) => log.info({ event: 'portal.access_granted', ...fields }),

  portalLinkOpened: (
    { log }: Source,
    fields: { environmentId: string; applicationId: string; portalSessionId: string },
  ) => log.info({ event: 'portal.link_opened', ...fields }),

  portalLoggedOut: (
    { log }: Source,
    fields: { environmentId: string; applicationId: string; portalSessionId: string },
  ) => log.info({ event: 'portal.logged_out', ...fields }),

  portalSessionsExpired: (
    { log }: Source,
    fields: {
      environmentId: string;
      applicationId: string;
      sessions: number;
      links: number;
      graceSeconds: number;
    },
  ) => log.info({ event: 'portal.sessions_expired', ...fields }),

  apiKeyCreated: ({ log }: Source, fields: { environmentId: string; keyId: string }) =>
    log.info({ event: 'api_key.created', ...fields }),

  authenticationRefused: ({ log }: Source, fields: { address: string; limited: boolean }) =>
    log.warn({ event: 'authentication.refused', ...fields }),

  requestFailed: ({ log }: Source, error: unknown) =>
    log.error({ event: 'request.failed', err: error }, 'unexpected error'),
};
