import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { runCli } from '../helpers/run-cli.js';

const run = promisify(execFile);

const recorder = new URL('../helpers/record-imports.mjs', import.meta.url).href;

/** The packages that a run of the program imported. */
async function loadedBy(args: readonly string[], env: Record<string, string> = {}): Promise<string[]> {
  const { stderr } = await runCli(args, { env, nodeArgs: ['--import', recorder] });
  const loaded = [...stderr.matchAll(/^IMPORT (.*)$/gm)].map(([, name]) => name ?? '');
  expect(loaded, stderr).toContain('commander');
  return [...new Set(loaded)];
}

describe('a command loads only what it uses', () => {
  it.each([[['--help']], [['--version']]])('%j loads commander alone', async (args) => {
    expect(await loadedBy(args)).toEqual(['commander']);
  });

  it.each([
    [['health', '9']],
    [['config', 'cursor']],
  ])('%j loads colours beside it, but no schema, no server and no protocol', async (args) => {
    expect(await loadedBy(args)).toEqual(['commander', 'chalk']);
  });

  it('stdio loads neither an HTTP server nor Redis', async () => {
    const loaded = await loadedBy(['stdio']);
    expect(loaded.filter((name) => name.startsWith('@modelcontextprotocol/sdk'))).not.toEqual([]);
    expect(loaded.filter((name) => /express|ioredis|helmet|cors|prom-client|jose|ora/.test(name))).toEqual([]);
  });
});

it('mcp-calc --help answers within 1.6 times the time of an empty node, and 60 ms', async () => {
  const time = async (act: () => Promise<unknown>): Promise<number> => {
    const started = performance.now();
    await act();
    return performance.now() - started;
  };
  // The best of several: other work on the machine only ever adds time.
  const empty: number[] = [];
  const help: number[] = [];
  for (let round = 0; round < 7; round++) {
    empty.push(await time(() => run(process.execPath, ['-e', '0'])));
    help.push((await runCli(['--help'])).ms);
  }
  expect(Math.min(...help)).toBeLessThan(1.6 * Math.min(...empty) + 60);
});
