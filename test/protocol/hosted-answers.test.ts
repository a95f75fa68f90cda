import { McpServer as SdkServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../src/log.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { ask, callOf, openSession, request } from '../helpers/rpc.js';

/** What a handler of JavaScript may answer with, whatever the types say. */
const ANSWERS: Record<string, () => unknown> = {
  'a BigInt': () => ({ content: [], structuredContent: { value: 1n } }),
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
};

describe("an author's SDK server", () => {
  const log: Record<string, unknown>[] = [];
  let server: McpServer;
  let session: Record<string, string>;

  beforeAll(async () => {
    const logger = await createLogger({
      destination: { write: (line) => void log.push(JSON.parse(line) as Record<string, unknown>) },
    });
    server = await startMcpServer({
      transport: { logger },
      offer: () => {
        const made = new SdkServer({ name: 'broken', version: '1.0.0' });
        Object.values(ANSWERS).forEach((answer, index) =>
          made.registerTool(`broken-${index}`, {}, () => answer() as never),
        );
        made.registerTool('fails', {}, () => {
          throw new Error('not today');
        });
        made.registerResource('broken', 'broken://resource', {}, () => ({
          get contents(): never {
            throw new Error('the secret of the getter');
          },
        }));
        return made;
      },
    });
    session = await openSession(server.url);
  });

  afterAll(() => server.close());

  test.each(Object.keys(ANSWERS).map((title, index) => [title, `broken-${index}`]))(
    'whose tool answers with %s answers -32603, and the log names the tool',
    async (_title, name) => {
      log.length = 0;
      const { error } = await ask(server.url, session, callOf(name));
      expect(error).toEqual({
        code: -32603,
        message: 'Internal error',
        data: { requestId: expect.any(String) as string },
      });
      expect(log.filter(({ level }) => level === 'error')).toEqual([
        expect.objectContaining({ method: 'tools/call', tool: name, requestId: error?.data?.requestId }) as object,
      ]);
    },
  );

  test('whose resource answers with a getter that throws keeps what it says to itself', async () => {
    const { error } = await ask(server.url, session, request('resources/read', { uri: 'broken://resource' }));
    expect(error?.code).toBe(-32603);
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  test('tells what its tools throw, as the SDK does', async () => {
    expect((await ask(server.url, session, callOf('fails'))).result).toMatchObject({
      isError: true,
      content: [{ text: 'not today' }],
    });
  });

  test('tells what is wrong with a call', async () => {
    const { error } = await ask(server.url, session, request('tools/call', { name: 7 }));
    expect(error).toMatchObject({ code: -32602, message: expect.stringContaining('name') as string });
  });
});
