import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { build } from 'esbuild';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { envelope, MODERN } from '../helpers/modern.js';
import type { Answer } from '../helpers/rpc.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';
import { binary, runCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';

const FIXTURES = join(import.meta.dirname, '../fixtures');
const ROOT = join(import.meta.dirname, '../..');
const EXAMPLES = join(ROOT, 'examples');
const SDK_SERVER = join(EXAMPLES, 'sdk-server/server.js');

describe('--server with a function that makes SDK servers', () => {
  test('serves it over stdio', async () => {
    const input = `${JSON.stringify(request('initialize', { protocolVersion: '2025-11-25' }, 1))}\n${JSON.stringify(callOf('greet', { name: 'Ada' }, 2))}\n`;
    const { stdout } = await runCli(['stdio', '--server', SDK_SERVER], { input });
    expect(stdout).toContain('"name":"sdk-server"');
    expect(stdout).toContain('"text":"Hello, Ada"');
  });

  test('serves it over Streamable HTTP, with sessions and without, and over the legacy SSE', async () => {
    const server = await spawnServer(['http', '--stateful', '--sse', '--server', SDK_SERVER]);
    const stateless = await spawnServer(['http', '--stateless', '--server', SDK_SERVER]);
    try {
      const session = await openSession(`${server.origin}/mcp`);
      expect(
        (await ask(`${server.origin}/mcp`, session, callOf('greet', { name: 'Ada' }))).result.content[0].text,
      ).toBe('Hello, Ada');
      expect((await ask(`${stateless.origin}/mcp`, {}, callOf('greet', { name: 'Ada' }))).result.content[0].text).toBe(
        'Hello, Ada',
      );

      const events = new EventReader(await fetch(`${server.origin}/sse`));
      const endpoint = await events.next();
      expect(endpoint?.event).toBe('endpoint');
      await post(`${server.origin}${endpoint?.data}`, request('initialize', { protocolVersion: '2024-11-05' }, 1));
      expect(await events.message()).toMatchObject({ id: 1, result: { serverInfo: { name: 'sdk-server' } } });
      await post(`${server.origin}${endpoint?.data}`, callOf('greet', { name: 'Ada' }, 2));
      expect(await events.message()).toMatchObject({ id: 2, result: { content: [{ text: 'Hello, Ada' }] } });
      await events.close();
    } finally {
      await Promise.all([server.stop(), stateless.stop()]);
    }
  });
});

describe('--server with a function that makes SDK 2.x servers', () => {
  /** Discover and then a greeting in one pipe, as some clients open it; each is answered in its era. */
  const opening = [
    { jsonrpc: '2.0', id: 'd', method: 'server/discover', params: { _meta: envelope() } },
    request('initialize', { protocolVersion: '2025-11-25' }, 'i'),
    callOf('greet', { name: 'Ada' }, 'legacy'),
    request('tools/call', { name: 'greet', arguments: { name: 'Grace' }, _meta: envelope() }, 'modern'),
  ];
  const input = `${opening.map((message) => JSON.stringify(message)).join('\n')}\n`;

  test.each([
    ['a module', 'examples/sdk2-server/server.js'],
    ['a module of CommonJS, whose SDK is another than that of modules', 'test/fixtures/greets-sdk2.cjs'],
  ])('%s: one pipe serves both eras', async (_title, module) => {
    const { stdout } = await runCli(['stdio', '--server', join(ROOT, module)], { input });
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Answer);
    const of = (id: string) => answers.find((answer) => answer.id === id)?.result;
    expect(of('d')).toMatchObject({ supportedVersions: [MODERN], resultType: 'complete' });
    expect(of('i')).toMatchObject({ protocolVersion: '2025-11-25' });
    expect(of('legacy')).toEqual({ content: [{ type: 'text', text: 'Hello, Ada' }] });
    expect(of('modern')).toMatchObject({ resultType: 'complete', content: [{ text: 'Hello, Grace' }] });
  });

  test.each(['stdio', 'HTTP'])('a client of the SDK 1.x is asked while its call waits, over %s', async (way) => {
    const client = new Client({ name: 'older', version: '1' }, { capabilities: { elicitation: {} } });
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada' } }));
    const args = ['--server', join(EXAMPLES, 'sdk2-server/server.js')];
    const server = way === 'HTTP' ? await spawnServer(['http', ...args]) : undefined;
    try {
      await client.connect(
        server
          ? (new StreamableHTTPClientTransport(new URL(`${server.origin}/mcp`)) as Transport)
          : new StdioClientTransport({ command: process.execPath, args: [binary, 'stdio', ...args], stderr: 'ignore' }),
      );
      const { content } = await client.callTool({ name: 'greet', arguments: {} });
      expect(content).toEqual([{ type: 'text', text: 'Hello, Ada' }]);
    } finally {
      await client.close();
      await server?.stop();
    }
  });

  test('says what to install where the SDK is not found, and which copy is in the way', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-sdk2-'));
    try {
      // What it is made of is within it: no copy of the SDK made it that could be found.
      const module = join(folder, 'server.mjs');
      const banner = {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      };
      const entryPoints = [join(EXAMPLES, 'sdk2-server/server.js')];
      await build({ entryPoints, outfile: module, bundle: true, platform: 'node', format: 'esm', banner });
      const alone = await runCli(['stdio', '--server', module]);
      expect(alone).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/npm install @modelcontextprotocol\/server/) as string,
      });
      mkdirSync(join(folder, 'node_modules'));
      symlinkSync(join(ROOT, 'node_modules/@modelcontextprotocol'), join(folder, 'node_modules/@modelcontextprotocol'));
      const beside = await runCli(['stdio', '--server', module]);
      expect(beside).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/another copy of the MCP SDK 2\.x/) as string,
      });
      const legacy = await runCli(['stdio', '--era', 'legacy', '--server', module], { input });
      expect(legacy.stdout).toContain('Hello, Ada');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('--server with a catalog', () => {
  test('serves its tools, resources and prompts, checked against zod and plain JSON Schema', async () => {
    const server = await spawnServer(['http', '--server', join(EXAMPLES, 'own-server/server.js')]);
    try {
      const url = `${server.origin}/mcp`;
      const session = await openSession(url);
      const call = (name: string, args: Record<string, unknown>) => ask(url, session, callOf(name, args));
      expect((await call('convert', { amount: 10, from: 'EUR', to: 'USD' })).result.structuredContent).toEqual({
        amount: 11,
        currency: 'USD',
      });
      expect((await call('convert', { amount: 10, from: 'EUR', to: 'XYZ' })).result).toMatchObject({
        isError: true,
        content: [{ text: expect.stringContaining('XYZ') as string }],
      });
      const failed = (text: string) => ({
        isError: true,
        content: [{ text: expect.stringContaining(text) as string }],
      });
      expect((await call('convert', { amount: '10', from: 'EUR', to: 'USD' })).result).toMatchObject(failed('amount'));
      expect((await call('countdown', { from: 3 })).result.content[0].text).toBe('Lift-off');
      expect((await call('countdown', { from: 30 })).result).toMatchObject(failed('from'));
      expect((await ask(url, session, request('resources/read', { uri: 'rates://GBP' }))).result.contents[0].text).toBe(
        '0.85',
      );
      expect((await ask(url, session, request('resources/read', { uri: 'rates://XYZ' }))).error?.code).toBe(-32002);
      expect(
        (await ask(url, session, request('prompts/get', { name: 'explain-rates', arguments: { level: 'long' } })))
          .result.messages[0].content.text,
      ).toContain('long');
    } finally {
      await server.stop();
    }
  });

  test('asks the person behind the client for what is missing', async () => {
    const server = await spawnServer(['http', '--server', join(EXAMPLES, 'own-server/server.js')]);
    try {
      const url = `${server.origin}/mcp`;
      const session = await openSession(url, { capabilities: { elicitation: {} } });
      const reader = new EventReader(
        await post(url, callOf('convert', { amount: 10, from: 'EUR', to: '?' }, 'c'), session),
      );
      const question = (await reader.message()) as { id: string; method: string };
      expect(question.method).toBe('elicitation/create');
      await post(
        url,
        { jsonrpc: '2.0', id: question.id, result: { action: 'accept', content: { currency: 'GBP' } } },
        session,
      );
      expect(await reader.message()).toMatchObject({
        id: 'c',
        result: { structuredContent: { amount: 8.5, currency: 'GBP' } },
      });
    } finally {
      await server.stop();
    }
  });
});

describe('a --server module that is no good', () => {
  test.each([
    ['is missing', './no-such-file.js', /no such file/],
    ['exports neither', join(FIXTURES, 'neither.js'), /must be a catalog/],
    ['makes something else', join(FIXTURES, 'makes-nothing.js'), /neither an McpServer nor a Server/],
  ])('%s: one clear line, exit code 1', async (_title, module, message) => {
    for (const command of ['stdio', 'sse', 'http']) {
      const { code, stdout, stderr } = await runCli([
        command,
        '--server',
        module,
        ...(command === 'stdio' ? [] : ['--port', '0']),
      ]);
      expect([command, code, stdout]).toEqual([command, 1, '']);
      expect(stderr.trim().split('\n')[0]).toMatch(message);
      expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
    }
  });
});

test('--era modern is refused with a server that speaks the older era only', async () => {
  const { code, stderr } = await runCli(['stdio', '--era', 'modern', '--server', SDK_SERVER]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/makes servers of the MCP SDK 1\.x, which speak the legacy era only/);
});
