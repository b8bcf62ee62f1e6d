import type { ValidationError } from '@postrider/contract';

/**
 * An error that a caller may read. The HTTP layer turns it into `{code, detail}` (or, for 422, a list of what is wrong);
 * anything else that is thrown becomes a 500 that says nothing. Each code has a page in docs/errors.
 */
export class AppError extends Error {
  readonly status: number;
  readonly code: string;
  /** Sent as `Retry-After`, in whole seconds. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: string, detail: string, retryAfterSeconds?: number) {
    super(detail);
    this.name = 'AppError';
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** 422: the input is wrong in the ways listed. */
export class InvalidInputError extends Error {
  readonly problems: readonly ValidationError[];

  constructor(problems: readonly ValidationError[]) {
    super(problems.map((problem) => `${problem.loc.join('.')}: ${problem.msg}`).join('; '));
    this.name = 'InvalidInputError';
    this.problems = problems;
  }
}

/** 422 with one problem. `loc` is written from the outside in, such as `['body', 'uid']`. */
export const invalidInput = (loc: readonly string[], msg: string, type = 'value_error') =>
  new InvalidInputError([{ loc: [...loc], msg, type }]);

/** 401. The detail never tells why: expired, revoked and unknown tokens look alike. */
export const authenticationFailed = (detail = 'Invalid token') =>
  new AppError(401, 'authentication_failed', detail);

/** 403. The code has a space on the wire (spec: wire behaviour, section 3.1). */
export const insufficientAccess = (detail = 'Insufficient access for the given operation.') =>
  new AppError(403, 'insufficient access', detail);

/** 404, also for what belongs to somebody else. */
export const notFound = (detail = 'Entity not found') => new AppError(404, 'not_found', detail);

/** 409: a unique id is taken, or the same call is still under way. */
export const conflict = (detail = 'A conflict has occurred', code = 'conflict') =>
  new AppError(409, code, detail);

/** 413: the request's body is over the limit. */
export const payloadTooLarge = () => new AppError(413, 'payload_too_large', 'Request payload is too large.');

/** 429. `retryAfterSeconds` is when the caller may try again. */
export const tooManyRequests = (retryAfterSeconds: number) =>
  new AppError(429, 'rate_limited', 'Too many requests. Please slow down.', retryAfterSeconds);

/** 429: the caller, or the process, has as many live streams open as it may. */
export const tooManyStreams = () =>
  new AppError(429, 'too_many_streams', 'Too many live streams are open. Close one, or try again later.', 5);

/** 500: what was sealed in the database cannot be opened with the encryption keys that are configured. */
export const secretUnreadable = () =>
  new AppError(
    500,
    'secret_unreadable',
    'A stored secret cannot be read: it is damaged, or sealed with an encryption key that this service does not have.',
  );

/** 503: the database does not answer at present; the same call may be made again. */
export const serviceUnavailable = (
  detail = 'The service cannot reach its database at present. Please try again.',
) => new AppError(503, 'service_unavailable', detail, 1);

/** A setting or argument that the operator must mend; ends the program with its message, without a stack. */
export class ConfigurationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigurationError';
  }
}
