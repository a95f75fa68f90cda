import { randomBytes } from 'node:crypto';
import { SignJWT, UnsecuredJWT, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callOf, openSession, post, request } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { drip, head, raw, statusOf } from './helpers/raw.js';

const ISSUER = 'https://one.example';
const BASE = 'https://calc.example';
const SECRET = randomBytes(32).toString('hex');
const key = new TextEncoder().encode(SECRET);
const now = () => Math.floor(Date.now() / 1000);

const claims = (change: Record<string, unknown> = {}) => ({
  iss: ISSUER,
  aud: `${BASE}/mcp`,
  sub: 'ann',
  exp: now() + 60,
  ...change,
});
const sign = (
  change: Record<string, unknown> = {},
  header: object = {},
  secret: Parameters<SignJWT['sign']>[0] = key,
) => new SignJWT(claims(change)).setProtectedHeader({ alg: 'HS256', ...header }).sign(secret, { crit: { own: true } });

/** What an attacker may bring as a token. */
const FORGED: [string, () => Promise<string> | string][] = [
  ['for another audience', () => sign({ aud: 'https://else.example/mcp' })],
  ['without an audience', () => sign({ aud: undefined })],
  ['of alg none', () => new UnsecuredJWT(claims()).encode()],
  ['expired', () => sign({ exp: now() - 60 })],
  ['without an expiry', () => sign({ exp: undefined })],
  ['not valid yet', () => sign({ nbf: now() + 60 })],
  ['issued in the future', () => sign({ iat: now() + 60 })],
  ['of another key', () => sign({}, {}, randomBytes(32))],
  [
    'of a key that it brings along',
    async () => {
      const { privateKey } = await generateKeyPair('ES256');
      return sign({}, { alg: 'ES256', jwk: { kty: 'EC' } }, privateKey);
    },
  ],
  ['of another issuer', () => sign({ iss: 'https://two.example' })],
  ['without a subject', () => sign({ sub: undefined })],
  ['that is a logout token', () => sign({}, { typ: 'logout+jwt' })],
  ['whose type is a number', () => sign({}, { typ: 7 })],
  ['with an extension that it calls critical', () => sign({}, { crit: ['own'], own: 1 })],
  [
    'whose claims were changed',
    async () =>
      (await sign()).replace(
        /\.[^.]+\./,
        `.${Buffer.from(JSON.stringify(claims({ sub: 'root' }))).toString('base64url')}.`,
      ),
  ],
  ['that is no token', () => 'x.y.z'],
  ['that is too long', () => 'a'.repeat(9_000)],
];

let server: SpawnedServer;
beforeAll(async () => {
  const args = [
    'http',
    '--sse',
    '--auth',
    'jwt',
    '--jwt-issuer',
    ISSUER,
    '--base-uri',
    BASE,
    '--headers-timeout',
    '400ms',
    '--request-timeout',
    '800ms',
  ];
  server = await spawnServer(args, { JWT_SECRET: SECRET });
});
afterAll(async () => {
  expect(server.log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  await server.stop();
});

describe('a token', () => {
  test.each(FORGED)('%s is refused at every endpoint, with nothing told but that', async (_what, make) => {
    const headers = { Authorization: `Bearer ${await make()}` };
    for (const [method, path] of [
      ['POST', '/mcp'],
      ['GET', '/mcp'],
      ['DELETE', '/mcp'],
      ['GET', '/sse'],
      ['POST', '/messages'],
    ] as const) {
      const refused = await fetch(server.origin + path, { method, headers });
      expect([path, refused.status]).toEqual([path, 401]);
      expect(refused.headers.get('www-authenticate')).toMatch(
        /^Bearer error="invalid_token", error_description="The [\w :."']+", resource_metadata="https:\/\/calc\.example\/[\w./-]+"$/,
      );
      expect(Object.keys((await refused.json()) as object)).toEqual(['error', 'error_description']);
    }
  });

  test('in the address is refused, even beside a good one', async () => {
    const token = await sign();
    const refused = await fetch(`${server.origin}/mcp?access_token=${token}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
    });
    expect([refused.status, await refused.json()]).toMatchObject([400, { error: 'invalid_request' }]);
  });

  test('counts once: of two headers the second has no effect, and two in one are none', async () => {
    const [bad, good] = [await sign({}, {}, randomBytes(32)), await sign()];
    const both = head('GET /mcp', ['Host: localhost', `Authorization: Bearer ${bad}`, `Authorization: Bearer ${good}`]);
    expect(statusOf(await raw(server.port, both))).toBe(401);
    const joined = head('GET /mcp', ['Host: localhost', `Authorization: Bearer ${bad}, Bearer ${good}`]);
    expect(statusOf(await raw(server.port, joined))).toBe(401);
    const fine = head('GET /mcp', ['Host: localhost', `Authorization: bearer ${good}`]);
    expect(statusOf(await raw(server.port, fine))).toBe(400); // no session named
  });
});

describe('a page of another site', () => {
  const PATHS = [
    '/mcp',
    '/sse',
    '/messages',
    '/health',
    '/metrics',
    '/.well-known/oauth-protected-resource',
    '/nothing',
  ];

  test.each(PATHS)('whose name was rebound to this machine gets nothing from %s', async (path) => {
    for (const [target, host] of [
      [path, 'evil.example'],
      [path, 'localhost.evil.example'],
      [`http://evil.example${path}`, 'localhost'],
      [path, 'localhost@evil.example'],
    ]) {
      const answer = await raw(
        server.port,
        head(`GET ${target}`, [`Host: ${host}`, `Authorization: Bearer ${await sign()}`]),
      );
      expect([target, host, statusOf(answer)]).toEqual([target, host, 403]);
      expect(answer).toContain('this Host is not allowed');
    }
  });

  test.each(PATHS)('that sends credentials gets nothing from %s, nor leave to ask', async (path) => {
    for (const origin of [
      'https://evil.example',
      'null',
      'https://calc.example.evil.example',
      'http://calc.example',
      'file://',
    ]) {
      const headers = { Origin: origin, Authorization: `Bearer ${await sign()}`, Cookie: 'a=b' };
      const refused = await fetch(server.origin + path, { headers });
      const preflight = await fetch(server.origin + path, {
        method: 'OPTIONS',
        headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
      });
      for (const answer of [refused, preflight]) {
        expect([origin, answer.status]).toEqual([origin, 403]);
        expect(
          [...answer.headers.keys()].filter((name) => name.startsWith('access-control') || name === 'mcp-session-id'),
        ).toEqual([]);
      }
    }
  });
});

describe('a line end', () => {
  test.each([
    ['in the path', 'GET /%0d%0aX-Injected:%201', []],
    ['in the query', 'POST /messages?sessionId=%0d%0aX-Injected:%201', []],
    ['in a token', 'GET /mcp', ['Authorization: Bearer a%0d%0aX-Injected: 1']],
    ['folded into a header', 'GET /mcp', ['X-Request-Id: a\r\n X-Injected: 1']],
    ['bare in a header', 'GET /mcp', ['X-Request-Id: a\rX-Injected: 1']],
    ['after a request id', 'GET /mcp', ['X-Request-Id: a\r\nX-Injected: 1']],
    ['in an origin', 'GET /mcp', ['Origin: http://localhost%0d%0aX-Injected: 1']],
    ['in a version', 'GET /mcp', ['MCP-Protocol-Version: 1%0d%0aX-Injected: 1']],
  ])('%s injects no header', async (_where, line, headers) => {
    const answer = await raw(server.port, head(line, ['Host: localhost', ...headers]));
    expect(statusOf(answer)).toBeGreaterThanOrEqual(400);
    expect(statusOf(answer)).toBeLessThan(500);
    expect(answer.split('\r\n\r\n')[0]).not.toMatch(/x-injected/i);
  });

  test('between two requests in one smuggles nothing past the guards', async () => {
    const inner = 'GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n';
    const lines = ['Host: localhost', 'Content-Type: application/json'];
    for (const framing of [
      ['Content-Length: 3', 'Transfer-Encoding: chunked'],
      ['Content-Length: 0', 'Content-Length: 50'],
      ['Transfer-Encoding: chunked, identity'],
      ['Transfer-Encoding: xchunked'],
      ['Content-Length: +0'],
    ]) {
      const answer = await raw(
        server.port,
        `${['POST /mcp HTTP/1.1', ...lines, ...framing, '', ''].join('\r\n')}0\r\n\r\n${inner}`,
      );
      // Without an answer, the connection was cut while the first was under way.
      expect(answer === '' ? 400 : statusOf(answer), framing.join()).toBe(400);
      expect(answer.match(/HTTP\/1\.1 /g)?.length ?? 0).toBeLessThan(2);
    }
  });
});

describe('a session', () => {
  test('has an id of the server’s choice, whatever the client proposes', async () => {
    const url = `${server.origin}/mcp`;
    const headers = { Authorization: `Bearer ${await sign()}`, 'Mcp-Session-Id': 'fixed-by-an-attacker' };
    const opened = await post(url, request('initialize'), headers);
    expect(opened.headers.get('mcp-session-id')).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect((await post(url, request('ping'), headers)).status).toBe(404);
  });

  test('is named by one header: two are none', async () => {
    const session = await openSession(`${server.origin}/mcp`, { headers: { Authorization: `Bearer ${await sign()}` } });
    const id = `Mcp-Session-Id: ${session['Mcp-Session-Id']}`;
    const body = JSON.stringify(request('ping'));
    const lines = ['Host: localhost', 'Content-Type: application/json', `Authorization: ${session.Authorization}`];
    expect(statusOf(await raw(server.port, head('POST /mcp', [...lines, id], body)))).toBe(200);
    for (const other of [id, 'Mcp-Session-Id: x'])
      expect(statusOf(await raw(server.port, head('POST /mcp', [...lines, other, id], body)))).toBe(404);
  });
});

describe('who is slow', () => {
  test('with the headers or the body is let go in time, a hundred at once, and others are served meanwhile', async () => {
    const headers = () => drip(server.port, 'POST /mcp HTTP/1.1\r\nHost: localhost\r\n', 'X-A: b\r\n', 50);
    const body = async () =>
      drip(
        server.port,
        `POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${await sign()}\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n{`,
        ' ',
        50,
      );
    const nothing = () => drip(server.port, '', '', 1_000);
    const slow = Promise.all(Array.from({ length: 100 }, async (_, index) => [headers, body, nothing][index % 3]?.()));
    const session = await openSession(`${server.origin}/mcp`, { headers: { Authorization: `Bearer ${await sign()}` } });
    const answer = await post(`${server.origin}/mcp`, callOf('calculate', { a: 20, b: 22, op: 'add' }), session);
    expect(await answer.json()).toMatchObject({ result: { structuredContent: { value: 42 } } });
    for (const each of await slow) {
      expect(each?.answer).toMatch(/^(?:HTTP\/1\.1 408|$)/);
      expect(each?.ms).toBeLessThan(3_000);
    }
    const metrics = await (
      await fetch(`${server.origin}/metrics`, { headers: { Authorization: `Bearer ${await sign()}` } })
    ).text();
    expect(Number(/mcp_refusals_total\{reason="timeout"\} (\d+)/.exec(metrics)?.[1])).toBeGreaterThanOrEqual(66);
  });
});
