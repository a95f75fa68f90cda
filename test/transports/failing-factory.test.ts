import { McpServer as SdkServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';

describe("a --server function that can't make its server any more", () => {
  let server: McpServer;
  let fails = false;

  beforeAll(async () => {
    server = await startMcpServer({
      offer: () => {
        if (fails) throw new Error('the secret of the factory');
        const made = new SdkServer({ name: 'frail', version: '1.0.0' });
        made.registerTool('hello', {}, () => ({ content: [{ type: 'text', text: 'hello' }] }));
        return made;
      },
    });
  });

  afterAll(() => server.close());

  test('is answered with an error at once, and with results when it can again', async () => {
    const session = await openSession(server.url);
    fails = true;
    const response = await post(server.url, callOf('hello', {}, 'x'), session);
    expect(await response.json()).toMatchObject({ id: 'x', error: { code: -32603, message: 'Internal error' } });
    fails = false;
    expect((await ask(server.url, session, callOf('hello'))).result).toEqual({
      content: [{ type: 'text', text: 'hello' }],
    });
  });

  test('ends the legacy connection that needs it, and no other', async () => {
    const healthy = new EventReader(await fetch(server.sseUrl));
    const endpoint = `${server.origin}${(await healthy.next())?.data}`;
    fails = true;
    const broken = await fetch(server.sseUrl);
    await expect(broken.text()).rejects.toThrow();
    fails = false;
    const params = { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'old', version: '1' } };
    await post(endpoint, request('initialize', params, 'first'));
    expect(await healthy.message()).toMatchObject({ id: 'first', result: { serverInfo: { name: 'frail' } } });
    await healthy.close();
  });
});

test("an author's onclose that throws ends nothing but its own connection", async () => {
  const closed: string[] = [];
  const server = await startMcpServer({
    offer: () => {
      const made = new SdkServer({ name: 'grumpy', version: '1.0.0' });
      made.registerTool('hello', {}, () => ({ content: [{ type: 'text', text: 'hello' }] }));
      made.server.onclose = () => {
        closed.push('closed');
        throw new Error('not like this');
      };
      return made;
    },
  });
  try {
    const reader = new EventReader(await fetch(server.sseUrl));
    await reader.next();
    await reader.close();
    await eventually(() => expect(closed).toEqual(['closed']));
    const session = await openSession(server.url);
    expect((await ask(server.url, session, callOf('hello'))).result).toMatchObject({ content: [{ text: 'hello' }] });
  } finally {
    await server.close();
  }
});
