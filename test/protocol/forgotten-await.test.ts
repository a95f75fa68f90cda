import { McpServer as SdkServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { CallContext } from '../../src/catalog/context.js';
import { defineCatalog, defineTool } from '../../src/catalog/define.js';
import type { ServerFactory } from '../../src/protocol/hosted/sdk-server.js';
import { createLogger } from '../../src/log.js';
import type { Storage } from '../../src/sessions/contract.js';
import { StoreUnavailableError } from '../../src/sessions/errors.js';
import { openMemoryStorage } from '../../src/sessions/memory/index.js';
import { EventReader } from '../helpers/event-reader.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { openSession, post } from '../helpers/rpc.js';
import { recordUnhandled } from '../helpers/unhandled.js';

/** More than may wait for the store at once. */
const MANY = 1_500;
const done = { content: [{ type: 'text' as const, text: 'done' }] };

/** What a tool may do and forget to wait for; the last forget it at one remove, so that the promise is their own. */
const FORGOTTEN: Record<string, (context: CallContext) => void> = {
  'progress, and much of it': (context) => {
    for (let step = 0; step < MANY; step += 1) void context.progress(step);
  },
  'log messages, and many of them': (context) => {
    for (let step = 0; step < MANY; step += 1) void context.log('info', step);
  },
  'a log message that is not JSON': (context) => void context.log('info', { big: 1n }),
  'an update of a resource': (context) => void context.resourceUpdated('test://a'),
  'a question to the person, who can not be asked': (context) =>
    void context.elicit('Well?', { type: 'object', properties: {} }),
  'a question to a model that is not there': (context) => void context.sample({ messages: [], maxTokens: 1 }),
  'a calculation that is not kept': (context) =>
    void context.history.add({ operation: 'add', expression: '1 + 1', value: 2, timestamp: '' }),
  'a look into the history': (context) => void context.history.list(),
  'a calculation in the history': (context) => void context.history.find('x'),
  'progress in a function of its own': (context) => {
    const tell = async () => context.progress(1);
    for (let step = 0; step < MANY; step += 1) void tell();
  },
};

const catalog = defineCatalog({
  tools: Object.values(FORGOTTEN).map((forget, index) =>
    defineTool({
      name: `forgets-${index}`,
      title: 'Forgets',
      description: 'Forgets to await.',
      inputSchema: z.object({}),
      async handler(_args, context) {
        forget(context);
        return done;
      },
    }),
  ),
});

const hosted: ServerFactory = () => {
  const made = new SdkServer({ name: 'forgetful', version: '1.0.0' }, { capabilities: { logging: {} } });
  made.registerTool('forgets', {}, (extra) => {
    for (let step = 0; step < MANY; step += 1) {
      const params = { level: 'info' as const, data: step };
      void extra.sendNotification({ method: 'notifications/message', params });
      void made.server.sendLoggingMessage(params);
    }
    return done;
  });
  return made;
};

/** A storage that works until it is told to fail. */
function frail(): { storage: Storage; fail(): void; close(): Promise<void> } {
  const memory = openMemoryStorage({ ttlMs: 60_000, historyLimit: 5, maxSessions: 10 });
  let failing = false;
  const failingIn = <T extends object>(part: T, names: readonly string[]): T =>
    new Proxy(part, {
      get: (target, name, receiver) =>
        failing && names.includes(String(name))
          ? async () => Promise.reject(new StoreUnavailableError())
          : (Reflect.get(target, name, receiver) as unknown),
    });
  const storage = {
    ...memory,
    status: () => memory.status(),
    sessions: failingIn(memory.sessions, ['appendHistory', 'history']),
    events: failingIn(memory.events, ['append']),
  } as unknown as Storage;
  return { storage, fail: () => (failing = true), close: () => memory.close() };
}

describe('what a handler forgets to await ends nothing', () => {
  const unhandled = recordUnhandled();

  async function call(offer: Parameters<typeof startMcpServer>[0], name: string, fail?: () => void): Promise<void> {
    const server = await startMcpServer(offer);
    try {
      const session = await openSession(server.url);
      const body = { jsonrpc: '2.0', id: 'f', method: 'tools/call', params: { name, _meta: { progressToken: 1 } } };
      fail?.();
      const reader = new EventReader(await post(server.url, body, { ...session, Accept: 'text/event-stream' }));
      const messages = await reader.rest();
      expect(messages.some(({ data }) => data?.includes('"id":"f"'))).toBe(true);
      // Rejections are told of when the turn of the loop is over.
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(unhandled).toEqual([]);
    } finally {
      await server.close();
    }
  }

  test.each(Object.keys(FORGOTTEN).map((title, index) => [title, `forgets-${index}`]))('%s', async (_title, name) =>
    call({ offer: catalog }, name),
  );

  test.each([
    ['a calculation', `forgets-${Object.keys(FORGOTTEN).indexOf('a calculation that is not kept')}`],
    ['a look into the history', `forgets-${Object.keys(FORGOTTEN).indexOf('a look into the history')}`],
  ])('%s, when the store is away', async (_title, name) => {
    const { storage, fail, close } = frail();
    const server = await startMcpServer({ offer: catalog, storage });
    try {
      const session = await openSession(server.url);
      fail();
      const response = await post(
        server.url,
        { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } },
        session,
      );
      expect(await response.text()).toContain('done');
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(unhandled).toEqual([]);
    } finally {
      await server.close();
      await close();
    }
  });

  test("notifications of an author's SDK server", async () => call({ offer: hosted }, 'forgets'));

  test('and what could not be sent is in the log, once a call', async () => {
    const log: string[] = [];
    const logger = await createLogger({ destination: { write: (line) => void log.push(line) } });
    await call({ offer: catalog, transport: { logger } }, 'forgets-0');
    expect(log.filter((line) => line.includes('could not be sent'))).toHaveLength(1);
  });
});
