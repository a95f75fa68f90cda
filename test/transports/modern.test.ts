import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defineCatalog, defineTool } from '../../src/catalog/define.js';
import { META } from '../../src/rpc/era.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { envelope, MODERN, post } from '../helpers/modern.js';

const add = { name: 'calculate', arguments: { a: 1, b: 2, op: 'add' } };

const headerCatalog = defineCatalog({
  tools: [
    defineTool({
      name: 'fetch',
      title: 'Fetch',
      description: 'Has arguments that clients repeat as headers',
      inputSchema: {
        type: 'object',
        properties: {
          region: { type: 'string', 'x-mcp-header': 'Region' },
          place: { type: 'object', properties: { floor: { type: 'integer', 'x-mcp-header': 'Floor' } } },
          open: { type: 'boolean', 'x-mcp-header': 'Open' },
        },
      },
      handler: () => ({ content: [{ type: 'text', text: 'fetched' }] }),
    }),
  ],
});

describe.each(['stateful', 'stateless'] as const)('the modern era at a %s endpoint', (kind) => {
  let server: McpServer;
  let headed: McpServer;

  beforeAll(async () => {
    const storage = kind === 'stateless' ? { storage: 'none' as const } : {};
    server = await startMcpServer(storage);
    headed = await startMcpServer({ ...storage, offer: headerCatalog });
  });
  afterAll(async () => {
    await server.close();
    await headed.close();
  });

  test('says what it is, and how long that may be kept', async () => {
    const { status, body, headers } = await post(server.url, 'server/discover');
    expect(status).toBe(200);
    expect(headers.get('mcp-session-id')).toBeNull();
    expect(body.result).toMatchObject({
      resultType: 'complete',
      supportedVersions: [MODERN],
      capabilities: { tools: {}, resources: { subscribe: true }, prompts: {}, completions: {}, logging: {} },
      ttlMs: 3_600_000,
      cacheScope: 'public',
      _meta: { [META.serverInfo]: { name: 'mcp-calc' } },
    });
  });

  test('stamps every result, and only those with a hint that may be kept', async () => {
    const { body: called } = await post(server.url, 'tools/call', add);
    expect(called.result).toMatchObject({ resultType: 'complete', _meta: { [META.serverInfo]: { name: 'mcp-calc' } } });
    expect(called.result).not.toHaveProperty('ttlMs');
    const fixed = { resultType: 'complete', ttlMs: 3_600_000, cacheScope: 'public' };
    const own = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
    expect((await post(server.url, 'tools/list')).body.result).toMatchObject(fixed);
    expect((await post(server.url, 'prompts/list')).body.result).toMatchObject(fixed);
    expect((await post(server.url, 'resources/list')).body.result).toMatchObject(own);
    expect((await post(server.url, 'resources/read', { uri: 'calculator://constants' })).body.result).toMatchObject(
      fixed,
    );
    expect((await post(server.url, 'resources/read', { uri: 'calculator://stats' })).body.result).toMatchObject(own);
  });

  test('answers an argument that fails its schema with a result, for the model to read', async () => {
    const { status, body } = await post(server.url, 'tools/call', { name: 'calculate', arguments: { op: 'add' } });
    expect(status).toBe(200);
    expect(body.result).toMatchObject({ resultType: 'complete', isError: true });
  });

  test.each([
    ['no envelope', { _meta: {} }, -32602],
    ['an envelope that is a list', { _meta: [] }, -32602],
    ['no version', { _meta: { [META.clientCapabilities]: {} } }, -32602],
    ['no capabilities', { _meta: { [META.protocolVersion]: MODERN } }, -32602],
    ['capabilities that are a list', { _meta: { ...envelope(), [META.clientCapabilities]: [] } }, -32602],
    ['a log level that does not exist', { _meta: envelope({}, { [META.logLevel]: 'loud' }) }, -32602],
  ])('refuses a request with %s, and names the key', async (_what, params, code) => {
    const { status, body } = await post(server.url, 'server/discover', params, { id: 'x' });
    expect({ status, id: body.id, code: body.error?.code }).toEqual({ status: 400, id: 'x', code });
    expect(body.error?.message).toContain('_meta');
  });

  test('refuses a version that it does not speak, and says which it does', async () => {
    const params = { _meta: { ...envelope(), [META.protocolVersion]: '2099-01-01' } };
    const { status, body } = await post(server.url, 'tools/list', params, {
      headers: { 'MCP-Protocol-Version': '2099-01-01' },
    });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: -32022, data: { supported: [MODERN], requested: '2099-01-01' } });
  });

  test.each([
    ['no Mcp-Method', { 'Mcp-Method': null }, 'Mcp-Method is missing'],
    ['another Mcp-Method', { 'Mcp-Method': 'tools/list' }, "Mcp-Method is 'tools/list', the body says 'tools/call'"],
    ['an Mcp-Method in capitals', { 'Mcp-Method': 'TOOLS/CALL' }, 'Mcp-Method'],
    ['no Mcp-Name', { 'Mcp-Name': null }, 'Mcp-Name is missing'],
    ['another Mcp-Name', { 'Mcp-Name': 'other' }, 'Mcp-Name'],
    ['no MCP-Protocol-Version', { 'MCP-Protocol-Version': null }, 'MCP-Protocol-Version is missing'],
    ['an older MCP-Protocol-Version', { 'MCP-Protocol-Version': '2025-11-25' }, 'MCP-Protocol-Version'],
  ])('refuses a request with %s', async (_what, headers, words) => {
    const { status, body } = await post(server.url, 'tools/call', add, { headers });
    expect({ status, code: body.error?.code }).toEqual({ status: 400, code: -32020 });
    expect(body.error?.message).toContain(words);
  });

  test('reads a name in base64, and blanks around it', async () => {
    const encoded = `=?base64?${Buffer.from('calculate').toString('base64')}?=`;
    for (const name of [encoded, '  calculate  ']) {
      const { status } = await post(server.url, 'tools/call', add, { headers: { 'Mcp-Name': name } });
      expect(status).toBe(200);
    }
  });

  test.each(['ping', 'initialize', 'logging/setLevel', 'resources/subscribe', 'tasks/result', 'constructor'])(
    'has no method %s',
    async (method) => {
      const { status, body } = await post(server.url, method, {}, { id: 7 });
      expect({ status, id: body.id, code: body.error?.code }).toEqual({ status: 404, id: 7, code: -32601 });
    },
  );

  test('answers an unknown resource, tool and prompt as params that are wrong', async () => {
    for (const [method, params] of [
      ['resources/read', { uri: 'calculator://nowhere' }],
      ['tools/call', { name: 'nothing' }],
      ['prompts/get', { name: 'nothing' }],
    ] as const) {
      const { status, body } = await post(server.url, method, params);
      expect({ status, code: body.error?.code }).toEqual({ status: 200, code: -32602 });
    }
  });

  test('takes no name that is not a string', async () => {
    for (const name of [{ toString: 1 }, ['calculate'], 7, null]) {
      const { status, body } = await post(server.url, 'tools/call', { name, arguments: {} });
      expect({ status, code: body.error?.code }).toEqual({ status: 200, code: -32602 });
    }
  });

  test('takes a notification without its headers, and refuses a batch', async () => {
    const send = (body: unknown) =>
      fetch(server.url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'MCP-Protocol-Version': MODERN },
        body: JSON.stringify(body),
      });
    const notification = await send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    expect(notification.status).toBe(202);
    const batch = await send([{ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: envelope() } }]);
    expect(batch.status).toBe(400);
    expect(await batch.json()).toMatchObject({ error: { code: -32600 } });
  });

  test('never refuses an initialize for a stale header', async () => {
    const answer = await fetch(server.url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'MCP-Protocol-Version': MODERN },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 0,
        method: 'initialize',
        params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'editor', version: '1' } },
      }),
    });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('"protocolVersion":"2025-11-25"');
  });

  test('answers who names no Accept, and 406 to a listener who takes JSON alone', async () => {
    expect((await post(server.url, 'tools/list', {}, { headers: { Accept: '*/*' } })).status).toBe(200);
    const listen = { notifications: {} };
    const headers = { Accept: 'application/json' };
    expect((await post(server.url, 'subscriptions/listen', listen, { headers })).status).toBe(406);
  });

  test.each([
    ['a plain text', { region: 'eu' }, { 'Mcp-Param-Region': 'eu' }],
    [
      'text beyond ASCII, in base64',
      { region: 'Hello, 世界' },
      { 'Mcp-Param-Region': '=?base64?SGVsbG8sIOS4lueVjA==?=' },
    ],
    ['an integer of an object', { place: { floor: -3 } }, { 'Mcp-Param-Floor': '-3' }],
    ['a boolean', { open: false }, { 'mcp-param-open': 'false' }],
    ['null, and no header', { region: null }, {}],
  ])('takes an argument that a header repeats: %s', async (_what, args, headers) => {
    const { body } = await post(headed.url, 'tools/call', { name: 'fetch', arguments: args }, { headers });
    expect(body.error).toBeUndefined();
  });

  test.each([
    ['a value without its header', { region: 'eu' }, {}],
    ['a header without its value', {}, { 'Mcp-Param-Region': 'eu' }],
    ['another text', { region: 'eu' }, { 'Mcp-Param-Region': 'us' }],
    ['another number', { place: { floor: 3 } }, { 'Mcp-Param-Floor': '4' }],
    ['no number', { place: { floor: 3 } }, { 'Mcp-Param-Floor': '3.0e0' }],
    ['base64 without its padding', { region: 'Hello' }, { 'Mcp-Param-Region': '=?base64?SGVsbG8?=' }],
    ['base64 that is none', { region: 'Hello' }, { 'Mcp-Param-Region': '=?base64?SGVs!!!bG8=?=' }],
    ['bytes that are not UTF-8', { region: 'ÿ' }, { 'Mcp-Param-Region': '=?base64?/w==?=' }],
    ['a byte beyond ASCII as it is', { region: 'é' }, { 'Mcp-Param-Region': 'é' }],
  ])('refuses a header that does not say what the argument says: %s', async (_what, args, headers) => {
    const { status, body } = await post(headed.url, 'tools/call', { name: 'fetch', arguments: args }, { headers });
    expect({ status, code: body.error?.code }).toEqual({ status: 400, code: -32020 });
  });

  test.each([
    ['no filter', {}],
    ['a filter that is a list', { notifications: [] }],
    ['a flag that is a word', { notifications: { toolsListChanged: 'yes' } }],
    ['a URI that is a number', { notifications: { resourceSubscriptions: [1] } }],
    ['a URI that is too long', { notifications: { resourceSubscriptions: ['x'.repeat(3_000)] } }],
    ['too many URIs', { notifications: { resourceSubscriptions: Array.from({ length: 201 }, (_, i) => `x:${i}`) } }],
  ])('refuses to listen with %s', async (_what, params) => {
    const { body } = await post(server.url, 'subscriptions/listen', params);
    expect(body.error?.code).toBe(-32602);
  });

  test('acknowledges and ends at once a subscription that could never hear of anything', async () => {
    const { body } = await post(server.url, 'subscriptions/listen', {
      notifications: {
        toolsListChanged: true,
        resourceSubscriptions: ['calculator://constants', 'calculator://nowhere'],
      },
    });
    expect(body.result).toMatchObject({ resultType: 'complete', _meta: { [META.subscriptionId]: 1 } });
  });
});

describe('which generations are served', () => {
  test('the legacy one alone: a modern request hears which versions there are', async () => {
    const server = await startMcpServer({ protocol: { eras: ['legacy'] } });
    const { status, body } = await post(server.url, 'server/discover');
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: -32022, data: { requested: MODERN } });
    expect(body.error?.data?.supported).toContain('2025-11-25');
    await server.close();
  });

  test('the modern one alone: initialize hears which versions there are', async () => {
    const server = await startMcpServer({ protocol: { eras: ['modern'] } });
    const initialize = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'old', version: '1' } };
    const { status, body } = await post(
      server.url,
      'initialize',
      { ...initialize, _meta: undefined },
      {
        headers: { 'MCP-Protocol-Version': null },
      },
    );
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: -32022, data: { supported: [MODERN] } });
    expect((await fetch(server.url)).status).toBe(405);
    expect((await fetch(server.url, { method: 'DELETE' })).status).toBe(405);
    await server.close();
  });

  test('an older header over a modern envelope is forgiven where that was asked for', async () => {
    const server = await startMcpServer({ protocol: { lenientHeaders: true } });
    const headers = { 'MCP-Protocol-Version': '2025-11-25' };
    expect((await post(server.url, 'tools/call', add, { headers })).status).toBe(200);
    const other = { 'MCP-Protocol-Version': '1999-01-01' };
    expect((await post(server.url, 'tools/call', add, { headers: other })).status).toBe(400);
    await server.close();
  });
});
