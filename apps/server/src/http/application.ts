import type { Contract } from '@postrider/contract';
import cors from 'cors';
import express, { type Express, type RequestHandler } from 'express';
import type { Handlers } from '../handlers.js';
import { type Gate, serveContract } from './adapter.js';
import { serveDocs } from './docs.js';
import { handleError } from './error-handler.js';
import { serveMetrics } from './metrics.js';
import { answerUnknownRoute } from './not-found.js';
import { tidyUrl } from './path.js';
import { servePortal } from './portal.js';
import { parseQuery } from './query.js';
import { RATE_LIMIT_HEADERS } from './rate-limit.js';
import { openScope } from './request-log.js';

/** How long browsers remember a preflight, in seconds (spec: wire behaviour, section 3.5). */
const PREFLIGHT_SECONDS = 600;

/** A process that only makes deliveries says how it is, and nothing else. */
const serveHealthOnly: RequestHandler = (request, response, next) => {
  if (/^\/(api\/v1\/health|ready|metrics)(\/|$)/.test(request.path)) return next();
  response
    .status(404)
    .json({ code: 'not_found', detail: 'This process makes deliveries; it does not serve the API.' });
};

/** The express application: the contract's operations, the API reference, the portal. It does not listen yet. */
export function createHttpApplication(handlers: Handlers<Contract>, gate: Gate, version: string): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', parseQuery);
  app.set('trust proxy', gate.context.config.trustedProxies);
  app.use((request, _response, next) => {
    request.url = tidyUrl(request.url);
    next();
  });
  app.use(openScope(gate.context, gate));
  app.use(
    cors({
      origin: '*',
      methods: '*',
      maxAge: PREFLIGHT_SECONDS,
      exposedHeaders: ['retry-after', 'x-request-id', ...RATE_LIMIT_HEADERS],
      optionsSuccessStatus: 200,
    }),
  );
  if (gate.context.config.dispatch.role === 'worker') app.use(serveHealthOnly);
  serveContract(app, handlers, gate);
  serveMetrics(app, gate.context.metrics, gate.context.config.metricsToken);
  serveDocs(app, version);
  servePortal(app, gate.context.config);
  app.use(answerUnknownRoute);
  app.use(handleError);
  return app;
}
