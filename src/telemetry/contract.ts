import type { Outcome } from '../metrics/contract.js';
import type { RpcRequest } from '../rpc/messages.js';
import type { Carrier } from './api.js';

/** What is known of one JSON-RPC request, beside the request. */
export interface RequestFacts {
  readonly transport: 'stdio' | 'sse' | 'streamable-http';
  readonly protocolVersion: string;
  readonly sessionId?: string;
}

/** An HTTP exchange, as a span has it. */
export interface HttpFacts {
  readonly method: string;
  /** The path of its route; absent where there is none. */
  readonly route?: string;
  readonly path: string;
  readonly httpVersion: string;
  readonly address: string;
  readonly headers: Carrier;
}

/** A span that is open. */
export interface OpenSpan {
  /** The trace that it belongs to, for the log. */
  readonly traceId: string;
  /** Runs something, so that the spans that it makes are within this one. */
  run<T>(inside: () => T): T;
}

export interface HttpSpan extends OpenSpan {
  end(status: number, refusal: string | undefined): void;
}

/** Of a question that a server asks its client in the course of a request. */
export interface QuestionSpan {
  /** The params with what tells the client which trace the question belongs to (SEP-414). */
  readonly params: Record<string, unknown>;
  /** Called where its answer arrives: the way of the answer may belong to a trace of its own. */
  answered(): void;
  end(failed: boolean): void;
}

export interface RequestSpan extends OpenSpan {
  asks(method: string, params: Record<string, unknown>): QuestionSpan;
  end(outcome: Outcome, code: number | undefined): void;
}

/**
 * Spans, by the semantic conventions of OpenTelemetry for MCP, HTTP and databases. They hold no arguments, no results, no tokens and no
 * whole session id. Absent wherever nobody asked for them: then nothing is done at all.
 */
export interface Telemetry {
  http(facts: HttpFacts): HttpSpan;
  /** A request: within the span that its `_meta` names, else within the current one. */
  request(request: RpcRequest, facts: RequestFacts): RequestSpan;
  /** A command to Redis, where something is asked for by a request: what a node does by itself is nobody's. */
  command<T>(operation: string, run: () => Promise<T>): Promise<T>;
  /** What takes the current context to another process; undefined where there is none. */
  carrier(): Carrier | undefined;
  /** Runs something in the context that another process has sent. */
  from<T>(carrier: Carrier, run: () => T): T;
  /** The same for headers, unless somebody around has made a span for the exchange already. */
  incoming<T>(headers: Carrier, run: () => T): T;
}
