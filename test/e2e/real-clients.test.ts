import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { META } from '../../src/rpc/era.js';
import { eventually } from '../helpers/eventually.js';
import { envelope, MODERN, post } from '../helpers/modern.js';
import { post as postAny, request } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

const ADD = { name: 'calculate', arguments: { a: 1, b: 2, op: 'add' } };
const RECORDER = new URL('../helpers/record-imports.mjs', import.meta.url).href;

/** What clients and gateways were seen to do. */
describe('a server', () => {
  let server: SpawnedServer;
  const url = () => `${server.origin}/mcp`;
  beforeAll(async () => {
    server = await spawnServer(['http'], { NODE_OPTIONS: `--import ${RECORDER}` });
  });
  afterAll(() => server.stop());

  const lineOf = (requestId: string) =>
    eventually(() => {
      const line = server.log.find((each) => each.includes(`"requestId":"${requestId}"`));
      expect(line).toBeDefined();
      return JSON.parse(line ?? '') as Record<string, unknown>;
    });

  test('answers the first discover of all without loading anything for it', async () => {
    const loaded = () => server.log.filter((line) => line.startsWith('LOADED')).length;
    expect(loaded()).toBeGreaterThan(0);
    const before = loaded();
    const { status } = await post(url(), 'server/discover', {}, { headers: { 'X-Request-Id': 'discovers' } });
    expect(status).toBe(200);
    // The line of the request comes after whatever it made the process load.
    await lineOf('discovers');
    expect(loaded()).toBe(before);
  });

  test('refuses an older version over a modern envelope, and its log names the flag that forgives it', async () => {
    const old = { 'MCP-Protocol-Version': '2025-11-25', 'X-Request-Id': 'old-header' };
    const { status, body } = await post(url(), 'tools/call', ADD, { headers: old });
    expect({ status, code: body.error?.code }).toEqual({ status: 400, code: -32020 });
    expect((await lineOf('old-header')).hint).toContain('--lenient-headers');
    const other = { 'MCP-Protocol-Version': '1999-01-01', 'X-Request-Id': 'other-header' };
    expect((await post(url(), 'tools/call', ADD, { headers: other })).status).toBe(400);
    expect(await lineOf('other-header')).not.toHaveProperty('hint');
  });

  test('stamps every result, and each that may be kept with for how long and by whom', async () => {
    const prompt = { name: 'explain-calculation', arguments: { expression: '1 + 1' } };
    const ref = { type: 'ref/resource', uri: 'calculator://tables/{n}' };
    const cases: [string, Record<string, unknown>, boolean][] = [
      ['server/discover', {}, true],
      ['tools/list', {}, true],
      ['prompts/list', {}, true],
      ['resources/list', {}, true],
      ['resources/templates/list', {}, true],
      ['resources/read', { uri: 'calculator://stats' }, true],
      ['tools/call', ADD, false],
      ['tools/call', { ...ADD, arguments: {} }, false],
      ['prompts/get', prompt, false],
      ['completion/complete', { ref, argument: { name: 'n', value: '1' } }, false],
      ['subscriptions/listen', { notifications: {} }, false],
    ];
    for (const [method, params, isKept] of cases) {
      const { result = {} } = (await post(url(), method, params)).body;
      expect([method, result.resultType]).toEqual([method, 'complete']);
      expect([method, Object.keys(result).includes('ttlMs'), Object.keys(result).includes('cacheScope')]).toEqual([
        method,
        isKept,
        isKept,
      ]);
      if (isKept) expect(Number.isInteger(result.ttlMs) && Number(result.ttlMs) >= 0).toBe(true);
      expect(result._meta).toMatchObject({ [META.serverInfo]: { name: 'mcp-calc' } });
    }
  });

  test.each([
    { 'MCP-Protocol-Version': MODERN },
    { 'MCP-Protocol-Version': '2099-01-01' },
    { 'MCP-Protocol-Version': 'x' },
    { 'MCP-Protocol-Version': MODERN, 'Mcp-Method': 'tools/list', 'Mcp-Name': 'x' },
    { 'Mcp-Session-Id': 'gone', 'Last-Event-ID': 'gone' },
  ])('answers an initialize, which may show a page, whatever stale headers it has: %j', async (headers) => {
    const params = {
      protocolVersion: '2025-11-25',
      // Hosts that show pages say so in this era as well.
      capabilities: { extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } } },
      clientInfo: { name: 'editor', version: '1' },
    };
    const stale: Record<string, string> = JSON.parse(JSON.stringify(headers));
    const answer = await postAny(url(), request('initialize', params, 0), stale);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('"protocolVersion":"2025-11-25"');
  });

  test.each(['Mcp-Method', 'Mcp-Name', 'MCP-Protocol-Version'])(
    'names the header that a gateway has stripped: %s',
    async (name) => {
      const { status, body } = await post(url(), 'tools/call', ADD, { headers: { [name]: null } });
      expect({ status, code: body.error?.code }).toEqual({ status: 400, code: -32020 });
      expect(body.error?.message).toContain(`${name} is missing`);
    },
  );

  test('answers who names no Accept at all, and refuses that under --strict', async () => {
    const strict = await spawnServer(['http', '--strict']);
    const ask = (address: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = {
          'Content-Type': 'application/json',
          'MCP-Protocol-Version': MODERN,
          'Mcp-Method': 'tools/list',
        };
        const asked = httpRequest(address, { method: 'POST', headers }, (res) => resolve(res.resume().statusCode));
        asked.on('error', reject).end(JSON.stringify(request('tools/list', { _meta: envelope() }, 1)));
      });
    expect(await ask(url())).toBe(200);
    expect(await ask(`${strict.origin}/mcp`)).toBe(406);
    await strict.stop();
  });

  test.each([0, '0', 'server-discover-probe-1', -1])('answers under the id that it was asked by: %j', async (id) => {
    expect((await post(url(), 'server/discover', {}, { id })).body.id).toBe(id);
    expect((await post(url(), 'no/such', {}, { id })).body).toMatchObject({ id, error: { code: -32601 } });
    expect((await post(url(), 'tools/call', { name: 'none' }, { id })).body).toMatchObject({ id });
  });

  test('uses no code of its own in the modern era, for what it refuses either', async () => {
    const headers = { 'Content-Type': 'application/json', 'MCP-Protocol-Version': MODERN };
    const listen = { notifications: { resourceSubscriptions: ['calculator://stats'] } };
    const refused = await Promise.all([
      post(url(), 'resources/read', { uri: 'calculator://nowhere' }),
      post(url(), 'resources/read', { uri: 'calculator://history' }),
      post(url(), 'subscriptions/listen', listen, { headers: { Accept: 'application/json' } }),
      post(url(), 'tools/list', {}, { headers: { Accept: 'text/html' } }),
      post(url(), 'tools/list', {}, { headers: { 'Content-Type': 'text/plain' } }),
      post(url(), 'tools/list', {}, { headers: { Origin: 'http://evil.example' } }),
      fetch(url(), { method: 'POST', headers, body: '{' }).then(async (answer) => ({ body: await answer.json() })),
      fetch(url(), { method: 'PUT', headers, body: '{}' }).then(async (answer) => ({ body: await answer.json() })),
    ]);
    for (const { body } of refused) {
      const { code } = (body as { error: { code: number } }).error;
      expect(code <= -32_000 && code > -32_020).toBe(false);
    }
  });
});
