import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import type { Collector, SentSpan } from '../helpers/otlp.js';
import { startCollector } from '../helpers/otlp.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

const TRACED = fileURLToPath(new URL('../fixtures/traced.js', import.meta.url));

let collector: Collector;
let redis: RedisServer;
let nodes: readonly SpawnedServer[];
beforeAll(async () => {
  collector = await startCollector();
  redis = await startRedis();
  const args = ['http', '--stateful', '--sse', '--redis', redis.url, '--server', TRACED];
  nodes = await Promise.all([spawnServer(args, collector.env), spawnServer(args, collector.env)]);
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await redis.stop();
  await collector.close();
});

const find = (wanted: (span: SentSpan) => boolean): Promise<SentSpan> =>
  eventually(() => {
    const found = collector.spans.find(wanted);
    expect(found, collector.spans.map(({ name }) => name).join(', ')).toBeDefined();
    return found as SentSpan;
  });
const parentOf = (child: SentSpan) => find(({ spanId }) => spanId === child.parentSpanId);
const ofRequest = (id: string) => find(({ attributes }) => attributes['jsonrpc.request.id'] === id);
const pidOf = (span: SentSpan) => span.resource['process.pid'];

test('commands to Redis are within the span of what asks for them, and those of a heartbeat are nobody’s', async () => {
  const url = `${nodes[0]?.origin}/mcp`;
  const session = await openSession(url);
  const traceparent = `00-${'e'.repeat(32)}-${'f'.repeat(16)}-01`;
  await ask(url, { ...session, traceparent }, request('resources/subscribe', { uri: 'a://b' }, 'in-redis'));
  const touched = await find(({ kind, traceId }) => kind === 3 && traceId === 'e'.repeat(32));
  expect(touched).toMatchObject({
    name: 'EVALSHA',
    attributes: { 'db.system.name': 'redis', 'db.operation.name': 'EVALSHA' },
  });
  expect((await parentOf(touched)).name).toBe('POST /mcp');
  const orphans = collector.spans.filter(({ kind, parentSpanId }) => kind === 3 && !parentSpanId);
  expect(orphans).toEqual([]);
});

test('an answer that comes to another node is linked to the question, in the trace of the call', async () => {
  const [asked, answered] = nodes;
  const session = await openSession(`${asked?.origin}/mcp`, { capabilities: { elicitation: {} } });
  const stream = await post(`${asked?.origin}/mcp`, callOf('ask', {}, 'asks'), {
    Accept: 'text/event-stream',
    ...session,
  });
  const reader = new EventReader(stream);
  const { id } = (await reader.message()) as { id: string };
  const result = { action: 'accept', content: { answer: 'yes' } };
  await post(`${answered?.origin}/mcp`, { jsonrpc: '2.0', id, result }, session);
  expect(await reader.message()).toMatchObject({ id: 'asks', result: { content: [{ text: 'yes' }] } });
  const question = await find(({ name }) => name === 'elicitation/create');
  const way = await find(({ spanId }) => spanId === question.links[0]?.spanId);
  expect(way.name).toBe('POST /mcp');
  expect([pidOf(question), pidOf(way)]).toEqual([asked?.child.pid, answered?.child.pid]);
  expect(question.traceId).toBe((await ofRequest('asks')).traceId);
});

test('a message to a legacy stream that comes to another node is served within the exchange that brought it', async () => {
  const [holder, other] = nodes;
  const reader = new EventReader(await fetch(`${holder?.origin}/sse`));
  const path = (await reader.next())?.data;
  await post(`${other?.origin}${path}`, callOf('nest', {}, 'passed-on'));
  expect(await reader.message()).toMatchObject({ id: 'passed-on' });
  const served = await ofRequest('passed-on');
  const exchange = await parentOf(served);
  expect(exchange.name).toBe('POST /messages');
  expect([pidOf(served), pidOf(exchange)]).toEqual([holder?.child.pid, other?.child.pid]);
  const inner = await find(({ name, traceId }) => name === 'look up' && traceId === served.traceId);
  expect(inner.parentSpanId).toBe(served.spanId);
  await reader.close();
});
