import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import { parseExposition } from '../helpers/exposition.js';
import type { Nginx } from '../helpers/nginx.js';
import { startNginx } from '../helpers/nginx.js';
import type { Nodes } from '../helpers/nodes.js';
import { startNodes } from '../helpers/nodes.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';
import { runCli } from '../helpers/run-cli.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { head, raw, statusOf } from '../security/helpers/raw.js';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'examples/cluster');
const CONFIGURATION = join(FOLDER, 'nginx.conf');

describe('the nginx of examples/cluster in front of three nodes', () => {
  let redis: RedisServer;
  let nodes: Nodes;
  let proxy: Nginx;
  let url: string;

  beforeAll(async () => {
    redis = await startRedis();
    nodes = await startNodes({ redisUrl: redis.url });
    proxy = await startNginx(
      CONFIGURATION,
      nodes.servers.map(({ origin }) => origin),
    );
    url = `${proxy.origin}/mcp`;
  });

  afterAll(async () => {
    await proxy.stop();
    await nodes.close();
    await redis.stop();
  });

  test('one session is served by all nodes', async () => {
    const session = await openSession(url);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => ask(url, session, callOf('calculate', { a: 1, b: 1, op: 'add' }))),
    );
    expect(new Set(answers.map(({ result }) => result?.structuredContent.calculationId)).size).toBe(40);
    for (const { origin } of nodes.servers) {
      const info = await ask(`${origin}/mcp`, session, request('resources/read', { uri: 'session://info' }));
      expect(JSON.parse(info.result.contents[0].text)).toMatchObject({ calculationCount: 40 });
    }
    for (const { metrics } of nodes.servers) {
      const { samples = [] } =
        parseExposition((await metrics.render()).text).get('mcp_server_operation_duration_seconds') ?? {};
      const calls = samples.find(({ name, labels }) => name.endsWith('_count') && labels.method === 'tools/call');
      expect(calls?.value).toBeGreaterThan(5);
    }
  });

  test('events arrive as they come: a question reaches the client before its call can end', async () => {
    const session = await openSession(url, { capabilities: { elicitation: {} } });
    const reader = new EventReader(
      await post(url, callOf('solve_math_problem', { problem: 'What is the area of a circle?' }, 'call'), session),
    );
    const question = await reader.message();
    expect(question.method).toBe('elicitation/create');
    const result = { action: 'accept', content: { radius: 2 } };
    expect((await post(url, { jsonrpc: '2.0', id: question.id, result }, session)).status).toBe(202);
    expect(await reader.message()).toMatchObject({ id: 'call', result: {} });
  });

  test('a cut stream is resumed, and the standalone stream hears what another node causes', async () => {
    const session = await openSession(url);
    await ask(url, session, request('resources/subscribe', { uri: 'calculator://history' }));
    const listener = new EventReader(await fetch(url, { headers: { ...session, Accept: 'text/event-stream' } }));
    await listener.next();
    const reader = new EventReader(await post(url, callOf('demo_progress', { steps: 3 }, 'call'), session));
    const { id } = (await reader.next()) ?? {};
    await reader.close();
    const resumed = new EventReader(await fetch(url, { headers: { ...session, 'Last-Event-ID': String(id) } }));
    expect(await resumed.rest()).toHaveLength(4);
    await ask(url, session, callOf('calculate', { a: 1, b: 1, op: 'add' }));
    expect(await listener.message()).toMatchObject({ method: 'notifications/resources/updated' });
    await listener.close();
  });

  test('a legacy connection is posted to through any node', async () => {
    const reader = new EventReader(await fetch(`${proxy.origin}/sse`));
    const endpoint = `${proxy.origin}${(await reader.next())?.data}`;
    const params = { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'old', version: '1' } };
    expect((await post(endpoint, request('initialize', params, 'first'))).status).toBe(202);
    expect(await reader.message()).toMatchObject({ id: 'first', result: {} });
    await reader.close();
  });

  test('what is too large is refused by the nodes, in JSON-RPC', async () => {
    const refused = await post(url, callOf('evaluate', { expression: '1'.repeat(1_100_000) }));
    expect([refused.status, await refused.json()]).toMatchObject([413, { jsonrpc: '2.0', error: { code: -32000 } }]);
  });

  test('no session id and no code is in its logs, and every request is', async () => {
    const reader = new EventReader(await fetch(`${proxy.origin}/sse`));
    const endpoint = `${proxy.origin}${(await reader.next())?.data}`;
    const id = String(new URL(endpoint).searchParams.get('sessionId'));
    expect((await post(endpoint, request('ping', {}, 'first'))).status).toBe(202);
    await fetch(`${proxy.origin}/authorize?code=a-secret-code`, { headers: { Referer: `${url}?code=another-code` } });
    await reader.close();
    await eventually(() => expect(proxy.accessLog()).toMatch(/"GET \/sse HTTP/));
    expect(proxy.accessLog()).toMatch(/"POST \/messages HTTP\/1.1" 202 /);
    expect(proxy.accessLog()).toMatch(/"GET \/authorize HTTP\/1.1" 404 /);
    for (const log of [proxy.accessLog(), proxy.errorLog()]) {
      expect(log).not.toMatch(/-code|sessionId/);
      expect(log).not.toContain(id);
    }
  });
});

describe('the nginx of examples/cluster in front of a node with all its routes', () => {
  let node: SpawnedServer;
  let proxy: Nginx;

  beforeAll(async () => {
    node = await spawnServer(['http', '--stateless']);
    proxy = await startNginx(CONFIGURATION, [node.origin]);
  });

  afterAll(async () => {
    await proxy.stop();
    await node.stop();
  });

  test.each([
    '/metrics',
    '/metrics/',
    '//metrics',
    '//metrics//',
    '/metrics%2f',
    '/%6detrics',
    '/./metrics',
    '/mcp/../metrics',
    '/metrics?x=/',
    '/health/detailed',
    '/health/detailed/',
    '/health//detailed',
    '/health%2fdetailed',
    '/health/detailed?x',
    '/health/../metrics/',
  ])('what the nodes tell of themselves is not for everybody: %s', async (path) => {
    const answer = await raw(proxy.port, head(`GET ${path}`, ['Host: localhost']));
    expect([statusOf(answer), answer]).toEqual([404, expect.not.stringMatching(/mcp_|loadAverage/)]);
  });

  test('what is for everybody is passed on', async () => {
    const answers = await Promise.all(['/health', '/livez'].map((path) => fetch(proxy.origin + path)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const open = await Promise.all(['/metrics', '/health/detailed'].map((path) => fetch(node.origin + path)));
    expect(open.map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe('the nginx of examples/cluster in front of nodes that fail', () => {
  const started: Server[] = [];
  /** Takes a request, and breaks the connection off without an answer. */
  const startBreaker = async (received: string[]) => {
    const server = createServer((req) => {
      received.push(String(req.method));
      req.resume().once('end', () => req.socket.destroy());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    started.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  afterAll(() => started.forEach((server) => server.close()));

  test('a POST that was sent is never sent again; one that nobody took goes to the next', async () => {
    const received: string[] = [];
    const [one, other] = await Promise.all([startBreaker(received), startBreaker(received)]);
    const proxy = await startNginx(CONFIGURATION, [one, other]);
    try {
      expect((await post(`${proxy.origin}/mcp`, request('ping'))).status).toBe(502);
      expect(received).toEqual(['POST']);
    } finally {
      await proxy.stop();
    }
    const redis = await startRedis();
    const nodes = await startNodes({ redisUrl: redis.url });
    const [first, ...others] = nodes.servers;
    const half = await startNginx(
      CONFIGURATION,
      nodes.servers.map(({ origin }) => origin),
    );
    try {
      const session = await openSession(`${half.origin}/mcp`);
      await first?.close();
      const statuses = await Promise.all(
        Array.from({ length: 12 }, async () => (await post(`${half.origin}/mcp`, request('ping'), session)).status),
      );
      expect(new Set(statuses)).toEqual(new Set([200]));
      expect(others).toHaveLength(2);
    } finally {
      await half.stop();
      await nodes.close();
      await redis.stop();
    }
  });
});

describe('the image', () => {
  const lines = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
    .replace(/\\\n\s*/g, '')
    .split('\n');
  const ignore = readFileSync(join(ROOT, '.dockerignore'), 'utf8');

  test('is built from files that are there, and that reach the build', () => {
    const copied = lines
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied).toContain('src');
    for (const name of copied) {
      expect([name, existsSync(join(ROOT, name))]).toEqual([name, true]);
      expect(ignore.split('\n')).toContain(`!${name}`);
    }
  });

  test('runs as nobody special, and its health check is a command of the program itself', async () => {
    expect(lines).toContain('USER node');
    const [program, ...args] = JSON.parse(
      String(lines.find((line) => line.startsWith('HEALTHCHECK'))?.replace(/^.*CMD /, '')),
    ) as string[];
    expect([program, args[0]]).toEqual(['node', 'bin/mcp-calc.js']);
    const server = await spawnServer(['http', '--stateless']);
    const here = args.slice(1).map((arg) => arg.replace('http://127.0.0.1:1453', server.origin));
    expect(here.join()).toContain(server.origin);
    try {
      expect((await runCli(here)).code).toBe(0);
    } finally {
      await server.stop();
    }
    expect((await runCli(here)).code).toBe(4);
  });
});

test('its compose file confines every service, and Redis asks for a password that everybody has to choose', () => {
  interface Service {
    read_only?: boolean;
    cap_drop?: string[];
    cap_add?: string[];
    security_opt?: string[];
    user?: string;
    command?: string;
    environment?: Record<string, string>;
  }
  const { services } = parse(readFileSync(join(FOLDER, 'compose.yaml'), 'utf8'), { merge: true }) as {
    services: Record<string, Service>;
  };
  expect(Object.keys(services)).toEqual(['redis', 'mcp-calc', 'nginx']);
  for (const [name, service] of Object.entries(services)) {
    expect([name, service]).toEqual([
      name,
      expect.objectContaining({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] }),
    ]);
    expect(service.cap_add).toBeUndefined();
    // The image of mcp-calc says so itself.
    if (name !== 'mcp-calc') expect(service.user).toBe(name);
  }
  expect(services.redis?.command).toContain('--requirepass ${REDIS_PASSWORD:?');
  expect(services['mcp-calc']?.environment?.REDIS_URL).toBe('redis://:${REDIS_PASSWORD}@redis:6379');
});

test('its drain delay is longer than nginx keeps an idle connection, and shorter than the time to stop', () => {
  const compose = readFileSync(join(FOLDER, 'compose.yaml'), 'utf8');
  const kept = Number(/keepalive_timeout (\d+)s;/.exec(readFileSync(CONFIGURATION, 'utf8'))?.[1]);
  const delay = Number(/DRAIN_DELAY: (\d+)s/.exec(compose)?.[1]);
  expect(kept).toBeLessThan(delay);
  expect(delay + 10).toBeLessThan(Number(/stop_grace_period: (\d+)s/.exec(compose)?.[1]));
});

test('its compose file gives the replicas no port and no name of their own, and never lets Redis evict', () => {
  const compose = readFileSync(join(FOLDER, 'compose.yaml'), 'utf8');
  const [, replicas = ''] = /\n {2}mcp-calc:\n([\s\S]*?)\n\n/.exec(compose) ?? [];
  expect(replicas).toContain('context: ../..');
  expect(replicas).not.toMatch(/ports:|container_name:/);
  expect(compose).toMatch(/--appendonly yes --maxmemory-policy noeviction/);
  expect(compose).toContain('./nginx.conf:/etc/nginx/nginx.conf:ro');
});
