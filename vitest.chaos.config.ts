import { defineConfig } from 'vitest/config';

/** The long form of the tests that make trouble: `npm run chaos`. */
export default defineConfig({
  test: {
    include: ['test/chaos/**/*.test.ts'],
    globalSetup: ['scripts/prepare-tests.js'],
    env: { CHAOS: 'long' },
    hookTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});
