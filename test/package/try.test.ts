import { exec } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { binary } from '../helpers/run-cli.js';

const run = promisify(exec);
const ROOT = join(import.meta.dirname, '../..');
const LINE_LIMIT_MS = 50_000;

/** The lines of docs/try.md: what to see, what to run, what comes. One with an ellipsis stands for two terminals. */
const lines = [
  ...readFileSync(join(ROOT, 'docs/try.md'), 'utf8').matchAll(
    /^\| (.+) \| `(npx mcp-calc .+?|printf .+?)` \| `(.+)` \|$/gm,
  ),
].filter(([, , command = '']) => !command.includes('…'));

test('docs/try.md has a line for more than twenty features', () => expect(lines.length).toBeGreaterThan(20));

test.each(lines.map(([, feature = '', command = '', answer = '']) => ({ feature, command, answer })))(
  'docs/try.md: $feature',
  async ({ command, answer }) => {
    const program = `"${process.execPath}" "${binary}"`;
    const script = command.replaceAll('\\|', '|').replaceAll('npx mcp-calc', program);
    // Some are there to fail: what counts is what comes.
    const { stdout, stderr } = await run(script, { cwd: ROOT, timeout: LINE_LIMIT_MS, maxBuffer: 1 << 24 }).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
    expect(`${stdout}\n${stderr}`).toContain(answer);
  },
);
