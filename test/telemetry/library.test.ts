import * as api from '@opentelemetry/api';
import { core, metrics, tracing } from '@opentelemetry/sdk-node';
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, test } from 'vitest';
import { createNodeHandler } from '../../src/index.js';
import type { OpenTelemetryApi } from '../../src/telemetry/api.js';
import { addCatalog } from '../library/add-catalog.js';
import { listening } from '../library/hosts.js';
import { callOf } from '../helpers/rpc.js';

const TRACE = 'a'.repeat(32);
const headers = { 'Content-Type': 'application/json', traceparent: `00-${TRACE}-${'b'.repeat(16)}-01` };
const body = JSON.stringify(callOf('add', { a: 1, b: 2 }, 7));

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** The API with providers of its own: those of the process are for all tests in it. */
function ownTelemetry() {
  const exporter = new tracing.InMemorySpanExporter();
  const provider = new tracing.BasicTracerProvider({ spanProcessors: [new tracing.SimpleSpanProcessor(exporter)] });
  const propagator = new core.W3CTraceContextPropagator();
  const contexts = new AsyncLocalStorage<api.Context>();
  const active = () => contexts.getStore() ?? api.ROOT_CONTEXT;
  const told = new metrics.InMemoryMetricExporter(metrics.AggregationTemporality.CUMULATIVE);
  const reader = new metrics.PeriodicExportingMetricReader({ exporter: told, exportIntervalMillis: 60_000 });
  const meters = new metrics.MeterProvider({ readers: [reader] });
  closing.push(() => Promise.all([provider.shutdown(), meters.shutdown()]));
  const own: OpenTelemetryApi = {
    trace: {
      getTracer: (name, version) => provider.getTracer(name, version) as never,
      setSpan: api.trace.setSpan as never,
      getSpanContext: api.trace.getSpanContext as never,
    },
    context: { active, with: (context, run) => contexts.run(context as api.Context, run) },
    propagation: {
      inject: (context, carrier) => propagator.inject(context as api.Context, carrier, api.defaultTextMapSetter),
      extract: (context, carrier) => propagator.extract(context as api.Context, carrier, api.defaultTextMapGetter),
    },
    metrics: { getMeter: (name, version) => meters.getMeter(name, version) as never },
  };
  const metricNames = async () => {
    await reader.forceFlush();
    return told
      .getMetrics()
      .flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap((scope) => scope.metrics.map(({ descriptor }) => descriptor.name)),
      );
  };
  return { own, contexts, spans: () => exporter.getFinishedSpans(), metricNames };
}

test('what @opentelemetry/api exports is what the option takes', () => {
  const taken: OpenTelemetryApi = api;
  expect(taken.trace.getTracer('a')).toBeDefined();
});

describe('a handler that is given the API of OpenTelemetry', () => {
  test('makes the span of a request within the trace of the headers, and counts', { timeout: 30_000 }, async () => {
    const { own, spans, metricNames } = ownTelemetry();
    const mcp = await createNodeHandler(addCatalog(), { stateless: true, openTelemetry: own });
    const { url, close } = await listening((req, res) => mcp(req, res), '/');
    closing.unshift(close, () => mcp.close());
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200);
    expect(spans().map((span) => [span.name, span.spanContext().traceId])).toEqual([['tools/call add', TRACE]]);
    expect(await metricNames()).toContain('mcp.server.operation.duration');
  });

  test('makes it within the span that somebody around has made', async () => {
    const { own, contexts, spans } = ownTelemetry();
    const mcp = await createNodeHandler(addCatalog(), { stateless: true, openTelemetry: own });
    const around: api.SpanContext = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), traceFlags: 1 };
    const { url, close } = await listening(
      (req, res) => contexts.run(api.trace.setSpanContext(api.ROOT_CONTEXT, around), () => mcp(req, res)),
      '/',
    );
    closing.unshift(close, () => mcp.close());
    await fetch(url, { method: 'POST', headers, body });
    expect(spans().map((span) => span.parentSpanContext)).toEqual([around]);
  });
});
