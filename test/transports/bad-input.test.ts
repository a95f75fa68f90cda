import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import type { Answer } from '../helpers/rpc.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';

const BODY_LIMIT = 10_000;
const LIST = request('tools/list', undefined, 7);

/** The rows of the table of bad input that hold on every HTTP transport. */
const ROWS: [
  title: string,
  body: unknown,
  headers: Record<string, string>,
  status: number,
  code: number,
  id: unknown,
][] = [
  ['a body that is not JSON', '{"jsonrpc":', {}, 400, -32700, null],
  ['an empty body', '', {}, 400, -32700, null],
  ['JSON that is no object', '"hello"', {}, 400, -32600, null],
  ['JSON null', 'null', {}, 400, -32600, null],
  ['a number', '42', {}, 400, -32600, null],
  ['an object without jsonrpc', { id: 7, method: 'ping' }, {}, 400, -32600, 7],
  ['jsonrpc 1.0', { jsonrpc: '1.0', id: 7, method: 'ping' }, {}, 400, -32600, 7],
  ['a method that is no string', { jsonrpc: '2.0', id: 7, method: 3 }, {}, 400, -32600, 7],
  ['params that are no object', { jsonrpc: '2.0', id: 7, method: 'ping', params: [1] }, {}, 400, -32600, 7],
  ['an id of null', { jsonrpc: '2.0', id: null, method: 'ping' }, {}, 400, -32600, null],
  ['an id that is a fraction', { jsonrpc: '2.0', id: 1.5, method: 'ping' }, {}, 400, -32600, null],
  ['neither method nor result', { jsonrpc: '2.0', id: 7 }, {}, 400, -32600, 7],
  ['an empty batch', [], {}, 400, -32600, null],
  ['a batch of 101', Array.from({ length: 101 }, () => LIST), {}, 400, -32600, null],
  ['a batch with something in it that is no message', [LIST, 5], {}, 400, -32600, null],
  ['objects within objects without end', `${'{"a":'.repeat(1_500)}1${'}'.repeat(1_500)}`, {}, 400, -32600, null],
  [
    'arrays within a message',
    JSON.stringify(LIST).replace('{', `{"x":${'['.repeat(201)}"]\\""${']'.repeat(201)},`),
    {},
    400,
    -32600,
    null,
  ],
  ['a batch in which two requests have one id', [LIST, LIST], {}, 400, -32600, null],
  ['_meta that is no object', { ...LIST, params: { _meta: 5 } }, {}, 400, -32602, 7],
  ['a progress token that is none', { ...LIST, params: { _meta: { progressToken: {} } } }, {}, 400, -32602, 7],
  [
    'a related task that is none',
    { ...LIST, params: { _meta: { 'io.modelcontextprotocol/related-task': 1 } } },
    {},
    400,
    -32602,
    7,
  ],
  ['a result whose _meta is no object', { jsonrpc: '2.0', id: 7, result: { _meta: 'x' } }, {}, 400, -32600, 7],
  ['a body larger than the limit', { ...LIST, params: { cursor: 'x'.repeat(BODY_LIMIT) } }, {}, 413, -32000, null],
  ['a wrong Content-Type', LIST, { 'Content-Type': 'text/plain' }, 415, -32000, null],
  ['an encoded body', LIST, { 'Content-Encoding': 'gzip' }, 415, -32000, null],
];

const ONLY_STREAMABLE: typeof ROWS = [
  ['a batch under a version without batches', [LIST], { 'MCP-Protocol-Version': '2025-06-18' }, 400, -32600, null],
  ['an unsupported version', LIST, { 'MCP-Protocol-Version': '1999-01-01' }, 400, -32000, 7],
  ['an Accept that allows neither', LIST, { Accept: 'text/html' }, 406, -32000, null],
  ['an initialize in a batch', [request('initialize', { protocolVersion: '2025-03-26' }), LIST], {}, 400, -32600, null],
  ['an initialize whose capabilities are no object', request('initialize', { capabilities: 1 }, 7), {}, 400, -32602, 7],
];

describe.each(['stateless', 'stateful', 'legacy SSE'] as const)('%s', (transport) => {
  let server: McpServer;
  let url: string;
  let session: Record<string, string> = {};

  beforeAll(async () => {
    const transportOptions = { transport: { bodyLimit: BODY_LIMIT } };
    server = await startMcpServer(
      transport === 'stateless' ? { ...transportOptions, storage: 'none' } : transportOptions,
    );
    url = transport === 'legacy SSE' ? `${server.origin}/messages?sessionId=unknown` : server.url;
    if (transport === 'stateful') session = await openSession(url, { version: '2025-03-26' });
  });

  afterAll(() => server.close());

  const rows = transport === 'legacy SSE' ? ROWS : [...ROWS, ...ONLY_STREAMABLE];
  test.each(rows)('%s', async (_title, body, headers, status, code, id) => {
    const response = await post(url, body, { ...session, ...headers });
    const answer = (await response.json()) as Answer;
    expect({ status: response.status, code: answer.error?.code, id: answer.id }).toEqual({ status, code, id });
    expect(answer.jsonrpc).toBe('2.0');
    expect(answer.error?.message).not.toMatch(/(\/[\w.-]+){2,}|\bat \w+ \(/); // no path, no stack
  });

  test.each([
    ['a Host that is not allowed', { Host: 'evil.example' }],
    ['an Origin that is not allowed', { Origin: 'http://evil.example' }],
  ])('%s', async (_title, headers) => {
    const { status, body } = await rawPost(url, LIST, headers);
    expect({ status, code: body.error?.code }).toEqual({ status: 403, code: -32000 });
  });

  test('still serves after all of it', async () => {
    const healthy = await fetch(server.url, {
      method: 'OPTIONS',
      headers: { Origin: 'http://localhost:1', 'Access-Control-Request-Method': 'POST' },
    });
    expect(healthy.status).toBe(204);
  });
});

describe('by the kind of server', () => {
  let stateful: McpServer;
  let stateless: McpServer;

  beforeAll(async () => {
    stateful = await startMcpServer();
    stateless = await startMcpServer({ storage: 'none' });
  });

  afterAll(() => Promise.all([stateful.close(), stateless.close()]));

  test('an unsupported version names the supported ones', async () => {
    const response = await post(stateless.url, LIST, { 'MCP-Protocol-Version': '1999-01-01' });
    const { error } = (await response.json()) as Answer;
    expect(error?.data?.supported).toContain('2025-11-25');
  });

  test('a missing session is 400 / -32000, on every method', async () => {
    for (const method of ['POST', 'GET', 'DELETE']) {
      const response = await fetch(stateful.url, {
        method,
        headers: { 'Content-Type': 'application/json' },
        ...(method === 'POST' && { body: JSON.stringify(LIST) }),
      });
      expect([method, response.status, ((await response.json()) as Answer).error?.code]).toEqual([method, 400, -32000]);
    }
  });

  test('an unknown session is 404 / -32001, on every method', async () => {
    for (const method of ['POST', 'GET', 'DELETE']) {
      const response = await fetch(stateful.url, {
        method,
        headers: { 'Content-Type': 'application/json', 'Mcp-Session-Id': 'no-such-session' },
        ...(method === 'POST' && { body: JSON.stringify(LIST) }),
      });
      expect([method, response.status, ((await response.json()) as Answer).error?.code]).toEqual([method, 404, -32001]);
    }
  });

  test('a stateless server answers GET and DELETE with 405 and Allow: POST', async () => {
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const response = await fetch(stateless.url, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    }
  });

  test('a stateful server answers PUT with 405 and what is allowed', async () => {
    const response = await fetch(stateful.url, { method: 'PUT' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST, DELETE']);
  });

  test('an unknown method is -32601, an unknown tool is -32602', async () => {
    const session = await openSession(stateful.url);
    const codes = async (body: unknown) => (await ask(stateful.url, session, body)).error;
    expect((await codes(request('no/such')))?.code).toBe(-32601);
    expect((await codes(callOf('no_such_tool')))?.code).toBe(-32602);
    const missing = await codes(request('resources/read', { uri: 'calculator://nothing' }));
    expect([missing?.code, missing?.data?.uri]).toEqual([-32002, 'calculator://nothing']);
    expect((await codes(request('tools/list', { cursor: 'made-up' })))?.code).toBe(-32602);
  });

  test('arguments that fail the schema are a result with isError, which names the path (SEP-1303)', async () => {
    const session = await openSession(stateful.url);
    const { result, error } = await ask(stateful.url, session, callOf('calculate', { a: 1, b: 'two', op: 'add' }));
    expect(error).toBeUndefined();
    expect(result).toEqual({
      isError: true,
      content: [{ type: 'text', text: expect.stringMatching(/^Invalid arguments for tool calculate: b: /) as string }],
    });
  });

  test.each([
    ['tools/call', {}, 'params.name'],
    ['tools/call', { name: 'calculate', arguments: [] }, 'params.arguments'],
    ['tools/list', { cursor: 5 }, 'params.cursor'],
    ['resources/read', { uri: 5 }, 'params.uri'],
    ['prompts/get', { name: 'explain-calculation', arguments: { expression: 1 } }, 'params.arguments.expression'],
    ['completion/complete', { ref: 1 }, 'params.ref'],
    ['logging/setLevel', { level: 'loud' }, 'params.level'],
    ['initialize', { capabilities: { sampling: 1 } }, 'params.capabilities.sampling'],
  ])('%s with %j is -32602 in words that name %s', async (method, params, path) => {
    const session = await openSession(stateful.url);
    const { error } = await ask(stateful.url, session, request(method, params));
    expect(error).toMatchObject({ code: -32602, message: expect.stringContaining(`Invalid params: ${path}: `) });
    expect(error?.message).not.toMatch(/[{}\n]/);
  });

  test('the name of something that every object has names nothing', async () => {
    const session = await openSession(stateful.url);
    const codes = async (body: unknown) => (await ask(stateful.url, session, body)).error?.code;
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(await codes(callOf(name))).toBe(-32602);
      expect(await codes(request('prompts/get', { name }))).toBe(-32602);
      expect(await codes(request(name))).toBe(-32601);
      const ref = { type: 'ref/resource', uri: 'calculator://history/{calculationId}' };
      const { result } = await ask(
        stateful.url,
        session,
        request('completion/complete', { ref, argument: { name, value: '' } }),
      );
      expect(result).toMatchObject({ completion: { values: [] } });
    }
  });

  test('a message with members that JSON-RPC does not know is answered like one without', async () => {
    const session = await openSession(stateful.url);
    expect(await ask(stateful.url, session, { ...request('ping', {}, 'p'), extra: 1 })).toEqual({
      jsonrpc: '2.0',
      id: 'p',
      result: {},
    });
  });
});

/** fetch sets Host by itself, so this goes below it. */
async function rawPost(
  url: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<{ status: number; body: Answer }> {
  const { request: open } = await import('node:http');
  return new Promise((resolve, reject) => {
    const outgoing = open(
      url,
      { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Answer }));
      },
    );
    outgoing.on('error', reject).end(JSON.stringify(body));
  });
}
