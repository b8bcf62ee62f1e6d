import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@postrider/source'] },
  ssr: { resolve: { conditions: ['@postrider/source'] } },
  test: {
    // Each walk has a server and a browser: one at a time is faster on two cores than all at once.
    fileParallelism: false,
    environment: 'node',
    include: ['test/**/*.test.ts', 'e2e/**/*.test.ts'],
    // A walk starts a server and a browser; on a busy machine of two cores that takes its time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
