import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as a collector gets it; attributes by their names. */
export interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  /** 2 server, 3 client (OTLP, `SpanKind`). */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** 2 is an error. */
  readonly status: number;
  /** Of the process that sent it. */
  readonly resource: Readonly<Record<string, string | number>>;
}

export interface SentMetric {
  readonly name: string;
  readonly unit: string;
  /** `value` of a sum or a gauge, `count` of a histogram. */
  readonly points: readonly {
    readonly attributes: SentSpan['attributes'];
    readonly value?: number;
    readonly count?: number;
  }[];
}

export interface Collector {
  /** Variables for the server that is to send here, soon. */
  readonly env: Record<string, string>;
  readonly spans: readonly SentSpan[];
  /** By name, as they were sent last. */
  readonly metrics: ReadonlyMap<string, SentMetric>;
  /** All that was sent, as it came. */
  readonly raw: readonly string[];
  close(): Promise<void>;
}

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: number | string; doubleValue?: number };
}

/** An OTLP receiver over HTTP that takes JSON (opentelemetry-proto, "OTLP/HTTP", "JSON Protobuf Encoding"). */
export async function startCollector(): Promise<Collector> {
  const spans: SentSpan[] = [];
  const metrics = new Map<string, SentMetric>();
  const raw: string[] = [];
  const server = createServer((req, res) => {
    let text = '';
    req.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    req.on('end', () => {
      raw.push(text);
      if (req.url === '/v1/traces') spans.push(...spansIn(text));
      if (req.url === '/v1/metrics') for (const metric of metricsIn(text)) metrics.set(metric.name, metric);
      res.setHeader('Content-Type', 'application/json').end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_METRIC_EXPORT_INTERVAL: '200',
      OTEL_METRIC_EXPORT_TIMEOUT: '200',
    },
    spans,
    metrics,
    raw,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/* eslint-disable @typescript-eslint/no-explicit-any -- JSON of a protocol */
function spansIn(text: string): SentSpan[] {
  return JSON.parse(text).resourceSpans.flatMap(({ resource, scopeSpans }: any) =>
    scopeSpans.flatMap(({ spans }: any) =>
      spans.map((span: any) => ({
        ...span,
        attributes: named(span.attributes),
        links: span.links ?? [],
        status: span.status?.code ?? 0,
        resource: named(resource.attributes),
      })),
    ),
  );
}

function metricsIn(text: string): SentMetric[] {
  return JSON.parse(text).resourceMetrics.flatMap(({ scopeMetrics }: any) =>
    scopeMetrics.flatMap(({ metrics }: any) =>
      metrics.map(({ name, unit, sum, gauge, histogram }: any) => ({
        name,
        unit,
        points: (sum ?? gauge ?? histogram).dataPoints.map((point: any) => ({
          attributes: named(point.attributes),
          value: point.asDouble ?? point.asInt,
          count: point.count,
        })),
      })),
    ),
  );
}
/* eslint-enable @typescript-eslint/no-explicit-any */

function named(attributes: readonly Attribute[]): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.doubleValue ?? Number(value.intValue)]),
  );
}
