import { defineConfig } from 'vitest/config';

const conditions = ['@postrider/source'];
const postgresUrl = process.env['POSTRIDER_TEST_DATABASE_URL'];

if (!postgresUrl) {
  const text = 'POSTRIDER_TEST_DATABASE_URL is not set: the tests run on the embedded database only.';
  if (process.env['CI']) throw new Error(text);
  process.stderr.write(`${text}\n`);
}

/** How long a signal may take before a test gives up: no promise, so far above what a busy machine needs. */
const patience = { expect: { poll: { timeout: 30_000 } }, testTimeout: 90_000, hookTimeout: 120_000 };

/** The same suite once for each database. */
const onDatabase = (kind: 'embedded' | 'postgres') => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: kind,
    include: ['test/e2e/**/*.test.ts'],
    globalSetup: ['test/databases.ts'],
    provide: { database: kind },
    ...patience,
  },
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], ...patience },
      },
      {
        test: {
          name: 'fault',
          include: ['test/fault/**/*.test.ts'],
          ...patience,
          testTimeout: 400_000,
        },
      },
      onDatabase('embedded'),
      ...(postgresUrl ? [onDatabase('postgres')] : []),
    ],
  },
});
