import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import type { CliOptions } from '../helpers/run-cli.js';
import { runCli, startCli } from '../helpers/run-cli.js';
import type { Answer } from '../helpers/rpc.js';
import { callOf, request } from '../helpers/rpc.js';

const INITIALIZE = request(
  'initialize',
  { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
  1,
);

async function pipe(messages: unknown[], options: CliOptions = {}) {
  const input = messages
    .map((message) => `${typeof message === 'string' ? message : JSON.stringify(message)}\n`)
    .join('');
  const result = await runCli(['stdio'], { ...options, input });
  const lines = result.stdout.split('\n').filter((line) => line !== '');
  return { ...result, answers: lines.map((line) => JSON.parse(line) as Answer) };
}

describe('mcp-calc stdio', () => {
  test('answers what came down the pipe before it ended, then exits with 0', async () => {
    const { answers, code } = await pipe([
      INITIALIZE,
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      callOf('calculate', { a: 2, b: 3, op: 'multiply' }, 2),
    ]);
    expect(answers.map(({ id }) => id)).toEqual([1, 2]);
    expect(answers[1]?.result.structuredContent.value).toBe(6);
    expect(code).toBe(0);
  });

  test('exits within a second of the end of its input, even while a call runs', async () => {
    const child = startCli(['stdio']);
    const lines = createInterface({ input: child.stdout });
    child.stdin.write(`${JSON.stringify(callOf('demo_progress', { steps: 20 }, 1))}\n`);
    await once(lines, 'line');
    const exited = once(child, 'exit');
    const ended = performance.now();
    child.stdin.end();
    const [code] = (await exited) as [number];
    expect(code).toBe(0);
    // A second is the promise; the rest is for a machine that is busy with other tests.
    expect(performance.now() - ended).toBeLessThan(2_000);
  });

  test('answers every line that it cannot handle, and goes on', async () => {
    const { answers } = await pipe([
      'not json',
      '[]',
      '{"jsonrpc":"2.0","id":3}',
      request('no/such', {}, 4),
      request('ping', {}, 5),
    ]);
    const shown = answers.map(({ id, error }) => [id, error?.code]);
    expect(shown).toEqual([
      [null, -32700],
      [null, -32600],
      [3, -32600],
      [4, -32601],
      [5, undefined],
    ]);
  });

  test('answers a batch with an array where the version has batches', async () => {
    const batch = [request('ping', {}, 'a'), request('ping', {}, 'b')];
    const old = await pipe([{ ...INITIALIZE, params: { protocolVersion: '2025-03-26' } }, batch]);
    expect((old.answers[1] as unknown as Answer[]).map(({ id }) => id)).toEqual(['a', 'b']);
    const today = await pipe([INITIALIZE, batch]);
    expect(today.answers[1]?.error?.code).toBe(-32600);
  });

  test.each([
    ['a broken port', { PORT: 'abc' }, 0],
    ['a broken log level', { LOG_LEVEL: 'loud' }, 1],
    ['a tool name that cannot be one', { SAMPLE_TOOL_NAME: 'no good!' }, 1],
  ])('writes nothing but JSON-RPC to stdout with %s in the environment', async (_title, env, expected) => {
    const { stdout, stderr, code, answers } = await pipe([INITIALIZE], { env });
    expect(code).toBe(expected);
    if (expected === 0) expect(answers[0]?.id).toBe(1);
    else {
      expect(stdout).toBe('');
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toContain(Object.keys(env)[0]);
    }
  });

  test('logs to stderr and never to stdout, whatever the level', async () => {
    const { answers } = await pipe([INITIALIZE, callOf('calculate', { a: 1, b: 0, op: 'divide' }, 2)], {
      env: { LOG_LEVEL: 'debug' },
    });
    expect(answers.map(({ jsonrpc }) => jsonrpc)).toEqual(['2.0', '2.0']);
  });
});
