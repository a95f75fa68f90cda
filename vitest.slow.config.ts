import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** What nobody means well with: made-up requests, second users, planted secrets, and servers that mean harm to the client. */
export const HOSTILE = [
  'test/security/*fuzz.test.ts',
  'test/security/{limits,modern-alike,observed,secrets,two-users}.test.ts',
  'test/client/{bounds,mix-up,relay-renewal,robustness,*hostile}.test.ts',
  'test/{children/callers,telemetry/trouble}.test.ts',
  'test/console/*hostile.test.ts',
];

/** Other people's programs at the other end, a browser among them. */
export const PEERS = [
  'test/peers/**/*.test.ts',
  'test/auth-server/login-page.test.ts',
  'test/console/page.test.ts',
  'test/examples/prometheus.test.ts',
];

/** Several nodes, and what befalls them and their Redis: deaths, failovers, outages. */
export const NODES = [
  'test/e2e/{any-node,deaths,modern-nodes,redis-refuses,stepped-clock,task-nodes}.test.ts',
  'test/{children,console}/nodes.test.ts',
  'test/contract/redis-cluster.test.ts',
  'test/sessions/redis/{cluster-failover,expired,failover,trouble}.test.ts',
];

/** The file that alone takes as long as half of the others: whoever begins with another one waits for it in the end. */
const LONGEST = /strangers-hostile/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [
      ...sorted.filter(({ moduleId }) => LONGEST.test(moduleId)),
      ...sorted.filter(({ moduleId }) => !LONGEST.test(moduleId)),
    ];
  }
}

/** What takes too long for `npm test`: a script of package.json runs each project. */
export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 1,
    // As in vitest.config.ts: a shared machine can starve one.
    retry: process.env.CI ? 1 : 0,
    sequence: { sequencer: LongestFirst },
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
      {
        extends: true,
        test: { name: 'hostile', include: HOSTILE, maxWorkers: 2, globalSetup: ['scripts/prepare-tests.js'] },
      },
      {
        extends: true,
        test: { name: 'nodes', include: NODES, maxWorkers: 3, globalSetup: ['scripts/prepare-tests.js'] },
      },
      // Every verb against four servers, foreign servers, the newest SDK, real curl, real shells, a browser.
      {
        extends: true,
        test: {
          name: 'peers',
          include: PEERS,
          maxWorkers: 2,
          globalSetup: ['scripts/prepare-tests.js'],
        },
      },
      // What is published, as whoever installs it meets it.
      {
        extends: true,
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          maxWorkers: 2,
          globalSetup: ['scripts/prepare-tests.js'],
        },
      },
    ],
  },
});
