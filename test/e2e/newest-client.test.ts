import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { ClientOptions } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Catalog } from '../../src/catalog/define.js';
import { eventually } from '../helpers/eventually.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';

const BIN = fileURLToPath(new URL('../../bin/mcp-calc.js', import.meta.url));
const INTERVIEW = fileURLToPath(new URL('../fixtures/interview.js', import.meta.url));
const { interviewCatalog } = (await import(INTERVIEW)) as { interviewCatalog: Catalog };
const MODERN = '2026-07-28';

type Server = 'calculator' | 'interview';
/** How a client reaches a server: the same scenario over each of them. */
const ways = ['stateful', 'stateless', 'stdio'] as const;

describe.each(ways)('the newest generation of clients over %s', (way) => {
  const servers = new Map<Server, McpServer>();
  const clients: Client[] = [];

  beforeAll(async () => {
    if (way === 'stdio') return;
    const storage = way === 'stateless' ? { storage: 'none' as const } : {};
    servers.set('calculator', await startMcpServer(storage));
    servers.set('interview', await startMcpServer({ ...storage, offer: interviewCatalog }));
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  afterAll(async () => {
    await Promise.all([...servers.values()].map((server) => server.close()));
  });

  async function connect(server: Server, mode: 'auto' | { pin: string }, options: ClientOptions = {}): Promise<Client> {
    const client = new Client({ name: 'newest', version: '1' }, { versionNegotiation: { mode }, ...options });
    clients.push(client);
    const url = servers.get(server)?.url;
    const args = [BIN, 'stdio', ...(server === 'interview' ? ['--server', INTERVIEW] : [])];
    await client.connect(
      url === undefined
        ? new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' })
        : new StreamableHTTPClientTransport(new URL(url)),
    );
    return client;
  }

  test.each(['auto', { pin: MODERN }] as const)('agrees on the newest revision, mode %o', async (mode) => {
    const client = await connect('calculator', mode);
    expect(client.getNegotiatedProtocolVersion()).toBe(MODERN);
    expect(client.getServerVersion()).toMatchObject({ name: 'mcp-calc' });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('calculate');
    const result = await client.callTool({ name: 'calculate', arguments: { a: 6, b: 7, op: 'multiply' } });
    expect(result.structuredContent).toMatchObject({ value: 42 });
  });

  test('lists, reads, prompts and completes', async () => {
    const client = await connect('calculator', { pin: MODERN });
    const { contents } = await client.readResource({ uri: 'calculator://constants' });
    expect(contents).toHaveLength(1);
    const { prompts } = await client.listPrompts();
    expect(prompts.length).toBeGreaterThan(0);
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toContain('calculator://tables/{n}');
    const { completion } = await client.complete({
      ref: { type: 'ref/resource', uri: 'calculator://tables/{n}' },
      argument: { name: 'n', value: '10' },
    });
    expect(completion.values).toEqual(['10', '100']);
    await expect(client.readResource({ uri: 'calculator://nowhere' })).rejects.toMatchObject({ code: -32602 });
  });

  test('hears of progress, and of log messages at the level that it asks for', async () => {
    const client = await connect('interview', { pin: MODERN });
    const heard: number[] = [];
    const logged: unknown[] = [];
    client.setNotificationHandler('notifications/message', ({ params }) => void logged.push(params.data));
    const call = { name: 'count', arguments: {} };
    await client.callTool(call, { onprogress: ({ progress }) => void heard.push(progress) });
    expect(heard).toEqual([1, 2, 3]);
    expect(logged).toEqual([]);
    await client.callTool({ ...call, _meta: { 'io.modelcontextprotocol/logLevel': 'warning' } });
    expect(logged).toEqual(['counted to 3']);
  });

  test('cancels a call, whose handler hears of it', async () => {
    const client = await connect('interview', { pin: MODERN });
    const controller = new AbortController();
    const call = client.callTool({ name: 'wait', arguments: {} }, { signal: controller.signal });
    const started = eventually(async () => {
      const { structuredContent } = await client.callTool({ name: 'waiting', arguments: {} });
      expect(structuredContent).toMatchObject({ waiting: 1 });
    });
    await started;
    controller.abort();
    await expect(call).rejects.toThrow();
    await eventually(async () => {
      const { structuredContent } = await client.callTool({ name: 'waiting', arguments: {} });
      expect(structuredContent).toMatchObject({ waiting: 0 });
    });
  });

  test('is asked by elicitation, sampling and roots, at once and in two rounds', async () => {
    const client = await connect(
      'interview',
      { pin: MODERN },
      { capabilities: { elicitation: {}, sampling: {}, roots: {} } },
    );
    const questions: string[] = [];
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      questions.push(params.message);
      return { action: 'accept', content: { answer: params.message === 'Your name?' ? 'Ada' : 'blue' } };
    });
    client.setRequestHandler('sampling/createMessage', async () => ({
      model: 'm',
      role: 'assistant',
      content: { type: 'text', text: 'Hello' },
    }));
    client.setRequestHandler('roots/list', async () => ({ roots: [{ uri: 'file:///home' }] }));
    const result = await client.callTool({ name: 'interview', arguments: {} });
    expect(result.structuredContent).toEqual({
      greeting: 'Hello Ada',
      color: 'blue',
      roots: ['file:///home'],
      // A step ran once, although its handler was entered three times.
      steps: 1,
    });
    expect(questions).toEqual(['Your name?', 'Your color?']);
  });

  test('is refused a tool that needs what it has not declared', async () => {
    const client = await connect('interview', { pin: MODERN });
    await expect(client.callTool({ name: 'interview', arguments: {} })).rejects.toMatchObject({
      code: -32021,
      data: { requiredCapabilities: { elicitation: { form: {} }, sampling: {}, roots: {} } },
    });
  });

  test('listens, hears of a change, and stops', async () => {
    const client = await connect('calculator', { pin: MODERN });
    const updated: string[] = [];
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => void updated.push(params.uri));
    const subscription = await client.listen({ resourceSubscriptions: ['calculator://stats'] });
    expect(subscription.honoredFilter).toEqual({ resourceSubscriptions: ['calculator://stats'] });
    await client.callTool({ name: 'calculate', arguments: { a: 6, b: 7, op: 'multiply' } });
    await eventually(() => expect(updated).toContain('calculator://stats'));
    await subscription.close();
  });
});
