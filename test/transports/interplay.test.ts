import { McpServer as SdkServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { defineCatalog, defineTool } from '../../src/catalog/define.js';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';

/** Calls that are answered when the test says so, whatever their signal says. */
function heldCalls() {
  const release = new Map<string, () => void>();
  const tool = defineTool({
    name: 'hold',
    title: 'Hold',
    description: 'Answers when it is let go.',
    inputSchema: z.object({ key: z.string() }),
    async handler({ key }) {
      await new Promise<void>((resolve) => release.set(key, resolve));
      return { content: [{ type: 'text', text: key }] };
    },
  });
  const asks = defineTool({
    name: 'ask',
    title: 'Ask',
    description: 'Asks its client.',
    inputSchema: z.object({}),
    async handler(_args, { elicit }) {
      const { action } = await elicit('?', { type: 'object', properties: {} });
      return { content: [{ type: 'text', text: action }] };
    },
  });
  return { release, catalog: defineCatalog({ tools: [tool, asks] }) };
}

test('a cancelled call does not answer for the next one of its id', async () => {
  const { release, catalog } = heldCalls();
  const server = await startMcpServer({ offer: catalog });
  try {
    const reader = new EventReader(await fetch(server.sseUrl));
    const endpoint = `${server.origin}${(await reader.next())?.data}`;
    await post(endpoint, callOf('hold', { key: 'cancelled' }, 5));
    await eventually(() => expect(release.has('cancelled')).toBe(true));
    await post(endpoint, { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 5 } });
    await post(endpoint, callOf('hold', { key: 'next' }, 5));
    await eventually(() => expect(release.has('next')).toBe(true));
    release.get('cancelled')?.();
    release.get('next')?.();
    expect(await reader.message()).toMatchObject({ id: 5, result: { content: [{ text: 'next' }] } });
    await reader.close();
  } finally {
    await server.close();
  }
});

test('a batch that uses an id in flight is refused as a whole, and takes no answer with it', async () => {
  const { release, catalog } = heldCalls();
  const server = await startMcpServer({ offer: catalog });
  try {
    const reader = new EventReader(await fetch(server.sseUrl));
    const endpoint = `${server.origin}${(await reader.next())?.data}`;
    await post(endpoint, callOf('hold', { key: 'first' }, 1));
    await eventually(() => expect(release.has('first')).toBe(true));
    await post(endpoint, [request('ping', undefined, 2), request('ping', undefined, 1), request('ping', undefined, 3)]);
    expect(await reader.message()).toMatchObject({ id: null, error: { code: -32600 } });
    release.get('first')?.();
    expect(await reader.message()).toMatchObject({ id: 1, result: { content: [{ text: 'first' }] } });
    await reader.close();
  } finally {
    await server.close();
  }
});

test('a client that reads only JSON is told in words that it cannot be asked', async () => {
  const server = await startMcpServer({ offer: heldCalls().catalog });
  try {
    const session = await openSession(server.url, { capabilities: { elicitation: {} } });
    const { result } = await ask(server.url, { ...session, Accept: 'application/json' }, callOf('ask'));
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('only JSON') as string }],
    });
  } finally {
    await server.close();
  }
});

test("a session that ends while an author's server is being made ends its call", async () => {
  let made = (): void => undefined;
  let making = 0;
  const server = await startMcpServer({
    async offer() {
      making += 1;
      // The first is made at the start, the second for the handshake.
      if (making > 2) await new Promise<void>((resolve) => (made = resolve));
      const sdk = new SdkServer({ name: 'slow', version: '1.0.0' });
      sdk.registerTool('hello', {}, () => ({ content: [{ type: 'text', text: 'hello' }] }));
      return sdk;
    },
  });
  try {
    const session = await openSession(server.url);
    making = 2;
    const call = post(server.url, callOf('hello', {}, 'c'), session);
    await eventually(() => expect(making).toBe(3));
    expect((await fetch(server.url, { method: 'DELETE', headers: session })).status).toBe(200);
    const answer = await (await call).text();
    expect(answer).toContain('"code":-32001');
    made();
  } finally {
    await server.close();
  }
});
