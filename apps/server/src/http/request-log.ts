import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Context } from '../context.js';
import { type Parts, RequestScope, scopeOf, setScope } from './scope.js';

const ID_PATTERN = /^[A-Za-z0-9_.:-]{1,128}$/;

/**
 * First of all: every request gets a scope and an id (the caller's own, if it looks like one) that answers and log
 * lines carry. One line is logged when a request is done: successes at level debug, refusals at info. No query string:
 * what stands in addresses is the caller's business.
 */
export const openScope = (context: Context, parts: Parts): RequestHandler => {
  const logSuccesses = context.log.isLevelEnabled('debug');
  return (request, response, next) => {
    const given = request.headers['x-request-id'] ?? request.headers['svix-req-id'];
    const requestId = typeof given === 'string' && ID_PATTERN.test(given) ? given : randomUUID();
    const scope = new RequestScope(context, parts, requestId, request.ip ?? '');
    const traceParent = context.tracing && request.headers['traceparent'];
    if (typeof traceParent === 'string') scope.traceParent = traceParent;
    setScope(request, scope);
    response.setHeader('x-request-id', requestId);
    const start = performance.now();
    response.on('finish', () => {
      const seconds = (performance.now() - start) / 1000;
      context.metrics.requestSeconds.observe(
        { method: request.method, status: String(response.statusCode) },
        seconds,
      );
      const failed = response.statusCode >= 400;
      if (!failed && !logSuccesses) return;
      scopeOf(request).log[failed ? 'info' : 'debug']({
        event: 'request',
        method: request.method,
        path: request.originalUrl.split('?', 1)[0],
        status: response.statusCode,
        durationMs: Math.round(seconds * 1000),
      });
    });
    next();
  };
};
