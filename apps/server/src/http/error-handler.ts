import type { ErrorRequestHandler, Response } from 'express';
import { isDatabaseUnavailable } from '../database/unavailable.js';
import { AppError, InvalidInputError, secretUnreadable, serviceUnavailable } from '../errors.js';
import { events } from '../observability/events.js';
import { VaultError } from '../signing/vault.js';
import { scopeOf } from './scope.js';

/** Errors of express and its parsers that mean the request was wrong: they carry a status below 500. */
const statusOf = (error: unknown): number | undefined => {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
};

const CODES: Record<number, [code: string, detail: string]> = {
  400: ['bad_request', 'The request could not be understood.'],
  404: ['not_found', 'There is nothing at this path.'],
  413: ['payload_too_large', 'Request payload is too large.'],
  415: ['unsupported_media_type', 'This content encoding is not supported.'],
};

const send = (response: Response, status: number, body: unknown): void => {
  response.status(status).json(body);
};

function sendError(response: Response, error: AppError): void {
  if (error.retryAfterSeconds !== undefined)
    response.setHeader('retry-after', String(error.retryAfterSeconds));
  send(response, error.status, { code: error.code, detail: error.message });
}

/** Turns everything thrown into an answer, the only place that does. What is unexpected is logged and says nothing. */
export const handleError: ErrorRequestHandler = (error: unknown, request, response, next) => {
  if (response.headersSent) return next(error);
  if (error instanceof InvalidInputError) return send(response, 422, { detail: error.problems });
  if (error instanceof AppError) return sendError(response, error);
  if (isDatabaseUnavailable(error)) {
    events.requestFailed(scopeOf(request), error);
    return sendError(response, serviceUnavailable());
  }
  const status = statusOf(error);
  if (status !== undefined) {
    const [code, detail] = CODES[status] ?? CODES[400] ?? ['bad_request', ''];
    return send(response, status, { code, detail });
  }
  events.requestFailed(scopeOf(request), error);
  if (error instanceof VaultError) return sendError(response, secretUnreadable());
  send(response, 500, { code: 'server_error', detail: 'Internal server error' });
};
