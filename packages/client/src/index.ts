export { type Client, type ClientOptions, createClient, type TokenSource, VERSION } from './client.js';
export {
  ApiError,
  type CallInfo,
  type CallResult,
  ConnectionError,
  type SuccessBody,
  type SuccessStatus,
  TimeoutError,
  unwrap,
} from './errors.js';
export {
  createLive,
  LIVE_SILENCE_MS,
  type Live,
  type LiveFilter,
  type LiveInput,
  type LiveUpdate,
} from './live.js';
export { type ListInput, type ListResult, type Page, paginate } from './paginate.js';
export { MAX_RETRY_AFTER_MS } from './retry.js';
export type { Timing } from './timing.js';
export {
  WEBHOOK_TOLERANCE_SECONDS,
  Webhook,
  type WebhookCheck,
  type WebhookHeaders,
  WebhookVerificationError,
} from './webhook.js';
