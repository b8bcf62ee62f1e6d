import { timingSafeEqual } from 'node:crypto';
import type { Express } from 'express';
import { authenticationFailed } from '../errors.js';
import type { Metrics } from '../observability/metrics.js';
import { hashToken } from '../tokens.js';
import { bearerToken } from './authenticate.js';

/** Serves the figures of this process to Prometheus; with a token only to whoever brings it. */
export function serveMetrics(app: Express, metrics: Metrics, token: string | undefined): void {
  app.get('/metrics', (request, response, next) => {
    const given = bearerToken(request.headers.authorization);
    const allowed =
      token === undefined || (given !== undefined && timingSafeEqual(hashToken(given), hashToken(token)));
    if (!allowed) return next(authenticationFailed());
    metrics.registry
      .metrics()
      .then((text) => {
        response.type(metrics.registry.contentType).send(text);
      })
      .catch(next);
  });
}
