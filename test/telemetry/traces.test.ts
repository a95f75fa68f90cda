import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import { envelope, post as postModern } from '../helpers/modern.js';
import type { Collector, SentSpan } from '../helpers/otlp.js';
import { startCollector } from '../helpers/otlp.js';
import { ask, callOf, openSession, post } from '../helpers/rpc.js';
import { runCli } from '../helpers/run-cli.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

const TRACED = fileURLToPath(new URL('../fixtures/traced.js', import.meta.url));
const BY_HEADER = { trace: 'a'.repeat(32), span: 'b'.repeat(16) };
const BY_META = { trace: 'c'.repeat(32), span: 'd'.repeat(16) };
const traceparent = ({ trace, span }: typeof BY_HEADER) => `00-${trace}-${span}-01`;

let collector: Collector;
beforeAll(async () => {
  collector = await startCollector();
});
afterAll(() => collector.close());

const find = (wanted: (span: SentSpan) => boolean): Promise<SentSpan> =>
  eventually(() => {
    const found = collector.spans.find(wanted);
    expect(found, collector.spans.map(({ name }) => name).join(', ')).toBeDefined();
    return found as SentSpan;
  });
const named = (name: string) => find((span) => span.name === name);
const ofRequest = (id: string) => find(({ attributes }) => attributes['jsonrpc.request.id'] === id);

describe('the trace of a call over HTTP', () => {
  let server: SpawnedServer;
  let url: string;
  let session: Record<string, string>;
  beforeAll(async () => {
    server = await spawnServer(['http', '--stateful', '--otel', '--server', TRACED], collector.env);
    url = `${server.origin}/mcp`;
    session = await openSession(url);
  });
  afterAll(() => server.stop());

  test('has a span for the exchange and one for the request, by the semantic conventions', async () => {
    const headers = { ...session, traceparent: traceparent(BY_HEADER) };
    await ask(url, headers, callOf('nest', { token: 's3cret-argument' }, 'conventions'));
    const request = await ofRequest('conventions');
    expect(request).toMatchObject({
      name: 'tools/call nest',
      kind: 2,
      traceId: BY_HEADER.trace,
      status: 0,
      links: [],
      attributes: {
        'mcp.method.name': 'tools/call',
        'mcp.protocol.version': '2025-11-25',
        'mcp.session.id': `${session['Mcp-Session-Id']?.slice(0, 8)}…`,
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'nest',
        'network.transport': 'tcp',
        'network.protocol.name': 'http',
        'mcp_calc.outcome': 'ok',
      },
      resource: { 'service.name': 'mcp-calc', 'process.pid': server.child.pid },
    });
    const exchange = await find(({ spanId }) => spanId === request.parentSpanId);
    expect(exchange).toMatchObject({
      name: 'POST /mcp',
      kind: 2,
      parentSpanId: BY_HEADER.span,
      attributes: { 'http.request.method': 'POST', 'http.route': '/mcp', 'http.response.status_code': 200 },
    });
    const line = await eventually(() => {
      const found = server.log.find((each) => each.includes(`"traceId":"${BY_HEADER.trace}"`));
      expect(found).toBeDefined();
      return found;
    });
    expect(line).toContain('"rpcMethod":"tools/call"');
  });

  test('has what an author makes within the span of the request', async () => {
    await ask(url, session, callOf('nest', {}, 'nested'));
    const request = await ofRequest('nested');
    const inner = await find(({ name, parentSpanId }) => name === 'look up' && parentSpanId === request.spanId);
    expect(inner.traceId).toBe(request.traceId);
  });

  test('goes by _meta before the headers, and links the exchange that brought it', async () => {
    const _meta = { ...envelope(), traceparent: traceparent(BY_META), tracestate: 'vendor=1' };
    const params = { name: 'nest', arguments: {}, _meta };
    await postModern(url, 'tools/call', params, { headers: { traceparent: traceparent(BY_HEADER) }, id: 'by-meta' });
    const request = await ofRequest('by-meta');
    expect(request).toMatchObject({ traceId: BY_META.trace, parentSpanId: BY_META.span });
    expect(request.attributes).toMatchObject({ 'mcp.protocol.version': '2026-07-28' });
    expect(request.attributes).not.toHaveProperty(['mcp.session.id']);
    expect(request.links).toEqual([expect.objectContaining({ traceId: BY_HEADER.trace })]);
  });

  test('says how a request has failed', async () => {
    await ask(url, session, callOf('fail', {}, 'tool-error'));
    await ask(url, session, callOf('any name that a client makes up', {}, 'unknown-tool'));
    expect(await ofRequest('tool-error')).toMatchObject({
      name: 'tools/call fail',
      status: 2,
      attributes: { 'error.type': 'tool_error' },
    });
    expect(await ofRequest('unknown-tool')).toMatchObject({
      name: 'tools/call',
      status: 2,
      attributes: { 'error.type': '-32602', 'rpc.response.status_code': '-32602' },
    });
    await post(url, '{', session);
    const refused = await find(({ attributes }) => attributes['http.response.status_code'] === 400);
    expect(refused).toMatchObject({ status: 0, attributes: { 'mcp_calc.refusal': 'message' } });
  });

  test('holds no argument, no message of a tool, no token, no session id and no command line', async () => {
    const secrets = ['s3cret-argument', 's3cret-in-a-message', 's3cret-token', 's3cret-query'];
    const headers = { ...session, Authorization: 'Bearer s3cret-token', Cookie: 'a=s3cret-token' };
    await ask(`${url}?token=s3cret-query`, headers, callOf('nest', { a: 's3cret-argument' }, 'secrets'));
    await ofRequest('secrets');
    const sent = collector.raw.join('\n');
    for (const secret of [...secrets, String(session['Mcp-Session-Id']), TRACED]) expect(sent).not.toContain(secret);
  });

  test('has the question to the client, which is told of its trace', async () => {
    const asking = await openSession(url, { capabilities: { elicitation: {} } });
    const answer = await post(url, callOf('ask', {}, 'asking'), { Accept: 'text/event-stream', ...asking });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('elicitation/create')) text += (await reader?.read())?.value ?? '';
    const { id, params } = JSON.parse(/^data: (.*elicitation\/create.*)$/m.exec(text)?.[1] ?? '') as {
      id: string;
      params: { _meta: { traceparent: string } };
    };
    const result = { action: 'accept', content: { answer: 's3cret-argument' } };
    await post(url, { jsonrpc: '2.0', id, result }, { ...asking, traceparent: traceparent(BY_META) });
    const request = await ofRequest('asking');
    const question = await named('elicitation/create');
    expect(question).toMatchObject({ kind: 3, parentSpanId: request.spanId, traceId: request.traceId });
    expect(params._meta.traceparent).toBe(`00-${question.traceId}-${question.spanId}-01`);
    expect(question.links).toEqual([expect.objectContaining({ traceId: BY_META.trace })]);
    await reader?.cancel();
  });
});

describe('elsewhere', () => {
  let server: SpawnedServer | undefined;
  afterEach(() => server?.stop());

  test('over a pipe, a request belongs to the trace of its _meta, and all is sent before the process ends', async () => {
    const call = callOf('nest', {}, 'piped') as { params: object };
    const params = { ...call.params, _meta: { traceparent: traceparent(BY_META) } };
    const input = `${JSON.stringify({ ...call, params })}\n`;
    const slow = { ...collector.env, OTEL_BSP_SCHEDULE_DELAY: '30000', OTEL_METRIC_EXPORT_INTERVAL: '30000' };
    const { stdout, code } = await runCli(['stdio', '--server', TRACED], { env: slow, input });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ id: 'piped', result: {} });
    const request = await ofRequest('piped');
    expect(request).toMatchObject({ traceId: BY_META.trace, parentSpanId: BY_META.span, links: [] });
    expect(request.attributes).toMatchObject({ 'network.transport': 'pipe' });
    expect(collector.metrics.get('mcp.server.session.duration')?.points[0]?.count).toBe(1);
  });

  test('each worker sends what it has served, by an id of its own', { timeout: 40_000 }, async () => {
    server = await spawnServer(['http', '--stateless', '--workers', '2'], collector.env);
    const url = `${server.origin}/mcp`;
    const instances = () =>
      new Set(
        collector.spans
          .filter(({ attributes }) => String(attributes['jsonrpc.request.id']).startsWith('worker-'))
          .map(({ resource }) => resource['service.instance.id']),
      );
    let calls = 0;
    await eventually(async () => {
      calls += 1;
      await ask(url, { Connection: 'close' }, callOf('calculate', { op: 'add', a: 1, b: 2 }, `worker-${calls}`));
      expect(instances().size).toBe(2);
    }, 30_000);
    expect(server.log.filter((line) => line.includes('sent by OpenTelemetry'))).toHaveLength(2);
  });

  test('nothing is sent where OTEL_SDK_DISABLED says so, or OTEL=false', async () => {
    const ways: Record<string, string>[] = [{ OTEL_SDK_DISABLED: 'true' }, { OTEL: 'false' }];
    for (const off of ways) {
      server = await spawnServer(['http', '--stateless'], { ...collector.env, ...off });
      await ask(
        `${server.origin}/mcp`,
        {},
        callOf('calculate', { op: 'add', a: 1, b: 2 }, `off-${JSON.stringify(off)}`),
      );
      await server.stop();
      expect(server.log.join('\n')).not.toContain('OpenTelemetry');
    }
    expect(collector.raw.join('\n')).not.toContain('off-');
  });
});
