import { expect } from 'vitest';

// What documents.test.ts knows of single blocks of README.md and docs/*.md. A block is named by its document and how it
// begins.

const CLONE = 'sets up a clone, which .ci/run does, and starts what every test starts';
const PACKAGE = 'installs the package: scripts/check-package.mjs does so, without a network';
const NETWORK = 'fetches packages of others over the network; here they are installed';
const ENGINE =
  'needs a container engine: scripts/check-image.mjs before a release, and scripts/check-container.mjs without one';
const DRAWN = 'is drawn by apps/portal/test/documents.test.ts';

/** Blocks that are not run here, by how they begin: why not, and what runs them. */
export const NOT_RUN: Record<string, Record<string, string>> = {
  'README.md': {
    'npm run demo': CLONE,
    'npm test': CLONE,
    'bash scripts/with-postgres.sh npm test': CLONE,
    'npm start': CLONE,
    'node apps/server/dist/main.js': CLONE,
    'npx ./postrider-': PACKAGE,
    'npm install svix': NETWORK,
    'pip install svix': NETWORK,
    '# tour.py': 'is run by scripts/sdk-python/check.sh, which installs the SDK',
    "import 'svix-react/style.css';": DRAWN,
    "import { SvixProvider } from 'svix-react';": DRAWN,
  },
  'docs/AuthenticationApi.md': {
    'import openapi_client': 'is a generated page; scripts/generated-client/check.sh runs its samples',
  },
  'docs/embedding.md': {
    'npm install svix': NETWORK,
    "import 'svix-react/style.css';": DRAWN,
    "import { SvixProvider } from 'svix-react';": DRAWN,
  },
  'docs/operating.md': {
    'npx ./postrider-': PACKAGE,
    'podman build': ENGINE,
    'POSTRIDER_PUBLIC_URL=https://webhooks.example.com docker compose': ENGINE,
    "POSTRIDER_DATABASE_URL='postgres://":
      'needs a server with certificates: apps/server/test/fault/tls.test.ts',
    'POSTRIDER_DATABASE_URL=postgres://postrider:…@pgbouncer':
      'needs PgBouncer: apps/server/test/fault/bouncer.test.ts',
    'create role reports':
      'makes a role for all databases: apps/server/test/e2e/report.test.ts runs it under another name',
  },
};

/** Blocks that are of use on PostgreSQL alone, by how they begin. */
export const ON_POSTGRES: Record<string, string[]> = {
  'README.md': ['export POSTRIDER_DATABASE_URL='],
  'docs/operating.md': ['pg_dump '],
};

/** Blocks that are settings of a service, by how they begin; some start it. It starts, and shows what they set. */
export const STARTS: Record<string, Record<string, (url: string) => Promise<void>>> = {
  'README.md': {
    'export POSTRIDER_DATABASE_URL=': async (url) => {
      expect((await fetch(`${url}/api/v1/health/`)).status).toBe(200);
    },
  },
  'docs/embedding.md': {
    'POSTRIDER_PORTAL_FRAME_ANCESTORS=': async (url) => {
      const { headers } = await fetch(`${url}/login`);
      expect(headers.get('content-security-policy')).toContain(
        'frame-ancestors https://app.example.com https://admin.example.com',
      );
    },
  },
  'docs/operating.md': {
    'OTEL_EXPORTER_OTLP_ENDPOINT=': async (url) => {
      expect((await fetch(`${url}/ready`)).status).toBe(200);
    },
  },
};
