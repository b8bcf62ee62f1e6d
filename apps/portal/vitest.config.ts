import { defineConfig } from 'vitest/config';

const shared = {
  resolve: { conditions: ['@postrider/source'] },
  ssr: { resolve: { conditions: ['@postrider/source'] } },
};
const ALONE = 'e2e/large.test.ts';

/** Each file of walks has a server and a browser; on a busy machine of two cores they take their time. */
const patient = {
  environment: 'node' as const,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 30_000 } },
};
export const walks = { ...patient, globalSetup: ['e2e/template.ts'] };

export default defineConfig({
  ...shared,
  test: {
    projects: [
      {
        ...shared,
        test: { name: 'unit', environment: 'node', include: ['test/**/*.test.ts'], testTimeout: 60_000 },
      },
      {
        ...shared,
        // Two at a time: a walk waits for its server and its browser a good part of the time. They wait for signals.
        test: {
          ...walks,
          name: 'walks',
          include: ['e2e/**/*.test.ts'],
          exclude: [ALONE],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...shared,
        // It looks at what moves within moments of a click, in two tabs at once: nobody else runs beside it.
        test: { ...patient, name: 'alone', include: [ALONE], maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
