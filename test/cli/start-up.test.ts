import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { envelope } from '../helpers/modern.js';
import { ask, openSession } from '../helpers/rpc.js';
import { runCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';

const recorder = new URL('../helpers/record-imports.mjs', import.meta.url).href;

const dist = new URL('../../dist/', import.meta.url);

/** The packages whose code a run of the program loaded: each file of the build says which ones it holds. */
async function loadedBy(args: readonly string[], env: Record<string, string> = {}, input = ''): Promise<string[]> {
  const { stderr } = await runCli(args, { env, input, nodeArgs: ['--import', recorder] });
  return packagesIn(stderr);
}

function packagesIn(log: string): string[] {
  const contents = JSON.parse(readFileSync(new URL('contents.json', dist), 'utf8')) as Record<string, string[]>;
  const loaded = [...log.matchAll(/^LOADED (.*)$/gm)].flatMap(([, file]) => contents[file ?? ''] ?? []);
  expect(log).toContain('LOADED cli/main.js');
  return [...new Set(loaded)].sort();
}

/** The same, for a server that is asked this. */
async function loadedByServer(message: unknown): Promise<string[]> {
  const server = await spawnServer(['http'], { NODE_OPTIONS: `--import ${recorder}` });
  const session = await openSession(`${server.origin}/mcp`);
  expect((await ask(`${server.origin}/mcp`, session, message)).result).toBeDefined();
  await server.stop();
  return packagesIn(server.log.join('\n'));
}

describe('a command loads only what it uses', () => {
  it.each([[['--help']], [['--version']]])('%j loads commander alone', async (args) => {
    expect(await loadedBy(args)).toEqual(['commander']);
  });

  it.each([[['health', '9']], [['config', 'cursor']]])(
    '%j loads colours beside it, but no schema, no server and no protocol',
    async (args) => {
      expect(await loadedBy(args)).toEqual(['chalk', 'commander']);
    },
  );

  it('stdio loads neither an HTTP server nor Redis, whatever it is asked', async () => {
    const line = (method: string, params: object, id: number) =>
      `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;
    const input = line('initialize', { protocolVersion: '2025-11-25' }, 1) + line('tools/list', {}, 2);
    const loaded = await loadedBy(['stdio'], {}, input);
    expect(loaded).toEqual(['commander', 'decimal.js', 'jsep', 'zod']);
  });

  it.each([
    ['initialize', { protocolVersion: '2025-11-25' }],
    ['server/discover', { _meta: envelope() }],
  ])('stdio answers %s before it loads what it serves', async (method, params) => {
    const { stdout, stderr } = await runCli(['stdio'], {
      input: `${JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })}\n`,
      nodeArgs: ['--import', recorder],
    });
    const { result } = JSON.parse(stdout) as { result: { capabilities: object } };
    expect(result.capabilities).toMatchObject({ tools: {}, resources: {}, prompts: {} });
    expect(packagesIn(stderr)).toEqual(['commander']);
  });

  it.each(['stdio', 'http'])('a call of a tool of a catalog, by %s, loads nothing of the SDK', async (command) => {
    const call = {
      jsonrpc: '2.0',
      id: 2,
      method: 'tools/call',
      params: { name: 'calculate', arguments: { a: 1, b: 2, op: 'add' } },
    };
    const run = command === 'stdio' ? loadedBy(['stdio'], {}, `${JSON.stringify(call)}\n`) : loadedByServer(call);
    const loaded = await run;
    expect(loaded).toContain('decimal.js');
    expect(loaded.filter((name) => name.startsWith('@modelcontextprotocol/'))).toEqual([]);
  });

  it.each([false, true])('what a module is watched with is loaded with --watch alone (%j)', async (watches) => {
    const server = fileURLToPath(new URL('../../examples/sdk-server/server.js', import.meta.url));
    const { stderr } = await runCli(['stdio', '--server', server, ...(watches ? ['--watch'] : [])], {
      nodeArgs: ['--import', recorder],
    });
    expect(stderr).toContain('LOADED cli/main.js');
    expect(/LOADED .*watched-module/.test(stderr)).toBe(watches);
  });

  it('doctor loads for its checks only what they use', async () => {
    const loaded = await loadedBy(['doctor', '--only', 'node']);
    expect(loaded.filter((name) => /ioredis|@modelcontextprotocol|express|prom-client|jose/.test(name))).toEqual([]);
  });

  it('http loads no Redis without --redis, and no client', async () => {
    const loaded = await loadedBy(['http', '--port', '0', '--server', './no-such-module.js']);
    expect(loaded.filter((name) => /ioredis|ora|jose/.test(name))).toEqual([]);
  });
});
