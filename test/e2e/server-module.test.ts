import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';
import { runCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';

const FIXTURES = join(import.meta.dirname, '../fixtures');
const EXAMPLES = join(import.meta.dirname, '../../examples');
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
