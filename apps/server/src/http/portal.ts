import { join } from 'node:path';
import express, { type Express, type RequestHandler } from 'express';
import { portalDirectory } from '../assets.js';
import type { Config } from '../config.js';

const YEAR_MS = 365 * 24 * 3_600_000;

/**
 * What browsers may do in the portal: only what it brings itself. Logos may come from elsewhere, since the operator
 * names them. No X-Frame-Options: embedding is the purpose, and `frame-ancestors` says by whom.
 */
const contentPolicy = (frameAncestors: string): string =>
  [
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: https:",
    "font-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frameAncestors}`,
  ].join('; ');

/** Serves the portal: its files under their hashed names for a year, and its page for every other address. */
export function servePortal(app: Express, config: Config): void {
  const directory = portalDirectory();
  const headers: RequestHandler = (_request, response, next) => {
    response.setHeader('content-security-policy', contentPolicy(config.portal.frameAncestors));
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('x-content-type-options', 'nosniff');
    next();
  };
  app.use(
    '/assets',
    headers,
    express.static(join(directory, 'assets'), { immutable: true, maxAge: YEAR_MS, fallthrough: false }),
  );
  app.use(headers, express.static(directory, { index: false, maxAge: 0 }));
  app.use((request, response, next) => {
    const page = request.method === 'GET' || request.method === 'HEAD';
    if (!page || request.path.startsWith('/api/') || !request.accepts('html')) return next();
    response.setHeader('cache-control', 'no-cache');
    response.sendFile(join(directory, 'index.html'));
  });
}
