export * from './application/schemas.js';
export * from './audit-log/schemas.js';
export * from './authentication/message-token.js';
export * from './authentication/schemas.js';
export { type Contract, contract } from './contract.js';
export * from './endpoint/activity.js';
export * from './endpoint/headers.js';
export * from './endpoint/replay.js';
export {
  DisabledReason,
  EndpointIn,
  EndpointOut,
  EndpointPatch,
  EndpointUpsertIn,
  ListResponseEndpointOut,
  MAX_URL_LENGTH,
} from './endpoint/schemas.js';
export {
  DEFAULT_SECRET_GRACE_SECONDS,
  EndpointSecretOut,
  EndpointSecretRotateIn,
  MAX_SECRET_GRACE_SECONDS,
} from './endpoint/secret.js';
export * from './environment/transfer.js';
export * from './environment-settings/schemas.js';
export * from './event-type/openapi-schemas.js';
export * from './event-type/retry-schedule.js';
export * from './event-type/schemas.js';
export { HealthOut } from './health/contract.js';
export { ReadyCheck, ReadyCheckName, ReadyOut } from './health/readiness.js';
export * from './live/schemas.js';
export {
  ApiTokenCensoredOut,
  ApiTokenExpireIn,
  ApiTokenIn,
  ApiTokenOut,
  ApiTokenPatch,
  ApiTokenUpdate,
} from './management/authentication.js';
export {
  EnvironmentModelIn,
  EnvironmentModelOut,
  EnvironmentModelUpdate,
  EnvironmentType,
} from './management/environment.js';
export * from './message/broadcast.js';
export * from './message/content.js';
export * from './message/schemas.js';
export * from './message/search.js';
export * from './message-attempt/schemas.js';
export { buildOpenApi, listOperations, type Operation, operationId } from './openapi.js';
export * from './operational-webhook/events.js';
export * from './operational-webhook/schemas.js';
export * from './portal-session/schemas.js';
export * from './shared/access.js';
export {
  BackgroundTaskOut,
  BackgroundTaskStatus,
  BackgroundTaskType,
  ListResponseBackgroundTaskOut,
} from './shared/background-task.js';
export * from './shared/errors.js';
export { byteLength, isStorable, MAX_CHANNELS } from './shared/fields.js';
export { ID_PREFIX } from './shared/ids.js';
export { DEFAULT_PAGE, listOf, MAX_PAGE, Ordering } from './shared/pagination.js';
export { MessageStatus, MessageStatusText, StatusCodeClass } from './shared/status.js';
export * from './statistics/schemas.js';
