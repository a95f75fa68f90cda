import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import { parseExposition } from '../helpers/exposition.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import type { Issuer } from './helpers/issuer.js';
import { startIssuer } from './helpers/issuer.js';
import { raw } from './helpers/raw.js';

/** Of the design: names, their types and labels. */
const NAMES: Record<string, [type: string, ...labels: string[]]> = {
  mcp_active_sessions: ['gauge'],
  mcp_calculations_total: ['counter', 'operation'],
  mcp_server_operation_duration_seconds: ['histogram', 'era', 'method', 'tool', 'outcome'],
  http_server_request_duration_seconds: ['histogram', 'http_request_method', 'http_route', 'http_response_status_code'],
  mcp_sessions_created_total: ['counter'],
  mcp_sse_streams_open: ['gauge'],
  mcp_store_errors_total: ['counter', 'kind'],
  mcp_refusals_total: ['counter', 'reason'],
  process_cpu_user_seconds_total: ['counter'],
  process_resident_memory_bytes: ['gauge'],
  nodejs_eventloop_lag_seconds: ['gauge'],
};
const MADE_UP = 500;
/** Series that all traffic together may have: a fixed vocabulary, times the buckets of a histogram. */
const SERIES_LIMIT = 2_000;
const TRACE = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const OTHER_TRACE = TRACE.replace('01', '00').replaceAll('a', 'c');

let issuer: Issuer;
let redis: RedisServer;
let server: SpawnedServer;
let metricsUrl: string;

beforeAll(async () => {
  [issuer, redis] = await Promise.all([startIssuer(), startRedis()]);
  server = await spawnServer(
    ['http', '--sse', ...issuer.args, '--redis', redis.url, '--metrics-port', '0'],
    issuer.env,
  );
  metricsUrl = /"metrics":"([^"]+)"/.exec(server.log.join('\n'))?.[1] ?? '';
});
afterAll(async () => {
  await server.stop();
  await Promise.all([issuer.close(), redis.stop()]);
});

const url = () => `${server.origin}/mcp`;
const scrape = async () => parseExposition(await (await fetch(metricsUrl)).text());
const lines = () => server.log.map((line) => JSON.parse(line) as Record<string, unknown>);
const line = (fields: object) =>
  eventually(() => {
    const found = lines().find((each) => Object.entries(fields).every(([name, value]) => each[name] === value));
    expect(found, JSON.stringify(fields)).toBeDefined();
    return found as Record<string, unknown>;
  });
const good = (headers: Record<string, string> = {}) =>
  post(url(), callOf('calculate', { a: 1, b: 2, op: 'add' }), headers);

describe('the metrics of a server that has seen everything', () => {
  let session: Record<string, string>;
  beforeAll(async () => {
    const ann = issuer.as('ann');
    session = await openSession(url(), { headers: ann });
    await good(session);
    await ask(url(), session, callOf('calculate', { a: 1, b: 0, op: 'divide' }));
    const stream = new EventReader(await fetch(`${server.origin}/sse`, { headers: ann }));
    const address = `${server.origin}${(await stream.next())?.data}`;
    await post(address, callOf('evaluate', { expression: '1+1' }), ann);
    await stream.message();
    await stream.close();
    for (const headers of [
      {},
      { Authorization: 'Bearer x' },
      { ...session, Origin: 'http://evil.example' },
      { ...session, 'Content-Type': 'text/plain' },
      { ...session, Accept: 'text/html' },
      { ...session, 'MCP-Protocol-Version': '1' },
      { ...ann, 'Mcp-Session-Id': 'x' },
      ann,
    ])
      await good(headers);
    await fetch(`${url()}?access_token=x`);
    await fetch(url(), { headers: { ...session, 'Last-Event-ID': 'x.1:1' } });
    await post(url(), '{', session);
    await raw(server.port, 'nonsense\r\n\r\n');
    await raw(server.port, `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(40_000)}\r\n\r\n`);
    await raw(server.port, 'GET /mcp HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    redis.pause();
    expect((await good(session)).status).toBe(503);
    redis.resume();
    await eventually(async () => expect((await good(session)).status).toBe(200), 10_000);
  });

  test('are clean by the rules of promtool, with every name, type and label of the design', async () => {
    const families = await scrape();
    for (const [name, [type, ...labels]] of Object.entries(NAMES)) {
      const family = families.get(name);
      expect([name, family?.type]).toEqual([name, type]);
      const used = new Set(
        family?.samples.flatMap((sample) => Object.keys(sample.labels)).filter((label) => label !== 'le'),
      );
      expect([name, ...used].sort()).toEqual([name, ...labels].sort());
    }
  });

  test('count every refusal by its reason', async () => {
    const counted = (await scrape()).get('mcp_refusals_total')?.samples.map(({ labels }) => labels.reason);
    expect(counted).toEqual(
      expect.arrayContaining([
        'token_missing',
        'token_invalid',
        'token_in_query',
        'origin',
        'host',
        'content_type',
        'not_acceptable',
        'version',
        'session_unknown',
        'session_missing',
        'event_id',
        'message',
        'malformed',
        'headers_too_large',
        'store',
      ]),
    );
  });

  test('take no label from what clients make up, and no session id', async () => {
    const series = async () =>
      [...(await scrape()).values()].flatMap(({ samples }) =>
        samples.map(({ name, labels }) => name + JSON.stringify(labels)),
      );
    const word = (at: number) => `made-up-${at}`;
    const send = (at: number) =>
      Promise.all([
        post(url(), callOf(word(at)), session),
        post(url(), request(word(at)), session),
        fetch(`${server.origin}/${word(at)}`, { headers: { 'X-Request-Id': word(at) } }),
        post(url(), callOf('calculate', { a: at, b: 1, op: word(at) }), session),
        post(url(), request('ping'), { ...session, 'Mcp-Session-Id': word(at) }),
        post(url(), request('ping'), { Authorization: `Bearer ${word(at)}` }),
      ]);
    await send(0);
    const before = await series();
    for (let at = 1; at < MADE_UP; at += 20)
      await Promise.all(Array.from({ length: 20 }, (_, more) => send(at + more)));
    const after = await series();
    // Nothing new but the runtime's own, and statuses that the first ones did not meet.
    expect(after.filter((name) => !before.includes(name) && !/^(?:nodejs|process)_/.test(name))).toEqual([]);
    expect(after.length).toBeLessThan(SERIES_LIMIT);
    expect(
      after.filter((name) => name.includes('made-up') || name.includes(String(session['Mcp-Session-Id']).slice(0, 8))),
    ).toEqual([]);
    // Thousands of requests, on a machine that may be busy.
  }, 60_000);

  test('are on a port of their own, on the loopback and under its names alone', async () => {
    const { host, pathname, port } = new URL(metricsUrl);
    expect([host, pathname]).toEqual([`127.0.0.1:${port}`, '/metrics']);
    expect((await fetch(`${server.origin}/metrics`)).status).toBe(404);
    expect(await raw(Number(port), 'GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 403/,
    );
    expect((await fetch(metricsUrl, { headers: { Origin: 'http://evil.example' } })).status).toBe(403);
  });
});

describe('the log', () => {
  test('has of each call one line: request id, methods, tool, shortened session, duration, outcome and trace', async () => {
    const session = await openSession(url(), { headers: issuer.as('ann') });
    const short = `${session['Mcp-Session-Id']?.slice(0, 8)}…`;
    await good({ ...session, 'X-Request-Id': 'logged-1', traceparent: TRACE });
    expect(await line({ requestId: 'logged-1' })).toEqual({
      level: 'info',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      requestId: 'logged-1',
      method: 'POST',
      path: '/mcp',
      rpcMethod: 'tools/call',
      tool: 'calculate',
      era: 'legacy',
      session: short,
      status: 200,
      durationMs: expect.any(Number),
      outcome: 'ok',
      address: '127.0.0.1',
      traceparent: TRACE,
      message: 'request',
    });
    const traced = { ...callOf('calculate', { a: 1, b: 0, op: 'divide' }) };
    await post(
      url(),
      { ...traced, params: { ...(traced.params as object), _meta: { traceparent: OTHER_TRACE } } },
      { ...session, 'X-Request-Id': 'logged-2' },
    );
    expect(await line({ requestId: 'logged-2' })).toMatchObject({
      tool: 'calculate',
      outcome: 'tool_error',
      traceparent: OTHER_TRACE,
    });
    await post(
      url(),
      { jsonrpc: '2.0', method: 'notifications/initialized', params: { _meta: { traceparent: OTHER_TRACE } } },
      { ...session, 'X-Request-Id': 'logged-3' },
    );
    expect(await line({ requestId: 'logged-3' })).toMatchObject({
      rpcMethod: 'notifications/initialized',
      status: 202,
      session: short,
      traceparent: OTHER_TRACE,
    });
    await good({ ...session, 'Mcp-Session-Id': 'x', 'X-Request-Id': 'logged-4', traceparent: 'forged\u00ff' });
    const refused = await line({ requestId: 'logged-4' });
    expect(refused).toMatchObject({ status: 404, outcome: 'session_unknown' });
    expect(refused).not.toHaveProperty('traceparent');
    expect(server.log.join('\n')).not.toContain(session['Mcp-Session-Id']);
  });

  test('has the same of a call over the legacy transport, whose sessions it tells apart', async () => {
    const ann = issuer.as('ann');
    const stream = new EventReader(
      await fetch(`${server.origin}/sse`, { headers: { ...ann, 'X-Request-Id': 'legacy' } }),
    );
    const address = String((await stream.next())?.data);
    const [, short] = /\.([^.]{8})[^.]*$/.exec(address) ?? [];
    const call = callOf('evaluate', { expression: '6*7' });
    await post(
      server.origin + address,
      { ...call, params: { ...(call.params as object), _meta: { traceparent: TRACE } } },
      { ...ann, 'X-Request-Id': 'legacy-post', traceparent: OTHER_TRACE },
    );
    await stream.message();
    expect(await line({ requestId: 'legacy', rpcMethod: 'tools/call' })).toMatchObject({
      tool: 'evaluate',
      session: `${short}…`,
      outcome: 'ok',
      durationMs: expect.any(Number),
      traceparent: TRACE,
    });
    expect(await line({ requestId: 'legacy-post' })).toMatchObject({
      status: 202,
      rpcMethod: 'tools/call',
      session: `${short}…`,
      traceparent: OTHER_TRACE,
    });
    await stream.close();
  });
});

test('/health/detailed and /readyz tell all that an operator asks', async () => {
  await openSession(url(), { headers: issuer.as('ann') });
  const detailed = await (await fetch(`${server.origin}/health/detailed`, { headers: issuer.as('ann') })).json();
  expect(detailed).toMatchObject({
    status: 'healthy',
    version: expect.stringMatching(/^\d/),
    pattern: 'stateful',
    storageMode: 'redis',
    redis: 'ready',
    uptime: expect.any(Number),
    memory: { rss: expect.any(Number) },
    system: { cpus: expect.any(Number), memory: { total: expect.any(Number) } },
    node: { version: process.version, pid: server.child.pid },
    transports: ['/mcp', '/sse', '/messages', '/message'],
    sessions: { open: expect.any(Number), ttlSeconds: 1_800 },
    limits: { bodyLimit: 1_048_576, maxConnections: 10_000, maxSessions: 100_000, historyLimit: 50, rateLimit: 'off' },
  });
  const ready = await fetch(`${server.origin}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);

  redis.pause();
  const [away, unready, alive] = await Promise.all(
    ['/health/detailed', '/readyz', '/livez'].map((path) => fetch(server.origin + path, { headers: issuer.as('ann') })),
  );
  redis.resume();
  expect([away?.status, unready?.status, alive?.status]).toEqual([503, 503, 200]);
  expect(await away?.json()).toMatchObject({
    status: 'unhealthy',
    redis: 'unavailable',
    sessions: { open: null },
    limits: { maxSessions: 100_000 },
  });
  expect(await unready?.json()).toEqual({ status: 'unavailable' });
});
