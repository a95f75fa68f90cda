import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { defineCatalog, definePrompt, defineResource, defineTool } from '../../src/catalog/define.js';
import type { ToolResult } from '../../src/catalog/define.js';
import { InvalidArgumentsError, ToolError } from '../../src/catalog/errors.js';
import { createLogger } from '../../src/log.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { ask, callOf, openSession, request } from '../helpers/rpc.js';

const cycle: Record<string, unknown> = {};
cycle.itself = cycle;

/** What a handler of JavaScript may answer with, whatever the types say. */
const ANSWERS: Record<string, () => unknown> = {
  'a BigInt': () => ({ content: [], structuredContent: { value: 1n } }),
  'a cycle': () => ({ content: [], _meta: cycle }),
  nothing: () => undefined,
  'a text': () => 'hello',
  'a list': () => [],
  'content that is a text': () => ({ content: 'hello' }),
  'content of texts': () => ({ content: ['hello'] }),
  'a getter that throws': () => ({
    get content() {
      throw new Error('the secret of the getter');
    },
  }),
  'an error that is none of ours': () => {
    throw new Error('the secret of the error');
  },
};

const catalog = defineCatalog({
  tools: [
    ...Object.entries(ANSWERS).map(([title, answer], index) =>
      defineTool({
        name: `broken-${index}`,
        title,
        description: title,
        inputSchema: z.object({}),
        handler: () => answer() as ToolResult,
      }),
    ),
    defineTool({
      name: 'picky',
      title: 'Picky',
      description: 'Fails in two ways.',
      inputSchema: z.object({ kind: z.enum(['arguments', 'tool']) }),
      handler({ kind }) {
        throw kind === 'arguments' ? new InvalidArgumentsError('kind: not this one') : new ToolError('not today');
      },
    }),
    defineTool({
      name: 'structured',
      title: 'Structured',
      description: 'No content.',
      inputSchema: z.object({}),
      // An author of JavaScript may leave the content out.
      handler: () => ({ structuredContent: { a: 1 } }) as never,
    }),
  ],
  resources: [defineResource({ uri: 'broken://resource', name: 'broken', read: () => [{}] as never })],
  prompts: [definePrompt({ name: 'broken', get: () => undefined as never })],
});

describe.each(['stateful', 'stateless'] as const)('a %s server', (kind) => {
  const log: Record<string, unknown>[] = [];
  let server: McpServer;
  let session: Record<string, string> = {};

  beforeAll(async () => {
    const logger = await createLogger({
      destination: { write: (line) => void log.push(JSON.parse(line) as Record<string, unknown>) },
    });
    server = await startMcpServer({
      offer: catalog,
      storage: kind === 'stateless' ? 'none' : undefined,
      transport: { logger },
    });
    if (kind === 'stateful') session = await openSession(server.url);
  });

  afterAll(() => server.close());

  test.each(Object.keys(ANSWERS).map((title, index) => [title, `broken-${index}`]))(
    'answers -32603 to a tool that answers with %s, and the log names the tool',
    async (_title, name) => {
      log.length = 0;
      const { error } = await ask(server.url, session, callOf(name));
      expect(error).toEqual({
        code: -32603,
        message: 'Internal error',
        data: { requestId: expect.any(String) as string },
      });
      expect(log).toEqual([
        expect.objectContaining({
          level: 'error',
          message: 'a handler failed',
          method: 'tools/call',
          tool: name,
          requestId: error?.data?.requestId,
        }),
      ]);
    },
  );

  test.each([
    ['resources/read', { uri: 'broken://resource' }],
    ['prompts/get', { name: 'broken' }],
  ])('answers -32603 to a handler of %s whose answer is not one', async (method, params) => {
    expect((await ask(server.url, session, request(method, params))).error?.code).toBe(-32603);
  });

  test.each([
    ['arguments', 'kind: not this one'],
    ['tool', 'not today'],
  ])('makes a result with isError of what is wrong with the %s', async (wrong, text) => {
    expect((await ask(server.url, session, callOf('picky', { kind: wrong }))).result).toEqual({
      isError: true,
      content: [{ type: 'text', text }],
    });
  });

  test('adds the content that clients insist on', async () => {
    expect((await ask(server.url, session, callOf('structured'))).result).toEqual({
      content: [],
      structuredContent: { a: 1 },
    });
  });

  test('serves on', async () => {
    expect((await ask(server.url, session, request('ping'))).result).toEqual({});
  });
});
