/**
 * The API of OpenTelemetry, as far as it is used here: what `@opentelemetry/api` 1.x exports. Named here, so that neither a build nor
 * the types of this package need it.
 */
export interface OpenTelemetryApi {
  readonly trace: {
    getTracer(name: string, version?: string): Tracer;
    setSpan(context: Context, span: Span): Context;
    getSpanContext(context: Context): SpanContext | undefined;
  };
  readonly context: {
    active(): Context;
    with<T>(context: Context, run: () => T): T;
  };
  readonly propagation: {
    inject(context: Context, carrier: Carrier): void;
    extract(context: Context, carrier: Carrier): Context;
  };
  readonly metrics: {
    getMeter(name: string, version?: string): Meter;
  };
}

/** What spans belong to, as a value that is handed on. */
export interface Context {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): Context;
  deleteValue(key: symbol): Context;
}

/** Texts by which a context goes to another process: `traceparent`, `tracestate`, `baggage`. */
export type Carrier = Record<string, unknown>;

export interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

export type Attributes = Record<string, string | number | undefined>;

export interface Span {
  spanContext(): SpanContext;
  setAttributes(attributes: Attributes): unknown;
  setStatus(status: { code: number }): unknown;
  updateName(name: string): unknown;
  addLink?(link: { context: SpanContext }): unknown;
  end(): void;
}

export interface Tracer {
  startSpan(
    name: string,
    options: { kind: number; attributes: Attributes; links?: { context: SpanContext }[] },
    context: Context,
  ): Span;
}

export interface Meter {
  createCounter(name: string, options: { description: string }): Adder;
  createUpDownCounter(name: string, options: { description: string }): Adder;
  createHistogram(
    name: string,
    options: { description: string; unit: string; advice: { explicitBucketBoundaries: number[] } },
  ): { record(value: number, attributes: Attributes): void };
  createObservableGauge(
    name: string,
    options: { description: string },
  ): { addCallback(observe: (result: { observe(value: number): void }) => unknown): void };
}

interface Adder {
  add(value: number, attributes?: Attributes): void;
}
