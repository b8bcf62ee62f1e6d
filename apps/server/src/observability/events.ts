import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';

/** Where events are reported: a context, or that of one request. */
interface Source {
  readonly log: Logger;
  readonly metrics: Metrics;
}

interface EventTypeFields {
  readonly environmentId: string;
  /** Name of the event type. */
  readonly eventType: string;
}

interface EndpointFields {
  readonly environmentId: string;
  readonly applicationId: string;
  readonly endpointId: string;
  /** Of operational endpoints, whose environment is the one that they tell about. */
  readonly operational?: true;
}

interface TaskFields {
  readonly environmentId: string;
  readonly applicationId: string | null;
  readonly endpointId: string | null;
  readonly taskId: string;
  /** Kind of the task, such as `endpoint.recover`. */
  readonly task: string;
}

interface AttemptFields {
  readonly applicationId: string;
  readonly endpointId: string;
  readonly messageId: string;
  readonly attemptId: string;
  readonly statusCode: number;
  readonly success: boolean;
  readonly durationMs: number;
  readonly retryAt: Date | null;
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

  readinessChanged: ({ log }: Source, fields: { ready: boolean; failed: readonly string[] }) =>
    fields.ready
      ? log.info({ event: 'service.ready', ...fields }, 'the service is ready again')
      : log.warn({ event: 'service.not_ready', ...fields }, 'the service is not ready'),

  applicationCreated: ({ log }: Source, fields: { environmentId: string; applicationId: string }) =>
    log.info({ event: 'application.created', ...fields }),

  applicationDeleted: (
    { log }: Source,
    fields: { environmentId: string; applicationId: string; endedSessions: number },
  ) => log.info({ event: 'application.deleted', ...fields }),

  eventTypeCreated: ({ log }: Source, fields: EventTypeFields) =>
    log.info({ event: 'event_type.created', ...fields }),

  eventTypeUpdated: ({ log }: Source, fields: EventTypeFields) =>
    log.info({ event: 'event_type.updated', ...fields }),

  eventTypeArchived: ({ log }: Source, fields: EventTypeFields) =>
    log.info({ event: 'event_type.archived', ...fields }),

  eventTypeDeleted: ({ log }: Source, fields: EventTypeFields) =>
    log.info({ event: 'event_type.deleted', ...fields }),

  eventTypesImported: (
    { log }: Source,
    fields: { environmentId: string; changed: number; archived: number },
  ) => log.info({ event: 'event_type.imported', ...fields }),

  environmentImported: ({ log }: Source, fields: { environmentId: string; eventTypes: number }) =>
    log.info({ event: 'environment.imported', ...fields }),

  endpointCreated: ({ log }: Source, fields: EndpointFields) =>
    log.info({ event: 'endpoint.created', ...fields }),

  endpointUpdated: ({ log }: Source, fields: EndpointFields) =>
    log.info({ event: 'endpoint.updated', ...fields }),

  endpointEnabled: ({ log }: Source, fields: EndpointFields) =>
    log.info({ event: 'endpoint.enabled', ...fields }),

  endpointDisabled: ({ log }: Source, fields: EndpointFields) =>
    log.info({ event: 'endpoint.disabled', ...fields }),

  endpointHeadersChanged: ({ log }: Source, fields: EndpointFields) =>
    log.info({ event: 'endpoint.headers_changed', ...fields }),

  endpointSecretRotated: ({ log }: Source, fields: EndpointFields & { graceSeconds: number }) =>
    log.info({ event: 'endpoint.secret_rotated', ...fields }),

  endpointDeleted: ({ log }: Source, fields: EndpointFields) =>
    log.info({ event: 'endpoint.deleted', ...fields }),

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

  workerRegistered: ({ log }: Source, fields: { worker: number }) =>
    log.info({ event: 'worker.registered', ...fields }),

  workerTakenOver: ({ log, metrics }: Source, fields: { worker: number; deliveries: number }) => {
    metrics.workersTakenOver.inc();
    log.warn({ event: 'worker.taken_over', ...fields }, 'the work of a dead process goes on here');
  },

  messageAccepted: (
    { log, metrics }: Source,
    fields: { applicationId: string; messageId: string; deliveries: number },
  ) => {
    metrics.messagesAccepted.inc();
    log.debug({ event: 'message.accepted', ...fields });
  },

  attemptMade: ({ log, metrics }: Source, fields: AttemptFields, delaySeconds: number | undefined) => {
    metrics.attempts.inc({ outcome: fields.success ? 'success' : 'failure' });
    metrics.attemptSeconds.observe(fields.durationMs / 1000);
    if (delaySeconds !== undefined) metrics.firstAttemptSeconds.observe(delaySeconds);
    if (fields.retryAt) metrics.deliveriesRetried.inc();
    log[fields.success ? 'debug' : 'info']({ event: 'attempt.made', ...fields });
  },

  deliveryExhausted: (
    { log, metrics }: Source,
    fields: { applicationId: string; endpointId: string; messageId: string },
  ) => {
    metrics.deliveriesExhausted.inc();
    log.warn({ event: 'delivery.exhausted', ...fields });
  },

  payloadMissing: (
    { log, metrics }: Source,
    fields: { applicationId: string; endpointId: string; messageId: string; attemptId: string },
  ) => {
    metrics.attempts.inc({ outcome: 'failure' });
    log.warn(
      { event: 'delivery.payload_missing', ...fields },
      'nothing to send: the payload is not kept any more',
    );
  },

  contentExpunged: (
    { log }: Source,
    fields: { environmentId: string; applicationId: string; messages: number },
  ) => log.info({ event: 'message.content_expunged', ...fields }),

  answerExpunged: (
    { log }: Source,
    fields: { environmentId: string; applicationId: string; messageId: string; attemptId: string },
  ) => log.info({ event: 'attempt.content_expunged', ...fields }),

  operationalEventStored: (
    { log, metrics }: Source,
    fields: { environmentId: string; type: string; messageId: string },
  ) => {
    metrics.operationalEvents.inc({ type: fields.type });
    log.debug({ event: 'operational_event.stored', ...fields });
  },

  messageResent: (
    { log }: Source,
    fields: { applicationId: string; endpointId: string; messageId: string },
  ) => log.info({ event: 'message.resent', ...fields }),

  backgroundTaskStarted: ({ log, metrics }: Source, fields: TaskFields) => {
    metrics.backgroundTasks.inc({ task: fields.task, outcome: 'started' });
    log.info({ event: 'background_task.started', ...fields });
  },

  backgroundTaskFinished: (
    { log, metrics }: Source,
    fields: TaskFields & { data: Readonly<Record<string, unknown>> },
  ) => {
    metrics.backgroundTasks.inc({ task: fields.task, outcome: 'finished' });
    log.info({ event: 'background_task.finished', ...fields });
  },

  backgroundTaskFailed: (
    { log, metrics }: Source,
    fields: TaskFields & { data: Readonly<Record<string, unknown>> },
  ) => {
    metrics.backgroundTasks.inc({ task: fields.task, outcome: 'failed' });
    log.warn({ event: 'background_task.failed', ...fields });
  },

  deliveriesCanceled: ({ log, metrics }: Source, fields: { deliveries: number }) => {
    metrics.deliveriesCanceled.inc(fields.deliveries);
    log.info({ event: 'delivery.canceled', ...fields }, 'their endpoints are closed');
  },

  endpointDisabledByOutcome: (
    { log, metrics }: Source,
    fields: { applicationId: string; endpointId: string; reason: string },
  ) => {
    metrics.endpointsDisabled.inc({ reason: fields.reason });
    log.warn({ event: 'endpoint.disabled', ...fields });
  },

  secretsResealed: ({ log }: Source, fields: { values: number }) =>
    log.info({ event: 'encryption.resealed', ...fields }, 'older encryption keys are needed no more'),

  apiKeyCreated: ({ log }: Source, fields: { environmentId: string; keyId: string }) =>
    log.info({ event: 'api_key.created', ...fields }),

  apiKeyUpdated: ({ log }: Source, fields: { environmentId: string; keyId: string }) =>
    log.info({ event: 'api_key.updated', ...fields }),

  apiKeyExpired: ({ log }: Source, fields: { environmentId: string; keyId: string; graceSeconds: number }) =>
    log.info({ event: 'api_key.expired', ...fields }),

  environmentCreated: ({ log }: Source, fields: { environmentId: string }) =>
    log.info({ event: 'environment.created', ...fields }),

  environmentUpdated: ({ log }: Source, fields: { environmentId: string }) =>
    log.info({ event: 'environment.updated', ...fields }),

  environmentDeleted: ({ log }: Source, fields: { environmentId: string; applications: number }) =>
    log.info({ event: 'environment.deleted', ...fields }),

  environmentErased: ({ log }: Source, fields: { environmentId: string }) =>
    log.info({ event: 'environment.erased', ...fields }, 'nothing is left of it'),

  environmentSettingsChanged: ({ log }: Source, fields: { environmentId: string; fields: string }) =>
    log.info({ event: 'environment.settings_changed', ...fields }),

  alertEmailChanged: ({ log }: Source, fields: { environmentId: string; applicationId: string }) =>
    log.info({ event: 'application.alert_email_changed', ...fields }),

  authenticationRefused: ({ log }: Source, fields: { address: string; limited: boolean }) =>
    log.warn({ event: 'authentication.refused', ...fields }),

  requestFailed: ({ log }: Source, error: unknown) =>
    log.error({ event: 'request.failed', err: error }, 'unexpected error'),
};
