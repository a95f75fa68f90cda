import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runCli } from '../helpers/run-cli.js';
import { stdioServer } from './hostile.js';

const recorder = new URL('../helpers/record-imports.mjs', import.meta.url).href;

/** The packages whose code a run of the client loaded: each file of the build says which ones it holds. */
async function loadedBy(args: readonly string[]): Promise<string[]> {
  const contents = JSON.parse(readFileSync(new URL('../../dist/contents.json', import.meta.url), 'utf8')) as Record<
    string,
    string[]
  >;
  const { stderr } = await runCli(['client', ...args], { nodeArgs: ['--import', recorder] });
  const loaded = [...stderr.matchAll(/^LOADED (.*)$/gm)].flatMap(([, file]) => contents[file ?? ''] ?? []);
  expect(loaded, stderr).toContain('commander');
  return [...new Set(loaded)];
}

it('the help of the client loads commander, and colours at most', async () => {
  expect((await loadedBy(['--help'])).filter((name) => !['commander', 'chalk'].includes(name))).toEqual([]);
});

it('a verb loads no server, no Redis, no calculator, no shell, and no spinner outside a terminal', async () => {
  const loaded = await loadedBy(['ping', '--', ...stdioServer('send({ id, result: {} })')]);
  expect(loaded).toContain('@modelcontextprotocol/client');
  expect(
    loaded.filter((name) =>
      /express|ioredis|helmet|cors|prom-client|pino|jose|^ora$|decimal|jsep|ajv|shlex|modelcontextprotocol\/sdk/.test(
        name,
      ),
    ),
  ).toEqual([]);
});

it('the shell loads no check of schemas before a line needs one', async () => {
  const loaded = await loadedBy(['shell', '--', ...stdioServer('send({ id, result: {} })')]);
  expect(loaded).toContain('shlex');
  expect(
    loaded.filter((name) => /express|ioredis|pino|jose|^ora$|decimal|jsep|ajv|modelcontextprotocol\/sdk/.test(name)),
  ).toEqual([]);
});
