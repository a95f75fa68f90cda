import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';
import { runCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';

const FIXTURES = join(import.meta.dirname, '../fixtures');
const SDK_SERVER = join(FIXTURES, 'sdk-server.js');

describe('--server with a function that makes SDK servers', () => {
  test('serves it over stdio', async () => {
    const input = `${JSON.stringify(request('initialize', { protocolVersion: '2025-11-25' }, 1))}\n${JSON.stringify(callOf('greet', {}, 2))}\n`;
    const { stdout } = await runCli(['stdio', '--server', SDK_SERVER], { input });
    expect(stdout).toContain('"name":"fixture"');
    expect(stdout).toContain('"text":"hello"');
  });

  test('serves it over Streamable HTTP, with sessions and without, and over the legacy SSE', async () => {
    const server = await spawnServer(['http', '--stateful', '--sse', '--server', SDK_SERVER]);
    const stateless = await spawnServer(['http', '--stateless', '--server', SDK_SERVER]);
    try {
      const session = await openSession(`${server.origin}/mcp`);
      expect((await ask(`${server.origin}/mcp`, session, callOf('greet'))).result.content[0].text).toBe('hello');
      expect((await ask(`${stateless.origin}/mcp`, {}, callOf('greet'))).result.content[0].text).toBe('hello');

      const events = new EventReader(await fetch(`${server.origin}/sse`));
      const endpoint = await events.next();
      expect(endpoint?.event).toBe('endpoint');
      await post(`${server.origin}${endpoint?.data}`, request('initialize', { protocolVersion: '2024-11-05' }, 1));
      expect(await events.message()).toMatchObject({ id: 1, result: { serverInfo: { name: 'fixture' } } });
      await post(`${server.origin}${endpoint?.data}`, callOf('greet', {}, 2));
      expect(await events.message()).toMatchObject({ id: 2, result: { content: [{ text: 'hello' }] } });
      await events.close();
    } finally {
      await Promise.all([server.stop(), stateless.stop()]);
    }
  });
});

describe('--server with a catalog', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mcp-calc-module-'));
    const index = pathToFileURL(join(import.meta.dirname, '../../dist/index.js')).href;
    const source = `import { defineCatalog, defineTool } from '${index}';
export default defineCatalog({ name: 'mine', tools: [defineTool({
  name: 'shout', title: 'Shout', description: 'Shouts',
  inputSchema: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] },
  handler: ({ word }) => ({ content: [{ type: 'text', text: word.toUpperCase() }] }),
})] });`;
    await writeFile(join(folder, 'catalog.mjs'), source);
  });

  afterAll(() => rm(folder, { recursive: true }));

  test('offers its tools, checked against their plain JSON Schema', async () => {
    const server = await spawnServer(['http', '--stateless', '--server', join(folder, 'catalog.mjs')]);
    try {
      const url = `${server.origin}/mcp`;
      expect((await ask(url, {}, callOf('shout', { word: 'hey' }))).result.content[0].text).toBe('HEY');
      expect((await ask(url, {}, callOf('shout', { word: 5 }))).error).toMatchObject({ code: -32602, message: expect.stringContaining('word') as string });
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
      const { code, stdout, stderr } = await runCli([command, '--server', module, ...(command === 'stdio' ? [] : ['--port', '0'])]);
      expect([command, code, stdout]).toEqual([command, 1, '']);
      expect(stderr.trim().split('\n')[0]).toMatch(message);
      expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
    }
  });
});
