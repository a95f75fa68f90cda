import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Callbacks } from '../../src/client/callbacks.js';
import { callTool } from '../../src/client/calls.js';
import { connect } from '../../src/client/connect.js';
import type { Connection, RequestExtras } from '../../src/client/connection.js';
import { listTools } from '../../src/client/lists.js';
import { eventually } from '../helpers/eventually.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { runCli } from '../helpers/run-cli.js';
import { stopped, tasksCatalog } from '../helpers/tasks-catalog.js';

const everything = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/dist/index.js');

describe('a call that becomes a task', () => {
  let server: McpServer;
  let connection: Connection;
  const asked: string[] = [];
  const callbacks: Callbacks = {
    elicit: ({ message }) => {
      asked.push(message);
      return Promise.resolve({ action: 'accept', content: { answer: `to ${message}` } });
    },
  };

  beforeAll(async () => {
    server = await startMcpServer({ offer: tasksCatalog });
    connection = await connect(
      { kind: 'http', url: new URL(server.url), transport: 'http', headers: {} },
      { callbacks, timeoutMs: 10_000 },
    );
  });
  afterAll(async () => {
    await connection.close();
    await server.close();
  });

  const text = async (name: string, extras?: RequestExtras): Promise<string> => {
    const tool = (await listTools(connection)).find((one) => one.name === name) ?? { name };
    const { content, isError } = await callTool(connection, tool, {}, extras);
    return `${isError ? 'tool error: ' : ''}${content.map((block) => (block.type === 'text' ? block.text : '')).join('')}`;
  };

  it('is followed to its end, with its status as progress', async () => {
    const seen: string[] = [];
    expect(await text('required', { onProgress: ({ message = '' }) => void seen.push(message) })).toBe('tasks: true');
    expect(seen.length).toBeGreaterThan(0);
  });

  it('has its questions answered, two at once and one after the other, each once', async () => {
    asked.length = 0;
    expect(await text('asks_two_at_once')).toMatch(/to First\?.*to Second\?/);
    expect(await text('asks_before_and_inside')).toMatch(/to Before\?.*to Inside\?/);
    expect(asked.sort()).toEqual(['Before?', 'First?', 'Inside?', 'Second?']);
  });

  it('may end with a tool error, or with an error', async () => {
    expect(await text('refuses')).toBe('tool error: It can not be done');
    await expect(text('breaks')).rejects.toMatchObject({ reason: 'answer', rpcCode: -32603 });
  });

  it('is cancelled at the server', async () => {
    const controller = new AbortController();
    stopped.length = 0;
    const call = text('endless', { signal: controller.signal, onProgress: () => controller.abort() });
    await expect(call).rejects.toMatchObject({ reason: 'cancelled' });
    await eventually(() => expect(stopped).toHaveLength(1));
  });
});

it('a tool of the legacy era that runs as a task alone is followed', async () => {
  const { stdout, code } = await runCli(
    ['client', 'call', 'simulate-research-query', 'topic=tea', '--', process.execPath, everything, 'stdio'],
    { timeoutMs: 20_000 },
  );
  expect(stdout).toMatch(/tea/);
  expect(code).toBe(0);
});
