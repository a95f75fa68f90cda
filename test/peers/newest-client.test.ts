import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { ClientOptions } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Catalog } from '../../src/catalog/define.js';
import type { ServerFactory } from '../../src/protocol/hosted/sdk-server.js';
import { eventually } from '../helpers/eventually.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { binary } from '../helpers/run-cli.js';
import { serveCommand } from '../helpers/sdk-client.js';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));
const MODERN = '2026-07-28';

const INTERVIEW = join(FIXTURES, 'interview.js');
const INTERVIEW_SDK2 = join(FIXTURES, 'interview-sdk2.js');
const SDK1 = fileURLToPath(new URL('../../examples/sdk-server/server.js', import.meta.url));
const { interviewCatalog } = (await import(INTERVIEW)) as { interviewCatalog: Catalog };
const { default: interviewSdk2 } = (await import(INTERVIEW_SDK2)) as { default: ServerFactory };
const { default: sdk1 } = (await import(SDK1)) as { default: ServerFactory };

/** What is served: over HTTP in this process, over stdio as a `--server` module. */
const SERVERS = {
  calculator: {},
  'a catalog': { offer: interviewCatalog, module: INTERVIEW },
  'an SDK 2.x server': { offer: interviewSdk2, module: INTERVIEW_SDK2 },
  'an SDK 1.x server': { offer: sdk1, module: SDK1 },
} as const;
type Server = keyof typeof SERVERS;
type Mode = 'auto' | { pin: string };

/** How a client reaches a server: the same scenario over each of them. */
const ways = ['stateful', 'stateless', 'stdio', 'stdio through to HTTP', 'HTTP to a command'] as const;
/** The same interview by both kinds of authors, to clients that probe and to clients that know. */
const interviews = (['a catalog', 'an SDK 2.x server'] as const).flatMap((server) => [
  { server, mode: 'auto' as const },
  { server, mode: { pin: MODERN } },
]);
const EVERYTHING = { capabilities: { elicitation: {}, sampling: {}, roots: {} } };

describe.each(ways)('the newest generation of clients over %s', (way) => {
  const servers = new Map<Server, Pick<McpServer, 'url' | 'close'>>();
  const clients: Client[] = [];

  beforeAll(async () => {
    if (way === 'stdio') return;
    const storage = way === 'stateless' ? { storage: 'none' as const } : {};
    for (const [name, server] of Object.entries(SERVERS)) {
      if (way === 'HTTP to a command') {
        const { origin, stop } = await serveCommand([], 'module' in server ? ['--server', server.module] : []);
        servers.set(name as Server, { url: `${origin}/mcp`, close: async () => void (await stop()) });
        continue;
      }
      servers.set(
        name as Server,
        await startMcpServer({ ...storage, ...('offer' in server && { offer: server.offer }) }),
      );
    }
  });
  afterAll(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await Promise.all([...servers.values()].map((server) => server.close()));
  });

  async function connect(name: Server, mode: Mode, options: ClientOptions = {}): Promise<Client> {
    const client = new Client({ name: 'newest', version: '1' }, { versionNegotiation: { mode }, ...options });
    clients.push(client);
    const url = servers.get(name)?.url;
    const server = SERVERS[name];
    const args = [binary, 'stdio', ...('module' in server ? ['--server', server.module] : [])];
    const relay = [binary, 'stdio', '--url', String(url)];
    await client.connect(
      way.startsWith('stdio')
        ? new StdioClientTransport({
            command: process.execPath,
            args: url === undefined ? args : relay,
            stderr: 'ignore',
          })
        : new StreamableHTTPClientTransport(new URL(String(url))),
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

  test('is refused a tool that needs what it has not declared', async () => {
    const client = await connect('a catalog', { pin: MODERN });
    await expect(client.callTool({ name: 'interview', arguments: {} })).rejects.toMatchObject({
      code: -32021,
      data: { requiredCapabilities: { elicitation: { form: {} }, sampling: {}, roots: {} } },
    });
  });

  test('is told by an SDK 2.x server what it has to declare', async () => {
    const client = await connect('an SDK 2.x server', { pin: MODERN });
    await expect(client.callTool({ name: 'interview', arguments: {} })).rejects.toMatchObject({
      code: -32021,
      data: { requiredCapabilities: { elicitation: { form: {} } } },
    });
  });

  test('finds the older era where a server is made with the SDK 1.x, and is told so where it insists', async () => {
    const client = await connect('an SDK 1.x server', 'auto');
    // What is served by its command is translated.
    const isTranslated = way === 'HTTP to a command';
    expect(client.getNegotiatedProtocolVersion()).toBe(isTranslated ? MODERN : '2025-11-25');
    const { content } = await client.callTool({ name: 'greet', arguments: { name: 'Ada' } });
    expect(content).toMatchObject([{ text: 'Hello, Ada' }]);
    if (isTranslated) return;
    await expect(connect('an SDK 1.x server', { pin: MODERN })).rejects.toMatchObject({
      code: -32022,
      message: expect.stringContaining('made with the MCP SDK 1.x, which speaks older ones only') as string,
      data: { requested: MODERN, supported: expect.arrayContaining(['2025-11-25']) as string[] },
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

  describe.each(interviews)('interviewed by $server, mode $mode', ({ server, mode }) => {
    let client: Client;

    beforeAll(async () => {
      client = await connect(server, mode, EVERYTHING);
    });

    test('agrees on the newest revision, lists, reads, prompts and completes', async () => {
      expect(client.getNegotiatedProtocolVersion()).toBe(MODERN);
      expect(client.getServerVersion()).toMatchObject({ name: 'interview' });
      expect((await client.listTools()).tools.map(({ name }) => name)).toContain('interview');
      expect((await client.listResources()).resources.map(({ uri }) => uri)).toEqual(['interview://heard']);
      const { contents } = await client.readResource({ uri: 'interview://people/Ada' });
      expect(contents).toMatchObject([{ text: 'I am Ada' }]);
      const { messages } = await client.getPrompt({ name: 'greet', arguments: { name: 'Ada' } });
      expect(messages).toMatchObject([{ content: { text: 'Greet Ada' } }]);
      const { completion } = await client.complete({
        ref: { type: 'ref/resource', uri: 'interview://people/{name}' },
        argument: { name: 'name', value: 'A' },
      });
      expect(completion.values).toEqual(['Ada', 'Alan']);
      await expect(client.readResource({ uri: 'interview://nowhere' })).rejects.toMatchObject({ code: -32602 });
      await expect(client.callTool({ name: 'nowhere', arguments: {} })).rejects.toMatchObject({ code: -32602 });
    });

    test('hears of progress, and of log messages at the level that it asks for', async () => {
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
        ...(server === 'a catalog' && { steps: 1 }),
      });
      expect(questions).toEqual(['Your name?', 'Your color?']);
    });

    test('listens, hears of a change, and stops', async () => {
      const updated: string[] = [];
      client.setNotificationHandler('notifications/resources/updated', ({ params }) => void updated.push(params.uri));
      const subscription = await client.listen({ resourceSubscriptions: ['interview://heard'] });
      expect(subscription.honoredFilter).toEqual({ resourceSubscriptions: ['interview://heard'] });
      await client.callTool({ name: 'hear', arguments: {} });
      await eventually(() => expect(updated).toContain('interview://heard'));
      await subscription.close();
    });

    // Of a pipe nobody is left to ask: its process has ended.
    test.runIf(way !== 'stdio')('closes, and what it waited for hears of it', async () => {
      const leaving = await connect(server, mode);
      leaving.callTool({ name: 'wait', arguments: {} }).catch(() => undefined);
      const waiting = (count: number) =>
        eventually(async () => {
          const { structuredContent } = await client.callTool({ name: 'waiting', arguments: {} });
          expect(structuredContent).toMatchObject({ waiting: count });
        });
      await waiting(1);
      await leaving.close();
      await waiting(0);
    });
  });
});
