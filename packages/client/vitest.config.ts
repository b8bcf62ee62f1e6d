import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@postrider/source'] },
  ssr: { resolve: { conditions: ['@postrider/source'] } },
  test: { environment: 'node', include: ['test/**/*.test.ts'], testTimeout: 60_000 },
});
