import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import type { Collector } from '../helpers/otlp.js';
import { startCollector } from '../helpers/otlp.js';
import { ask, callOf, openSession, request } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

let collector: Collector;
let server: SpawnedServer;
beforeAll(async () => {
  collector = await startCollector();
  server = await spawnServer(['http', '--stateful', '--otel'], collector.env);
});
afterAll(async () => {
  await server.stop();
  await collector.close();
});

test('what /metrics counts is sent by OTLP as well, by names that become the same', async () => {
  const url = `${server.origin}/mcp`;
  const session = await openSession(url);
  await ask(url, session, callOf('calculate', { op: 'add', a: 1, b: 2 }));
  await ask(url, session, callOf('calculate', { op: 'divide', a: 1, b: 0 }));
  await ask(url, session, request('made/up'));
  await fetch(url, { method: 'DELETE', headers: session });
  const pointsOf = (name: string) => collector.metrics.get(name)?.points ?? [];
  const of = (name: string, wanted: object) => pointsOf(name).find(({ attributes }) => contains(attributes, wanted));
  await eventually(() => expect(of('mcp.sessions.ended', { reason: 'deleted' })?.value).toBe(1));
  const called = { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'calculate', 'network.transport': 'tcp' };
  expect(of('mcp.server.operation.duration', { ...called, 'mcp_calc.outcome': 'ok' })?.count).toBe(1);
  expect(of('mcp.server.operation.duration', { ...called, 'error.type': 'tool_error' })?.count).toBe(1);
  expect(
    of('mcp.server.operation.duration', { 'mcp.method.name': 'unknown', 'rpc.response.status_code': '-32601' })?.count,
  ).toBe(1);
  expect(of('http.server.request.duration', { 'http.request.method': 'DELETE', 'http.route': '/mcp' })?.count).toBe(1);
  expect(pointsOf('mcp.server.session.duration')[0]?.count).toBe(1);
  expect(pointsOf('mcp.sessions.created')[0]?.value).toBe(1);
  expect(pointsOf('mcp.active.sessions')[0]?.value).toBe(0);
  expect(of('mcp.calculations', { operation: 'add' })?.value).toBe(1);
  const scraped = await (await fetch(`${server.origin}/metrics`)).text();
  for (const [name, { unit }] of collector.metrics) {
    if (name === 'mcp.server.session.duration') continue;
    expect(scraped).toContain(`# HELP ${name.replaceAll('.', '_')}${unit === 's' ? '_seconds' : ''}`);
  }
});

function contains(attributes: object, wanted: object): boolean {
  const all = attributes as Record<string, unknown>;
  return Object.entries(wanted).every(([name, value]) => all[name] === value);
}
