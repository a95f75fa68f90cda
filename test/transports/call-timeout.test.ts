import { PassThrough } from 'node:stream';
import { createInterface } from 'node:readline';
import { McpServer as SdkServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { CallContext } from '../../src/catalog/context.js';
import { defineCatalog, definePrompt, defineResource, defineTool } from '../../src/catalog/define.js';
import type { ToolResult } from '../../src/catalog/define.js';
import { createLogger } from '../../src/log.js';
import { noMetrics } from '../../src/metrics/none.js';
import { serveCatalog } from '../../src/protocol/serve-catalog.js';
import { ajvValidator } from '../../src/server/json-schema.js';
import { openMemoryStorage } from '../../src/sessions/memory/index.js';
import { KeepAlive } from '../../src/transports/keep-alive.js';
import { serveStdio } from '../../src/transports/stdio.js';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';

const CALL_TIMEOUT_MS = 300;
/** What whoever waits for the client does before and after. */
const HALF_MS = CALL_TIMEOUT_MS / 2;
const STOPPED = { code: -32603, message: expect.stringContaining('longer than 0.3 s') as string };

/** Why the signals of handlers were aborted. */
const aborted: unknown[] = [];

/** Works on until it is told to stop, and then some. */
async function hang({ signal }: CallContext): Promise<never> {
  signal.addEventListener('abort', () => aborted.push(signal.reason));
  return new Promise(() => undefined);
}

const hangs = async (_args: unknown, context: CallContext) => hang(context);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const catalog = defineCatalog({
  tools: [
    defineTool({ name: 'hang', title: 'Hang', description: 'Hangs.', inputSchema: z.object({}), handler: hangs }),
    defineTool({
      name: 'patient',
      title: 'Patient',
      description: 'Asks, and works before and after.',
      inputSchema: z.object({ afterMs: z.number() }),
      async handler({ afterMs }, context): Promise<ToolResult> {
        context.signal.addEventListener('abort', () => aborted.push(context.signal.reason));
        await pause(HALF_MS);
        const { action } = await context.elicit('Well?', { type: 'object', properties: {} });
        await pause(afterMs);
        return { content: [{ type: 'text', text: action }] };
      },
    }),
    defineTool({
      name: 'long',
      title: 'Long',
      description: 'Takes its time.',
      inputSchema: z.object({ ms: z.number() }),
      async handler({ ms }): Promise<ToolResult> {
        await pause(ms);
        return { content: [] };
      },
    }),
  ],
  resources: [defineResource({ uri: 'hang://on', name: 'hang', read: (_uri, context) => hang(context) })],
  prompts: [
    definePrompt({
      name: 'hang',
      arguments: [{ name: 'word', description: 'Hangs.', complete: (_value, context) => hang(context) }],
      get: (_args, context) => hang(context),
    }),
  ],
});

const HANGING: [string, Record<string, unknown>][] = [
  ['tools/call', { name: 'hang' }],
  ['resources/read', { uri: 'hang://on' }],
  ['prompts/get', { name: 'hang' }],
  [
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'hang' }, argument: { name: 'word', value: '' }, context: {} },
  ],
];

describe('a request that is worked on for longer than --call-timeout', () => {
  const log: Record<string, unknown>[] = [];
  let stateful: McpServer;
  let stateless: McpServer;

  beforeAll(async () => {
    const logger = await createLogger({
      destination: { write: (line) => void log.push(JSON.parse(line) as Record<string, unknown>) },
    });
    const transport = { callTimeoutMs: CALL_TIMEOUT_MS, logger };
    stateful = await startMcpServer({ offer: catalog, transport });
    stateless = await startMcpServer({ offer: catalog, storage: 'none', transport });
  });

  afterAll(async () => {
    await Promise.all([stateful.close(), stateless.close()]);
  });

  test.each(HANGING)(
    'is answered with an error and aborted: %s, with a session and without',
    async (method, params) => {
      const session = await openSession(stateful.url);
      aborted.length = 0;
      const started = performance.now();
      const answers = await Promise.all([
        ask(stateful.url, session, request(method, params)),
        ask(stateless.url, {}, request(method, params)),
      ]);
      expect(performance.now() - started).toBeGreaterThan(CALL_TIMEOUT_MS - 1);
      for (const { error } of answers) expect(error).toEqual(STOPPED);
      expect(aborted).toHaveLength(2);
      for (const reason of aborted) expect(reason).toMatchObject({ code: 'DEADLINE' });
    },
  );

  test('is named in the log', async () => {
    log.length = 0;
    await ask(stateless.url, {}, callOf('hang'));
    expect(log).toContainEqual(
      expect.objectContaining({ level: 'warn', method: 'tools/call', tool: 'hang' }) as object,
    );
  });

  test('ends its stream with the answer', async () => {
    const session = await openSession(stateful.url);
    const reader = new EventReader(await post(stateful.url, callOf('hang', {}, 'h'), session));
    const messages = (await reader.rest()).filter(({ data }) => data);
    expect(messages.map(({ data }) => JSON.parse(String(data)) as unknown)).toEqual([
      { jsonrpc: '2.0', id: 'h', error: STOPPED },
    ]);
  });

  test('is answered over the legacy SSE', async () => {
    const reader = new EventReader(await fetch(stateful.sseUrl));
    const endpoint = `${stateful.origin}${(await reader.next())?.data}`;
    await post(endpoint, request('initialize', { protocolVersion: '2024-11-05' }, 1));
    await reader.message();
    await post(endpoint, callOf('hang', {}, 2));
    expect(await reader.message()).toEqual({ jsonrpc: '2.0', id: 2, error: STOPPED });
    await reader.close();
  });

  test('is answered over stdio', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const storage = openMemoryStorage({ ttlMs: Infinity, historyLimit: 1, maxSessions: 1 });
    const metrics = noMetrics();
    const figures = { uptime: () => 0, activeSessions: async () => 0, calculations: () => ({}) };
    const states = { secrets: async () => ['a key for the states of a test'], ttlMs: 60_000 };
    const served = await serveCatalog(catalog, { figures, metrics, loadValidator: async () => ajvValidator, states });
    const logger = await createLogger({ level: 'silent' });
    const serving = serveStdio({
      served,
      storage,
      input,
      output,
      logger,
      metrics,
      callTimeoutMs: CALL_TIMEOUT_MS,
      stop: new Promise(() => undefined),
    });
    input.write(`${JSON.stringify(callOf('hang', {}, 1))}\n`);
    for await (const line of createInterface({ input: output })) {
      expect(JSON.parse(line)).toEqual({ jsonrpc: '2.0', id: 1, error: STOPPED });
      break;
    }
    input.end();
    await serving;
    await storage.close();
  });

  test('has its time stand still while it waits for its client', async () => {
    const session = await openSession(stateful.url, { capabilities: { elicitation: {} } });
    const finish = async (afterMs: number) => {
      const reader = new EventReader(await post(stateful.url, callOf('patient', { afterMs }, 'p'), session));
      const { id } = (await reader.message()) as { id: string };
      await pause(2 * CALL_TIMEOUT_MS);
      await post(stateful.url, { jsonrpc: '2.0', id, result: { action: 'decline' } }, session);
      return reader.message();
    };
    expect(await finish(0)).toMatchObject({ id: 'p', result: { content: [{ text: 'decline' }] } });
    expect(await finish(10 * CALL_TIMEOUT_MS)).toMatchObject({ id: 'p', error: STOPPED });
  });

  test('may take as long as it likes where the limit is 0', async () => {
    const server = await startMcpServer({ offer: catalog, storage: 'none', transport: { callTimeoutMs: 0 } });
    try {
      expect((await ask(server.url, {}, callOf('long', { ms: 2 * CALL_TIMEOUT_MS }))).result).toEqual({ content: [] });
    } finally {
      await server.close();
    }
  });
});

describe("a request to an author's SDK server that is worked on for too long", () => {
  let server: McpServer;

  beforeAll(async () => {
    server = await startMcpServer({
      transport: { callTimeoutMs: CALL_TIMEOUT_MS },
      offer: () => {
        const made = new SdkServer({ name: 'slow', version: '1.0.0' });
        made.registerTool('hang', {}, async ({ signal }) => {
          signal.addEventListener('abort', () => aborted.push('the SDK told it'));
          return new Promise(() => undefined);
        });
        for (const related of [true, false]) {
          made.registerTool(related ? 'related' : 'unrelated', {}, async ({ requestId }) => {
            await pause(HALF_MS);
            const params = { message: 'Well?', requestedSchema: { type: 'object' as const, properties: {} } };
            const { action } = await made.server.elicitInput(params, related ? { relatedRequestId: requestId } : {});
            return { content: [{ type: 'text', text: action }] };
          });
        }
        return made;
      },
    });
  });

  afterAll(() => server.close());

  test('is answered with an error, and told to the server', async () => {
    aborted.length = 0;
    expect((await ask(server.url, await openSession(server.url), callOf('hang'))).error).toEqual(STOPPED);
    await eventually(() => expect(aborted).toEqual(['the SDK told it']));
  });

  test.each(['related', 'unrelated'])('has its time stand still while it waits for its client: %s', async (tool) => {
    const session = await openSession(server.url, { capabilities: { elicitation: {} } });
    const listener = new EventReader(await fetch(server.url, { headers: { ...session, Accept: 'text/event-stream' } }));
    const reader = new EventReader(await post(server.url, callOf(tool, {}, 'p'), session));
    const { id } = (await (tool === 'related' ? reader : listener).message()) as { id: string };
    await pause(2 * CALL_TIMEOUT_MS);
    await post(server.url, { jsonrpc: '2.0', id, result: { action: 'decline' } }, session);
    expect(await reader.message()).toMatchObject({ id: 'p', result: { content: [{ text: 'decline' }] } });
    await listener.close();
  });
});

test.each(['application/json, text/event-stream', 'application/json'])(
  'a session is not lost to a call that takes longer than it lives unused, for who accepts %s',
  async (accept) => {
    const ttlMs = 600;
    const server = await startMcpServer({ offer: catalog, ttlMs, transport: { keepAlive: new KeepAlive(50) } });
    try {
      const session = { ...(await openSession(server.url)), Accept: accept };
      const response = await post(server.url, callOf('long', { ms: 3 * ttlMs }), session);
      expect(await response.text()).toContain('"result":{"content":[]}');
      expect((await ask(server.url, session, request('ping'))).result).toEqual({});
    } finally {
      await server.close();
    }
  },
);
