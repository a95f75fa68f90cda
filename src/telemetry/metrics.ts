import type { Metrics } from '../metrics/contract.js';
import { boundedLabel } from '../metrics/counts.js';
import { version } from '../package-info.js';
import { methodLabel } from '../rpc/methods.js';
import type { OpenTelemetryApi } from './api.js';
import { SCOPE } from './spans.js';

/** Upper bounds in seconds, of the semantic conventions for MCP and for HTTP. */
const OPERATION_BUCKETS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];
const HTTP_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

const HTTP_METHODS = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'PATCH']);

export interface ToldMetricsOptions {
  /** The names that `tools/call` can have; any other is told as `unknown`. */
  readonly tools: readonly string[];
  readonly transport: 'pipe' | 'tcp';
  /** Asked at each export; absent where there are no sessions. */
  readonly activeSessions?: () => Promise<number>;
}

/**
 * Metrics that go on counting what they count, and tell it to OpenTelemetry as well: the names are such that Prometheus, when it gets
 * them by OTLP, has those of `/metrics`.
 */
export function toldTo(api: OpenTelemetryApi, metrics: Metrics, options: ToldMetricsOptions): Metrics {
  const meter = api.metrics.getMeter(SCOPE, version);
  const tools = new Set(options.tools);
  const codes = boundedLabel();
  const reasons = boundedLabel();
  const kinds = boundedLabel();
  const operationNames = boundedLabel();
  const duration = (name: string, description: string, explicitBucketBoundaries: number[]) =>
    meter.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries } });
  const counter = (name: string, description: string) => meter.createCounter(name, { description });

  const operations = duration('mcp.server.operation.duration', 'Duration of JSON-RPC requests.', OPERATION_BUCKETS);
  const lives = duration('mcp.server.session.duration', 'Duration of sessions that were ended.', OPERATION_BUCKETS);
  const http = duration('http.server.request.duration', 'Duration of HTTP exchanges, streams included.', HTTP_BUCKETS);
  const calculations = counter('mcp.calculations', 'Calculations done, by operation.');
  const refusals = counter('mcp.refusals', 'Requests turned away, by reason.');
  const created = counter('mcp.sessions.created', 'Sessions opened by this process.');
  const ended = counter('mcp.sessions.ended', 'Sessions that this process ended, or found expired, by reason.');
  const storeErrors = counter('mcp.store.errors', 'Calls that the session storage did not answer, by kind.');
  const streams = meter.createUpDownCounter('mcp.sse.streams.open', { description: 'Open event streams.' });
  const { activeSessions } = options;
  if (activeSessions) {
    meter
      .createObservableGauge('mcp.active.sessions', { description: 'Sessions open now, in the whole storage.' })
      .addCallback(async (result) => {
        const count = await activeSessions().catch(() => undefined);
        if (count !== undefined) result.observe(count);
      });
  }

  return {
    ...metrics,
    calculation(operation) {
      metrics.calculation(operation);
      calculations.add(1, { operation: operationNames(operation) });
    },
    operation(era, method, tool, outcome, seconds, code) {
      metrics.operation(era, method, tool, outcome, seconds, code);
      const status = code === undefined ? undefined : codes(String(code));
      operations.record(seconds, {
        'mcp.method.name': methodLabel(method),
        'network.transport': options.transport,
        'mcp_calc.era': era,
        'mcp_calc.outcome': outcome,
        ...(tool !== undefined && {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': tools.has(tool) ? tool : 'unknown',
        }),
        ...(outcome === 'tool_error' && { 'error.type': outcome }),
        ...(outcome === 'error' && { 'error.type': status ?? '_OTHER' }),
        ...(status !== undefined && { 'rpc.response.status_code': status }),
      });
    },
    httpRequest(method, route, status, seconds) {
      metrics.httpRequest(method, route, status, seconds);
      http.record(seconds, {
        'http.request.method': HTTP_METHODS.has(method) ? method : '_OTHER',
        'http.route': route,
        'http.response.status_code': status,
        'url.scheme': 'http',
        ...(status >= 500 && { 'error.type': String(status) }),
      });
    },
    refusal(reason) {
      metrics.refusal(reason);
      refusals.add(1, { reason: reasons(reason) });
    },
    sessionCreated() {
      metrics.sessionCreated();
      created.add(1);
    },
    sessionEnded(reason, seconds) {
      metrics.sessionEnded(reason, seconds);
      ended.add(1, { reason });
      if (seconds !== undefined) lives.record(seconds, { 'network.transport': options.transport });
    },
    streamOpened() {
      metrics.streamOpened();
      streams.add(1);
    },
    streamClosed() {
      metrics.streamClosed();
      streams.add(-1);
    },
    storeError(kind) {
      metrics.storeError(kind);
      storeErrors.add(1, { kind: kinds(kind) });
    },
  };
}
