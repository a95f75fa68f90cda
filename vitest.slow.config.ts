import { defineConfig } from 'vitest/config';

/** What takes too long for `npm test`: `npm run chaos`, `npm run soak`, `npm run test:hostile`, `npm run test:package`. */
export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 1,
    // As in vitest.config.ts: a shared machine can starve one.
    retry: process.env.CI ? 1 : 0,
    // As in vitest.config.ts.
    css: { include: [/\?raw$/] },
    projects: [
      {
        extends: true,
        // The long form of the tests that make trouble.
        test: {
          name: 'chaos',
          include: ['test/chaos/**/*.test.ts'],
          globalSetup: ['scripts/prepare-tests.js'],
          env: { CHAOS: 'long' },
        },
      },
      // What is held after minutes of everything.
      {
        extends: true,
        test: { name: 'soak', include: ['test/soak/*.test.ts'], globalSetup: ['scripts/prepare-tests.js'] },
      },
      // Thousands of requests that nobody means well with; and servers that mean harm to the client, over every transport.
      {
        extends: true,
        test: {
          name: 'hostile',
          include: ['test/security/*fuzz.test.ts', 'test/client/*hostile.test.ts'],
          globalSetup: ['scripts/prepare-tests.js'],
        },
      },
      // What is published, as whoever installs it meets it.
      { extends: true, test: { name: 'package', include: ['test/package/**/*.test.ts'] } },
    ],
  },
});
