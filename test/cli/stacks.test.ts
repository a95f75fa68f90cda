import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { callOf, request } from '../helpers/rpc.js';
import { runCli } from '../helpers/run-cli.js';

const WRONG = ['http', '--port', '99999'];
const THROWS = join(import.meta.dirname, '../fixtures/throws.js');

describe('at the log level debug, a stack names the source files', () => {
  it.each([
    ['by the variable', WRONG, { LOG_LEVEL: ' Debug' }],
    ['by the flag', [...WRONG, '--log-level=debug'], { LOG_LEVEL: 'debug' }],
  ])('of a failure, %s', async (_how, args, env) => {
    expect((await runCli(args, { env })).stderr).toMatch(
      /\nConfigError: .*\n +at .*\/src\/config\/[\w/-]+\.ts:\d+:\d+\)\n/,
    );
  });

  it.each([
    ['by the variable', [], { LOG_LEVEL: 'debug' }],
    ['by the flag', ['--log-level', 'debug'], {}],
  ])('in a log line, %s', async (_how, args, env) => {
    expect(await stackOfABug(args, env)).toMatch(
      /^TypeError: A bug\n +at .*throws\.js:\d+:\d+\)?\n(?: +at .*[( ][\w-]+\.ts:\d+:\d+\)?(?:\n|$))+/,
    );
  });
});

it('at any other level no stack is shown', async () => {
  expect((await runCli(WRONG)).stderr).not.toContain(' at ');
  expect(await stackOfABug(['--log-level', 'info'], {})).toBeUndefined();
});

/** Calls a tool that throws, and looks into the line in the log. */
async function stackOfABug(args: readonly string[], env: Record<string, string>): Promise<string | undefined> {
  const lines = [request('initialize', { protocolVersion: '2025-11-25' }, 1), callOf('thrower', {}, 2)];
  const input = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
  const { stderr } = await runCli(['stdio', '--server', THROWS, '--log-format', 'json', ...args], { input, env });
  const logged = stderr.split('\n').find((line) => line.includes('A bug'));
  expect(logged).toBeDefined();
  return (JSON.parse(String(logged)) as { err: { stack?: string } }).err.stack;
}
