import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseExposition } from '../helpers/exposition.js';
import { eventually } from '../helpers/eventually.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { callOf, openSession, post, request } from '../helpers/rpc.js';
import { runCli } from '../helpers/run-cli.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnsPerTest } from '../helpers/servers.js';
import type { Issuer } from './helpers/issuer.js';
import { startIssuer } from './helpers/issuer.js';
import { raw } from './helpers/raw.js';

const start = spawnsPerTest();

/** Where a server that is bound to every network is reached from here. */
const local = ({ port }: SpawnedServer) => `http://127.0.0.1:${port}`;
const ping = (origin: string, headers: Record<string, string> = {}) => post(`${origin}/mcp`, request('ping'), headers);
const statuses = async (count: number, send: () => Promise<Response>) => {
  const found: number[] = [];
  for (let at = 0; at < count; at += 1) found.push((await send()).status);
  return found;
};

async function refusals(
  { port }: SpawnedServer,
  headers: Record<string, string> = {},
): Promise<Record<string, number>> {
  const families = parseExposition(await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).text());
  return Object.fromEntries(
    (families.get('mcp_refusals_total')?.samples ?? []).map(({ labels, value }) => [String(labels.reason), value]),
  );
}

describe('the rate limit', () => {
  let issuer: Issuer;
  let redis: RedisServer;
  beforeAll(async () => void ([issuer, redis] = await Promise.all([startIssuer(), startRedis()])));
  afterAll(() => Promise.all([issuer.close(), redis.stop()]));

  test('is on where the bind is not loopback, with a warning of what to do, and answers 429 as JSON-RPC', async () => {
    const server = await start(['http', '--stateless', '--host', '0.0.0.0'], { RATE_LIMIT_WINDOW: '60s' });
    const first = await ping(local(server));
    expect([first.status, first.headers.get('ratelimit-limit'), first.headers.get('ratelimit-policy')]).toEqual([
      200,
      '300',
      '300;w=60',
    ]);
    expect(
      await eventually(() => JSON.parse(server.log.find((line) => line.includes('"level":"warn"')) ?? '')),
    ).toMatchObject({
      message: expect.stringMatching(
        /^Bound to 0\.0\.0\.0 with neither --allowed-hosts nor --allowed-origins: .* --allowed-hosts mcp\.example\.com$/,
      ),
    });
    const all = await Promise.all(Array.from({ length: 300 }, () => ping(local(server))));
    const refused = all.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(1);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused[0]?.headers.get('ratelimit-remaining')).toBe('0');
    expect(await refused[0]?.json()).toEqual({
      jsonrpc: '2.0',
      error: { code: -32000, message: 'Too many requests: try again later' },
      id: null,
    });
    // Probes come often, and are not counted.
    expect((await fetch(`${local(server)}/livez`)).status).toBe(200);
  });

  test('of the demo authorization server tells of itself as any other does, and of its own figures alone', async () => {
    const server = await start(['auth-server', '--rate-limit-max', '500']);
    const register = () =>
      fetch(`${server.origin}/register`, { method: 'POST', headers: { Origin: 'http://localhost:8' } });
    const told = ({ headers }: Response) =>
      ['ratelimit', 'ratelimit-limit', 'ratelimit-policy', 'ratelimit-remaining'].map((name) => headers.get(name));
    expect(told(await fetch(`${server.origin}/`))).toEqual([null, '500', '500;w=60', '499']);
    expect(told(await register())).toEqual([null, '60', '60;w=3600', '59']);
    for (let more = 1; more < 60; more += 1) await register();
    const refused = await register();
    expect([refused.status, ...told(refused)]).toEqual([429, null, '60', '60;w=3600', '0']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_000);
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    expect(await refused.json()).toMatchObject({ error: 'too_many_requests' });
    await eventually(() =>
      expect(server.log.find((line) => line.includes('"status":429'))).toContain('"outcome":"rate_limit"'),
    );
  });

  test('is off on the loopback, and says nothing there', async () => {
    const server = await start(['http', '--stateless']);
    expect((await ping(server.origin)).headers.get('ratelimit-limit')).toBeNull();
    expect(server.log.filter((line) => line.includes('"level":"warn"'))).toEqual([]);
  });

  test('counts an address for all nodes together, and believes X-Forwarded-For only of a trusted proxy', async () => {
    const args = ['http', '--redis', redis.url, '--rate-limit-max', '4'];
    const [one, other] = await Promise.all([
      start([...args, '--trust-proxy', 'loopback']),
      start([...args, '--trust-proxy', 'loopback']),
    ]);
    const from = (address: string, server = one) =>
      fetch(`${server.origin}/mcp`, { method: 'PUT', headers: { 'X-Forwarded-For': address } });
    let turn = 0;
    expect(await statuses(6, () => from('203.0.113.7', (turn += 1) % 2 ? one : other))).toEqual([
      405, 405, 405, 405, 429, 429,
    ]);
    expect((await from('203.0.113.8')).status).toBe(405);
    // What a client adds on its own stands before what the proxy adds: the nearest counts.
    expect((await from('198.51.100.1, 203.0.113.7', other)).status).toBe(429);

    await redis.flush();
    const untrusting = await start(args);
    turn = 0;
    expect(await statuses(5, () => from(`203.0.113.${(turn += 1)}`, untrusting))).toEqual([405, 405, 405, 405, 429]);
  });

  test('counts a subject for all nodes together, whatever its token and address', async () => {
    const args = [
      'http',
      ...issuer.args,
      '--redis',
      redis.url,
      '--redis-prefix',
      'subjects',
      '--rate-limit-max',
      '5',
      '--trust-proxy',
      'loopback',
    ];
    const nodes = await Promise.all([start(args, issuer.env), start(args, issuer.env)]);
    let turn = 0;
    const as = (sub: string, claims = {}) => {
      turn += 1;
      return ping(String(nodes[turn % 2]?.origin), {
        ...issuer.as(sub, claims),
        'X-Forwarded-For': `203.0.113.${turn}`,
      });
    };
    expect(await statuses(7, () => as('ann'))).toEqual([400, 400, 400, 400, 400, 429, 429]);
    expect((await as('bob')).status).toBe(400);
    expect((await as('ann', { iss: 'https://two.example' })).status).toBe(400);
    expect(await refusals(nodes[0] as SpawnedServer, issuer.as('bob'))).toMatchObject({ rate_limit: 1 });
  });
});

test('--max-connections: one more is turned away, counted, and those that are there are served', async () => {
  const server = await start(['http', '--stateless', '--max-connections', '3', '--metrics-port', '0']);
  const held = Array.from({ length: 3 }, () => connect(server.port, '127.0.0.1'));
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  expect(await eventually(async () => raw(server.port, 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'))).toBe('');
  const [first] = held;
  first?.write('GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  const [answer] = (await once(first as NonNullable<typeof first>, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200/);
  held.forEach((socket) => socket.destroy());
  const metrics = /"metrics":"([^"]+)"/.exec(server.log.join('\n'))?.[1] ?? '';
  expect(await (await fetch(metrics)).text()).toContain('mcp_refusals_total{reason="connections"} 1\n');
});

test('--metrics-port keeps the times for headers and for a whole request, too', async () => {
  const server = await start([
    'http',
    '--stateless',
    '--metrics-port',
    '0',
    '--headers-timeout',
    '200ms',
    '--request-timeout',
    '200ms',
  ]);
  const metrics = new URL(/"metrics":"([^"]+)"/.exec(server.log.join('\n'))?.[1] ?? '');
  for (const port of [server.port, Number(metrics.port)]) {
    expect(await raw(port, 'GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Half: ')).toMatch(/^HTTP\/1\.1 408 /);
  }
});

test('--max-sessions: one more is 503 with Retry-After, and there is room again when one has ended', async () => {
  const server = await start(['http', '--sse', '--max-sessions', '2']);
  const url = `${server.origin}/mcp`;
  const [first] = [await openSession(url), await openSession(url)];
  for (const refused of [await post(url, request('initialize')), await fetch(`${server.origin}/sse`)]) {
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.json()).toMatchObject({
      error: { code: -32000, message: expect.stringContaining('limit of 2 open sessions') },
    });
  }
  expect((await post(url, callOf('calculate', { a: 1, b: 2, op: 'add' }), first)).status).toBe(200);
  await fetch(url, { method: 'DELETE', headers: first });
  await openSession(url);
  expect(await refusals(server)).toMatchObject({ session_limit: 2 });
});

test('--body-limit: one byte more is 413, on every endpoint, announced or in chunks', async () => {
  const server = await start(['http', '--sse', '--body-limit', '1kb']);
  const sized = (length: number) =>
    JSON.stringify(request('ping', { pad: '' }, 1)).replace(
      '""',
      `"${'x'.repeat(length - JSON.stringify(request('ping', { pad: '' }, 1)).length)}"`,
    );
  for (const path of ['/mcp', '/messages?sessionId=x']) {
    const send = (body: string) => post(server.origin + path, body);
    expect((await send(sized(1_024))).status).toBe(path === '/mcp' ? 400 : 404);
    const refused = await send(sized(1_025));
    expect([refused.status, await refused.json()]).toMatchObject([413, { error: { code: -32000 } }]);
    const chunks = ['10', 'x'.repeat(16), '7d0', 'x'.repeat(2_000), '0', '', ''].join('\r\n');
    const chunked = await raw(
      server.port,
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunks}`,
    );
    expect(chunked).toMatch(/^HTTP\/1\.1 413/);
  }
  expect(await refusals(server)).toMatchObject({ too_large: 4 });
});

describe('a start that can come to no good', () => {
  test.each([
    [
      ['http', '--auth', 'demo', '--stateless', '--workers', '2'],
      /--workers \(WORKERS\) above 1 is refused: the users of --auth demo \(AUTH_MODE\) are known to one process only/,
    ],
    [
      ['http', '--auth', 'demo', '--host', '0.0.0.0', '--port', '0'],
      /--auth demo \(AUTH_MODE\) bound to 0\.0\.0\.0 needs --base-uri \(BASE_URI\)/,
    ],
    [['sse', '--auth', 'demo', '--host', '::', '--port', '0'], /needs --base-uri/],
    [
      ['http', '--auth', 'demo', '--base-uri', 'http://calc.example', '--port', '0'],
      /calc\.example can't be an authorization server, because it is not https/,
    ],
    [['auth-server', '--host', '0.0.0.0', '--port', '0'], /--base-uri/],
  ])('%j ends at once, with a line that says what to do', async (args, message) => {
    const { code, stderr } = await runCli(args);
    expect(code).toBe(1);
    expect(
      stderr
        .split('\n')
        .filter((line) => line.startsWith('mcp-calc: '))
        .join('\n'),
    ).toMatch(message);
    expect(stderr).not.toContain('listening on');
  });

  test('--auth jwt on a wide bind without an address of its own is served, with a warning', async () => {
    const args = [
      'http',
      '--host',
      '0.0.0.0',
      '--allowed-hosts',
      'mcp.example.com',
      '--auth',
      'jwt',
      '--jwt-issuer',
      'https://one.example',
    ];
    const server = await start(args, { JWT_SECRET: 'x'.repeat(32) });
    expect(server.log.find((line) => line.includes('"level":"warn"'))).toContain('--base-uri https://mcp.example.com');
  });
});
