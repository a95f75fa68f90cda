import { configDefaults, defineConfig } from 'vitest/config';

const CHAOS = 'test/chaos/**/*.test.ts';

export default defineConfig({
  test: {
    globalSetup: ['scripts/prepare-tests.js'],
    testTimeout: 15_000,
    hookTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 2,
    // Vitest empties style sheets unless it is told which it is to read: those that are served.
    css: { include: [/\?raw$/] },
    // A CI machine may be shared, and starve a test of its time: there it gets a second try, and the report says so.
    retry: process.env.CI ? 1 : 0,
    projects: [
      { extends: true, test: { name: 'tests', include: ['test/**/*.test.ts'], exclude: [...configDefaults.exclude, CHAOS] } },
      // Load and timing: one after the other, when all else is done.
      { extends: true, test: { name: 'chaos', include: [CHAOS], maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
