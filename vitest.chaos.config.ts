import { defineConfig } from 'vitest/config';

/** The long form of the tests that make trouble: `npm run chaos`. */
export default defineConfig({
  test: {
    include: ['test/chaos/**/*.test.ts'],
    globalSetup: ['test/helpers/install-redis.ts'],
    env: { CHAOS: 'long' },
    hookTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});
