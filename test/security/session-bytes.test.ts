import { McpServer as SdkServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defineCatalog, defineTool } from '../../src/catalog/define.js';
import { URI_CHARACTERS } from '../../src/protocol/params.js';
import { HISTORY_ENTRY_BYTES, INITIALIZE_BYTES } from '../../src/sessions/limits.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';

const PREFIX = 'calculator://history/';
const LONGEST = PREFIX.padEnd(URI_CHARACTERS, 'x');
const TOO_LONG = `${LONGEST}x`;

/** An author's own server that takes any URI of one template. */
function authored(): SdkServer {
  const server = new SdkServer(
    { name: 'authored', version: '1' },
    { capabilities: { resources: { subscribe: true } } },
  );
  server.registerResource(
    'history',
    new ResourceTemplate(`${PREFIX}{id}`, { list: undefined, complete: { id: () => ['a'] } }),
    {},
    (uri) => ({ contents: [{ uri: uri.href, text: 'found' }] }),
  );
  return server;
}

describe.each([
  ['the calculator', undefined],
  ["an author's own server", authored],
])('of %s', (_name, offer) => {
  let server: McpServer;
  let session: Record<string, string>;
  beforeAll(async () => {
    server = await startMcpServer(offer && { offer });
    session = await openSession(server.url);
  });
  afterAll(() => server.close());

  test.each([
    ['resources/read', { uri: TOO_LONG }, 'params.uri'],
    ['resources/subscribe', { uri: TOO_LONG }, 'params.uri'],
    ['resources/unsubscribe', { uri: TOO_LONG }, 'params.uri'],
    [
      'completion/complete',
      { ref: { type: 'ref/resource', uri: TOO_LONG }, argument: { name: 'id', value: '' } },
      'params.ref.uri',
    ],
  ])('%s refuses a URI beyond the bound, and says so', async (method, params, path) => {
    const { error } = await ask(server.url, session, request(method, params));
    expect(error).toEqual({
      code: -32602,
      message: `Invalid params: ${path}: must have at most ${URI_CHARACTERS} characters`,
    });
  });

  test('a URI of just the bound is one like any other', async () => {
    const { error } = await ask(server.url, session, request('resources/read', { uri: LONGEST }));
    expect(error?.code).not.toBe(-32602);
  });
});

test('initialize refuses params beyond their bound, and opens no session for them', async () => {
  const server = await startMcpServer();
  const params = (bytes: number) => {
    const clientInfo = { name: 'c', version: '1', title: '' };
    const whole = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    clientInfo.title = 'x'.repeat(bytes - JSON.stringify(whole).length);
    return whole;
  };
  const longest = await post(server.url, request('initialize', params(INITIALIZE_BYTES)));
  expect([longest.status, longest.headers.has('mcp-session-id')]).toEqual([200, true]);
  const refused = await post(server.url, request('initialize', params(INITIALIZE_BYTES + 1)));
  expect([refused.status, refused.headers.has('mcp-session-id')]).toEqual([400, false]);
  expect(await refused.json()).toMatchObject({
    error: { code: -32602, message: expect.stringContaining(`more than ${INITIALIZE_BYTES} bytes`) as string },
  });
  expect(await server.storage?.sessions.count()).toBe(1);
  await server.close();
});

test("a calculation too long for the history is a result for the model to read, and the author's next one is kept", async () => {
  const keep = defineTool({
    name: 'keep',
    title: 'Keep',
    description: 'keeps a calculation',
    inputSchema: { type: 'object', properties: { length: { type: 'number' } } },
    async handler({ length }: Record<string, unknown>, { history }) {
      const expression = 'x'.repeat(Number(length));
      const id = await history.add({ operation: 'keep', expression, value: 1, timestamp: new Date().toISOString() });
      return { content: [{ type: 'text', text: id ?? '' }] };
    },
  });
  const server = await startMcpServer({ offer: defineCatalog({ tools: [keep] }) });
  const session = await openSession(server.url);
  const tooLong = await ask(server.url, session, callOf('keep', { length: HISTORY_ENTRY_BYTES }));
  expect(tooLong.result).toEqual({
    content: [{ type: 'text', text: `A calculation may have at most ${HISTORY_ENTRY_BYTES} bytes as JSON` }],
    isError: true,
  });
  expect((await ask(server.url, session, callOf('keep', { length: 100 }))).result).not.toHaveProperty('isError');
  const id = String(session['Mcp-Session-Id']);
  expect((await server.storage?.sessions.peek(id))?.calculationCount).toBe(1);
  await server.close();
});
