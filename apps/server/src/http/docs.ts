import { join } from 'node:path';
import { buildOpenApi } from '@postrider/contract';
import type { Express } from 'express';
import { explorerDirectory } from '../assets.js';

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Postrider API reference</title>
<link rel="stylesheet" href="/docs/page.css">
<script type="module" src="/docs/openapi-explorer.min.js"></script>
</head>
<body>
<openapi-explorer spec-url="/api/v1/openapi.json" hide-console="true" table="true"></openapi-explorer>
</body>
</html>
`;

const STYLE = 'html,body{margin:0;height:100%}openapi-explorer{font-family:system-ui,sans-serif}';

/** Everything comes from here; the explorer sets styles and a worker of its own. */
const CONTENT_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the OpenAPI document and a reference page that works offline. */
export function serveDocs(app: Express, version: string): void {
  const document = JSON.stringify(buildOpenApi(version));
  const explorer = explorerDirectory();
  app.get('/api/v1/openapi.json', (_request, response) => {
    response.type('application/json').send(document);
  });
  app.get('/', (_request, response) => response.redirect(307, '/docs'));
  app.get('/docs', (_request, response) => {
    response.setHeader('content-security-policy', CONTENT_POLICY);
    response.type('html').send(PAGE);
  });
  app.get('/docs/page.css', (_request, response) => {
    response.type('css').send(STYLE);
  });
  app.get('/docs/openapi-explorer.min.js', (_request, response) => {
    response.sendFile(join(explorer, 'openapi-explorer.min.js'), { maxAge: '1d' });
  });
}
