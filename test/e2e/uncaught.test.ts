import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import { callOf, post, request } from '../helpers/rpc.js';
import { startCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';

/** Within which a worker starts on a machine that is busy with other tests, ms. */
const START_MS = 15_000;
const TROUBLE = join(import.meta.dirname, '../fixtures/trouble.js');
const start = async (args: readonly string[]) => {
  const server = await spawnServer(args);
  started.push(server.child);
  return server;
};
/** How many workers answer: each connection is for whichever is free. */
async function answeringIn(origin: string): Promise<number> {
  const ask = async () => (await fetch(`${origin}/health/detailed`, { headers: { Connection: 'close' } })).json();
  const answers = (await Promise.all(Array.from({ length: 8 }, ask))) as { node: { pid: number } }[];
  return new Set(answers.map(({ node }) => node.pid)).size;
}

const linesWithStacks = (log: readonly string[]) =>
  log.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ stack }) => stack !== undefined);

/** What a test that failed has left running. */
const started: { kill(signal: NodeJS.Signals): boolean }[] = [];
afterEach(() => started.splice(0).forEach((child) => child.kill('SIGKILL')));

describe('an error that nobody catches', () => {
  test.for([
    ['crash', /^RangeError: nobody catches this, token=\[redacted\]\n +at .*trouble\.js:\d+:\d+/],
    ['reject', /^RangeError: nobody awaits this\n +at .*trouble\.js:\d+:\d+/],
  ] as const)(
    'is one line with its stack, and the server ends with 1 when what is in flight is answered: %s',
    async ([tool, stack]) => {
      const server = await start(['http', '--stateless', '--server', TROUBLE]);
      const url = `${server.origin}/mcp`;
      const ended = once(server.child, 'exit');
      const slow = post(url, callOf('slow', {}, 's'), { Accept: 'application/json' });
      await post(url, callOf(tool));
      expect(await (await slow).json()).toMatchObject({ id: 's', result: { content: [{ text: 'done' }] } });
      expect((await ended)[0]).toBe(1);
      expect(linesWithStacks(server.log)).toEqual([
        expect.objectContaining({ level: 'error', stack: expect.stringMatching(stack) as string }),
      ]);
    },
  );

  test(
    'ends a worker, which is replaced, and not its primary',
    async () => {
      const server = await start(['http', '--stateless', '--workers', '2', '--server', TROUBLE]);
      // Both have to listen: a port that the system chose is free again once no worker listens on it.
      await eventually(async () => expect(await answeringIn(server.origin)).toBe(2), START_MS);
      await post(`${server.origin}/mcp`, callOf('crash'));
      await eventually(() => expect(server.log.some((line) => line.includes('it is replaced'))).toBe(true), START_MS);
      expect(linesWithStacks(server.log)).toHaveLength(1);
      await eventually(async () => expect((await post(`${server.origin}/mcp`, request('ping'))).status).toBe(200));
      expect(await server.stop()).toBe(0);
    },
    2 * START_MS,
  );

  test('ends a stdio server with 1, when what is in flight is answered', async () => {
    const child = startCli(['stdio', '--server', TROUBLE, '--log-format', 'json']);
    started.push(child);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const calls = [callOf('slow', {}, 's'), callOf('crash', {}, 'c')];
    child.stdin.write(calls.map((call) => `${JSON.stringify(call)}\n`).join(''));
    const [code] = (await once(child, 'close')) as [number];
    const ids = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id);
    expect([code, ids.sort()]).toEqual([1, ['c', 's']]);
    expect(linesWithStacks(stderr.trim().split('\n'))).toHaveLength(1);
  });
});
