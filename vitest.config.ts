import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { HOSTILE, NODES, PEERS } from './vitest.slow.config.js';

const CHAOS = 'test/chaos/**/*.test.ts';
/** What takes longer than a whole run may, and has a script of its own (vitest.slow.config.ts). */
const SLOW = ['test/package/**/*.test.ts', 'test/soak/**/*.test.ts', ...PEERS, ...HOSTILE, ...NODES];
/** What a test needs beside itself: another process (Redis, nginx, a browser), a port, or what `npm run build` makes. */
const NEEDS_MORE = /['"`](?:node:child_process|playwright-core|@lydell\/node-pty)['"`]|\blisten\w*\(|\.\.\/dist\//i;
const IMPORTED = /^(?:import\b.*|\}) from '(\.[^']+)\.js';$/gm;

/** Folders whose tests have a script of their own, whatever they need. */
const OWN_SCRIPT = /^test\/(?:chaos|package|peers|soak)\//;

/** The tests that need nothing more, by the text of them and their helpers: they are quick, and run without a build. */
const UNIT = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((name) => join('test', name))
  .filter((file) => file.endsWith('.test.ts') && !OWN_SCRIPT.test(file) && !needsMore(file, new Set()));

const prepared = { globalSetup: ['scripts/prepare-tests.js'] };

export default defineConfig({
  test: {
    testTimeout: 15_000,
    hookTimeout: 30_000,
    pool: 'forks',
    // More than the two cores that a CI machine has: much of the time a test waits for another process.
    maxWorkers: 3,
    // Vitest empties style sheets unless it is told which it is to read: those that are served.
    css: { include: [/\?raw$/] },
    // A CI machine may be shared, and starve a test of its time: there it gets a second try, and the report says so.
    retry: process.env.CI ? 1 : 0,
    coverage: { include: ['src/**/*.ts'], reporter: ['text-summary', 'html'] },
    projects: [
      { extends: true, test: { name: 'unit', include: UNIT, isolate: false } },
      {
        extends: true,
        test: {
          ...prepared,
          name: 'tests',
          // A third of the processor's time went into loading the same modules for each file anew.
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, CHAOS, ...SLOW, ...UNIT],
        },
      },
      // Load and timing: one after the other. The short form, for a quick look; what has to pass is the long one (`npm run chaos`).
      {
        extends: true,
        test: { ...prepared, name: 'chaos', include: [CHAOS], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});

function needsMore(file: string, seen: Set<string>): boolean {
  if (seen.has(file)) return false;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  const helpers = [...text.matchAll(IMPORTED)].map(([, path]) => `${join(dirname(file), String(path))}.ts`);
  return (
    NEEDS_MORE.test(text) || helpers.filter((path) => path.startsWith('test/')).some((path) => needsMore(path, seen))
  );
}
