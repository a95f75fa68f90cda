import type { Metric } from 'prom-client';
import { within } from './net/time-limit.js';
import { methodLabel } from './rpc/methods.js';
import type { Metrics, Outcome, SessionEnd } from './metrics/contract.js';
import { SESSION_ENDS } from './metrics/contract.js';
import { boundedLabel, countByName } from './metrics/counts.js';

export { SESSION_ENDS };
export type { Metrics, Outcome, SessionEnd };

export interface MetricsOptions {
  /** The names that `tools/call` can have; any other is counted as `unknown`. */
  tools: readonly string[];
  /** Asked at each scrape; absent where there are no sessions. Where it fails or takes too long, the gauge is NaN, never 0. */
  activeSessions?: () => Promise<number>;
  /** Whether the process's own figures (memory, CPU, event loop, garbage collection) are there as well. */
  processFigures?: boolean;
  /** Whether this is a worker of node:cluster, which tells its primary what it counts. */
  reported?: boolean;
}

/** How long a scrape waits for the number of sessions. */
const SESSIONS_WAIT_MS = 2_000;

/** prom-client's own gauges that have the name of a counter, which promtool refuses; the same figures are there by type. */
const MISNAMED = ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total'];

/** Upper bounds in seconds: a calculation takes less than a millisecond, a stream as long as it likes. */
const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const HTTP_METHODS = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'PATCH']);

/** Metrics in a registry of their own. prom-client is loaded here. */
export async function createMetrics(options: MetricsOptions): Promise<Metrics> {
  const { default: client } = await import('prom-client');
  const { AggregatorRegistry, Counter, Gauge, Registry, collectDefaultMetrics } = client;
  const registry = new Registry();
  const registers = [registry];
  if (options.reported) {
    AggregatorRegistry.setRegistries(registers);
    // prom-client answers the primary from here on.
    new AggregatorRegistry();
  }
  const tools = new Set(options.tools);
  const reasons = boundedLabel();
  const kinds = boundedLabel();
  const calculations = countByName();

  new Counter({
    name: 'mcp_calculations_total',
    help: 'Calculations done, by operation.',
    labelNames: ['operation'],
    registers,
    collect() {
      this.reset();
      for (const [operation, count] of Object.entries(calculations.all())) this.inc({ operation }, count);
    },
  });
  const operations = new Durations(
    'mcp_server_operation_duration_seconds',
    'Duration of JSON-RPC requests, by the era of the protocol, method, tool and outcome.',
    ['era', 'method', 'tool', 'outcome'],
  );
  const httpRequests = new Durations(
    'http_server_request_duration_seconds',
    'Duration of HTTP exchanges, streams included, by method, route and status.',
    ['http_request_method', 'http_route', 'http_response_status_code'],
  );
  // All that a registry does with a metric is to ask for its name and its values.
  for (const metric of [operations, httpRequests]) registry.registerMetric(metric as unknown as Metric);
  const sessionsCreated = new Counter({
    name: 'mcp_sessions_created_total',
    help: 'Sessions opened by this process.',
    registers,
  });
  const sessionsEnded = new Counter({
    name: 'mcp_sessions_ended_total',
    help: 'Sessions that this process ended, or found expired, by reason.',
    labelNames: ['reason'],
    registers,
  });
  // There from the start, so that the first one is seen as an increase.
  for (const reason of SESSION_ENDS) sessionsEnded.inc({ reason }, 0);
  const streamsOpen = new Gauge({
    name: 'mcp_sse_streams_open',
    help: 'Open event streams of this process.',
    registers,
  });
  const storeErrors = new Counter({
    name: 'mcp_store_errors_total',
    help: 'Calls that the session storage did not answer, by kind.',
    labelNames: ['kind'],
    registers,
  });
  const refusals = new Counter({
    name: 'mcp_refusals_total',
    help: 'Requests turned away, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const { activeSessions = async () => 0 } = options;
  new Gauge({
    name: 'mcp_active_sessions',
    help: 'Sessions open now, in the whole storage; NaN while the storage does not answer.',
    // Every worker tells the same number.
    aggregator: 'first',
    registers,
    async collect() {
      this.set(
        await within(
          Promise.resolve()
            .then(activeSessions)
            .catch(() => NaN),
          SESSIONS_WAIT_MS,
          () => NaN,
        ),
      );
    },
  });
  if (options.processFigures ?? true) {
    collectDefaultMetrics({ register: registry });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
  }

  return {
    calculation: calculations.add,
    calculations: calculations.all,
    operation: (era, method, tool, outcome, seconds) => {
      const named = tool === undefined ? '' : tools.has(tool) ? tool : 'unknown';
      operations.observe(seconds, era, methodLabel(method), named, outcome);
    },
    httpRequest: (method, route, status, seconds) => {
      const known = HTTP_METHODS.has(method) ? method : 'other';
      httpRequests.observe(seconds, known, route, status);
    },
    refusal: (reason) => refusals.inc({ reason: reasons(reason) }),
    sessionCreated: () => sessionsCreated.inc(),
    sessionEnded: (reason) => sessionsEnded.inc({ reason }),
    streamOpened: () => streamsOpen.inc(),
    streamClosed: () => streamsOpen.dec(),
    storeError: (kind) => storeErrors.inc({ kind: kinds(kind) }),
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

type Label = string | number;

interface Observed {
  readonly labels: readonly Label[];
  /** How many fell into each bucket; the last one takes what is longer than all bounds. */
  readonly counts: number[];
  sum: number;
}

/** What was observed with the labels that led here, and where one more leads. */
interface ByLabels {
  readonly next: Map<Label, ByLabels>;
  observed?: Observed;
}

/**
 * A histogram of {@link DURATION_BUCKETS}, counted in plain arrays that are made into prom-client's values at a scrape.
 * prom-client's own checks, sorts and joins the labels at every observation: a twentieth of what a small call costs.
 */
class Durations {
  /** By one label after the other: a key of all of them would have to be put together for every observation. */
  private readonly byLabels: ByLabels = { next: new Map() };
  private readonly all: Observed[] = [];

  constructor(
    readonly name: string,
    private readonly help: string,
    private readonly labelNames: readonly string[],
  ) {}

  /** The labels in the order of their names. */
  observe(seconds: number, ...labels: readonly Label[]): void {
    let at = this.byLabels;
    for (const label of labels) {
      let next = at.next.get(label);
      if (!next) at.next.set(label, (next = { next: new Map() }));
      at = next;
    }
    const found = (at.observed ??= this.begin(labels));
    let bucket = 0;
    while (bucket < DURATION_BUCKETS.length && seconds > (DURATION_BUCKETS[bucket] as number)) bucket += 1;
    (found.counts[bucket] as number) += 1;
    found.sum += seconds;
  }

  private begin(labels: readonly Label[]): Observed {
    const observed = { labels, counts: Array<number>(DURATION_BUCKETS.length + 1).fill(0), sum: 0 };
    this.all.push(observed);
    return observed;
  }

  /** For prom-client: every bucket counts what is in those before it as well. */
  async get() {
    const { name, help } = this;
    const values = this.all.flatMap(({ labels, counts, sum }) => {
      const named = Object.fromEntries(this.labelNames.map((label, index) => [label, labels[index]]));
      let count = 0;
      const buckets = [...DURATION_BUCKETS, '+Inf'].map((le, index) => {
        count += counts[index] ?? 0;
        return { metricName: `${name}_bucket`, labels: { le, ...named }, value: count };
      });
      return [
        ...buckets,
        { metricName: `${name}_sum`, labels: named, value: sum },
        { metricName: `${name}_count`, labels: named, value: count },
      ];
    });
    return { name, help, type: 'histogram', values, aggregator: 'sum' };
  }
}
