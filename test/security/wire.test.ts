import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defineCatalog, defineTool } from '../../src/catalog/define.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { callOf, openSession, post } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { head, raw, statusOf } from './helpers/raw.js';
import { startIssuer } from './helpers/issuer.js';
import type { Issuer } from './helpers/issuer.js';

const ACCEPT = 'Accept: application/json, text/event-stream';
const JSON_TYPE = 'Content-Type: application/json';
const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}';

/** Params that are no name, and what `String` would make of them. */
const FOREIGN: readonly unknown[] = [
  ['vault'],
  { toString: 1 },
  { toString: null, valueOf: null },
  null,
  1,
  true,
  {},
  [['vault']],
  undefined,
];

describe('a name of a foreign type', () => {
  let server: McpServer;
  let refused = 0;
  beforeAll(async () => {
    const tool = (name: string, scopes?: string[]) =>
      defineTool({
        name,
        title: name,
        description: name,
        inputSchema: { type: 'object' },
        ...(scopes && { scopes }),
        handler: () => ({ content: [] }),
      });
    server = await startMcpServer({
      offer: defineCatalog({ tools: [tool('open'), tool('vault', ['vault:open'])] }),
      transport: {
        refuseScopes: (_req, res) => {
          refused += 1;
          res.writeHead(403).end();
        },
      },
    });
  });
  afterAll(() => server.close());

  test.each(FOREIGN)('%j is -32602 where tools ask for scopes, over both transports', async (name) => {
    const session = await openSession(server.url);
    const call = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name, arguments: {} } };
    const answer = await post(server.url, call, session);
    expect([answer.status, await answer.json()]).toMatchObject([200, { id: 7, error: { code: -32602 } }]);
    const batched = await openSession(server.url, { version: '2025-03-26' });
    expect(await (await post(server.url, [call], batched)).json()).toMatchObject([{ error: { code: -32602 } }]);
  });

  test('asks for no scope that the name does not stand for, and the real one still does', async () => {
    expect(refused).toBe(0);
    expect((await post(server.url, callOf('vault'), await openSession(server.url))).status).toBe(403);
  });
});

describe('a header that there is one of', () => {
  let issuer: Issuer;
  let open: SpawnedServer;
  let guarded: SpawnedServer;
  beforeAll(async () => {
    issuer = await startIssuer();
    [open, guarded] = await Promise.all([
      spawnServer(['http', '--stateful', '--sse', '--allowed-hosts', '*']),
      spawnServer(['http', ...issuer.args], issuer.env),
    ]);
  });
  afterAll(async () => {
    await Promise.all([open.stop(), guarded.stop()]);
    await issuer.close();
  });

  test.each([
    ['Host', ['Host: localhost', 'Host: evil.example']],
    ['Host, the same', ['Host: localhost', 'host: localhost']],
    ['Origin', ['Host: localhost', 'Origin: http://localhost', 'Origin: https://evil.example']],
    ['Content-Type', ['Host: localhost', JSON_TYPE, 'Content-Type: text/plain']],
    ['Content-Length', ['Host: localhost', `Content-Length: ${PING.length}`]],
    [
      'MCP-Protocol-Version',
      ['Host: localhost', 'MCP-Protocol-Version: 2025-11-25', 'MCP-Protocol-Version: 2025-06-18'],
    ],
    ['Host, missing', []],
  ])('is refused with 400 where it stands there twice: %s', async (_name, headers) => {
    const answer = await raw(
      open.port,
      head('POST /mcp', [JSON_TYPE, ACCEPT, ...headers].slice(headers[1] === JSON_TYPE ? 1 : 0), PING),
    );
    expect(statusOf(answer), answer).toBe(400);
    expect(answer).toContain('"jsonrpc":"2.0"');
    expect(statusOf(await raw(open.port, head('POST /mcp', ['Host: localhost', JSON_TYPE, ACCEPT], PING)))).toBe(400); // no session
  });

  test.each(['/livez', '/health', '/metrics', '/nowhere', '/sse'])('is refused at %s as well', async (path) => {
    expect(statusOf(await raw(open.port, head(`GET ${path}`, ['Host: localhost', 'Host: a'])))).toBe(400);
  });

  test('is refused with 401 where it is Authorization, whichever of the two is good', async () => {
    const [good, bad] = [issuer.as('ann').Authorization, 'Bearer bad'];
    for (const two of [
      [good, bad],
      [bad, good],
      [good, good],
    ]) {
      const lines = ['Host: localhost', JSON_TYPE, ACCEPT, ...two.map((value) => `Authorization: ${value}`)];
      expect(statusOf(await raw(guarded.port, head('POST /mcp', lines, PING)))).toBe(401);
    }
    const fine = ['Host: localhost', JSON_TYPE, ACCEPT, `Authorization: ${good}`];
    expect(statusOf(await raw(guarded.port, head('POST /mcp', fine, PING)))).toBe(400); // no session named
  });

  describe('a page of another site that sends no Origin', () => {
    const CROSS = 'Sec-Fetch-Site: cross-site';
    let bound: SpawnedServer;
    beforeAll(async () => {
      bound = await spawnServer(['http', '--stateful', '--sse']);
    });
    afterAll(() => bound.stop());

    test('opens no stream, and no session', async () => {
      for (const line of [
        'GET /sse',
        'GET /sse/',
        'GET /mcp',
        'POST /mcp',
        'POST /messages?sessionId=x',
        'DELETE /mcp',
      ]) {
        const answer = await raw(
          bound.port,
          head(line, ['Host: localhost', ACCEPT, JSON_TYPE, CROSS], line.startsWith('POST') ? PING : ''),
        );
        expect(statusOf(answer), line).toBe(403);
      }
    });

    test('reads what is open, and an allowed Origin opens a stream as before', async () => {
      expect(statusOf(await raw(bound.port, head('GET /health', ['Host: localhost', CROSS])))).toBe(200);
      for (const headers of <Record<string, string>[]>[
        { 'Sec-Fetch-Site': 'cross-site', Origin: 'http://localhost:3000' },
        { 'Sec-Fetch-Site': 'same-origin' },
        { 'Sec-Fetch-Site': 'none' },
        {},
      ]) {
        const stop = new AbortController();
        const answer = await fetch(`${bound.origin}/sse`, { headers, signal: stop.signal });
        expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
        stop.abort();
      }
    });

    test('is let in where any origin is', async () => {
      const anyone = await spawnServer(['http', '--stateful', '--sse', '--allowed-origins', '*']);
      const stop = new AbortController();
      const headers = { 'Sec-Fetch-Site': 'cross-site' };
      expect((await fetch(`${anyone.origin}/sse`, { headers, signal: stop.signal })).status).toBe(200);
      stop.abort();
      await anyone.stop();
    });
  });

  test.each<[status: number, bytes: string]>([
    [200, head('GET /health', ['Host: localhost'])],
    [200, head('GET /livez', ['Host: localhost'])],
    [200, head('GET /metrics', ['Host: localhost'])],
    [204, head('OPTIONS /mcp', ['Host: localhost', 'Origin: http://localhost', 'Access-Control-Request-Method: POST'])],
    [400, head('POST /mcp', ['Host: localhost', JSON_TYPE], '{')],
    [400, head('GET /health', [])],
    [400, 'no HTTP\r\n\r\n'],
    [404, head('GET /nowhere', ['Host: localhost'])],
    [404, head('GET //evil.example/%00', ['Host: localhost'])],
    [405, head('PUT /mcp', ['Host: localhost'])],
    [406, head('POST /mcp', ['Host: localhost', 'Accept: text/html', JSON_TYPE], PING)],
    [
      413,
      `POST /mcp HTTP/1.1\r\nHost: localhost\r\n${JSON_TYPE}\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n`,
    ],
    [415, head('POST /mcp', ['Host: localhost'], PING)],
    [417, head('POST /mcp', ['Host: localhost', 'Expect: miracles'], PING)],
    [431, `GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ${'a'.repeat(40_000)}\r\n\r\n`],
  ])('an answer of %d may be framed by nobody, nor be taken for another type', async (status, bytes) => {
    const answer = await raw(open.port, bytes);
    expect(statusOf(answer), answer).toBe(status);
    const [lines = ''] = answer.split('\r\n\r\n', 1);
    expect(lines).toMatch(/^X-Frame-Options: DENY$/im);
    expect(lines).toMatch(/^X-Content-Type-Options: nosniff$/im);
    expect(lines).toMatch(/^Content-Security-Policy: default-src 'none'/im);
  });

  test('an event stream, and a refusal for want of a token, have them too', async () => {
    const stop = new AbortController();
    const stream = await fetch(`${open.origin}/sse`, { signal: stop.signal });
    const refused = await fetch(`${guarded.origin}/mcp`, { method: 'POST' });
    for (const answer of [stream, refused]) expect(answer.headers.get('x-frame-options')).toBe('DENY');
    expect(refused.status).toBe(401);
    stop.abort();
  });
});
