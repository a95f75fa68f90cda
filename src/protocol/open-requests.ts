import type { Logger } from '../log.js';
import type { Metrics, Outcome } from '../metrics.js';
import { DeadlineError } from '../net/time-limit.js';
import type { Era } from '../rpc/era.js';
import { META } from '../rpc/era.js';
import { RPC } from '../rpc/errors.js';
import { isObject } from '../rpc/messages.js';
import type { RequestId, RpcRequest } from '../rpc/messages.js';
import type { RequestFacts, RequestSpan, Telemetry } from '../telemetry/contract.js';
import { failureAnswer } from './answer.js';
import type { Answer } from './answer.js';
import type { CallLimit, Limited } from './call-limit.js';

/** A request that waits for its answer. */
export class OpenRequest implements Limited {
  readonly started = performance.now();
  private controller: AbortController | undefined;
  private aborted: { readonly reason: unknown } | undefined;
  /** Questions that its client has not yet answered; since when there are any, and how long there were some before, ms. */
  private questions = 0;
  private asksSince = 0;
  private askedMs = 0;

  constructor(
    readonly request: RpcRequest,
    readonly era: Era,
    /** Absent where nobody asked for traces. */
    readonly span?: RequestSpan,
    private readonly onOverdue?: (open: OpenRequest, why: string) => void,
  ) {}

  /** Aborted when nobody waits for the answer any more. Made at the first look: most handlers never look. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.aborted) this.controller.abort(this.aborted.reason);
    return this.controller.signal;
  }

  abort(reason?: unknown): void {
    this.aborted ??= { reason };
    this.controller?.abort(reason);
  }

  get isAborted(): boolean {
    return this.aborted !== undefined;
  }

  /** Its client is asked something: until what this returns is called, its time stands still. */
  asks(): () => void {
    if (this.questions === 0) this.asksSince = performance.now();
    this.questions += 1;
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      this.questions -= 1;
      if (this.questions === 0) this.askedMs += performance.now() - this.asksSince;
    };
  }

  get workedMs(): number {
    const until = this.questions > 0 ? this.asksSince : performance.now();
    return until - this.started - this.askedMs;
  }

  /** Runs what serves the request, within its span. */
  run<T>(serve: () => T): T {
    return this.span ? this.span.run(serve) : serve();
  }

  overdue(why: string): void {
    this.onOverdue?.(this, why);
  }
}

/** A request that has ended. */
export interface EndedRequest {
  readonly request: RpcRequest;
  readonly era: Era;
  readonly outcome: Outcome;
  readonly durationMs: number;
}

export type Observer = (ended: EndedRequest) => void;

/** What makes the span of a request, and what is known of the exchange or connection that it came by. */
interface Traced {
  readonly telemetry: Telemetry;
  readonly facts: Pick<RequestFacts, 'transport' | 'protocolVersion'> & { readonly record?: { readonly id: string } };
}

export interface OpenRequestsOptions {
  readonly metrics: Metrics;
  readonly limit: CallLimit;
  readonly observer?: Observer;
  readonly logger: Logger;
  readonly requestId: string;
  /** Absent where nobody asked for traces. */
  readonly traced?: Traced;
  /** Answers a request for its handler, which has had its time. */
  readonly answer: (answer: Answer) => Promise<void>;
}

/** The requests that an exchange or a connection owes an answer to: the one count of what is owed. */
export class OpenRequests {
  private readonly open = new Map<RequestId, OpenRequest>();

  constructor(private readonly options: OpenRequestsOptions) {}

  get size(): number {
    return this.open.size;
  }

  ids(): RequestId[] {
    return [...this.open.keys()];
  }

  all(): OpenRequest[] {
    return [...this.open.values()];
  }

  has(id: RequestId): boolean {
    return this.open.has(id);
  }

  add(request: RpcRequest, era: Era): OpenRequest {
    const { traced } = this.options;
    const span = traced?.telemetry.request(request, factsOf(request, traced));
    const open = new OpenRequest(request, era, span, this.stop);
    this.open.set(request.id, open);
    this.options.limit.start(open);
    return open;
  }

  /** Takes out a request that is answered now; false when nobody waits for it. */
  settle(id: RequestId, outcome: Outcome, code?: number): boolean {
    const open = this.open.get(id);
    if (!open) return false;
    this.open.delete(id);
    const { request, era, span } = open;
    span?.end(outcome, code);
    const { limit, metrics, observer } = this.options;
    limit.end(open);
    // A name that the server refused may be anything: it must not become a label.
    const name = request.method === 'tools/call' && outcome !== 'error' ? request.params?.name : undefined;
    const tool = typeof name === 'string' ? name : undefined;
    const durationMs = performance.now() - open.started;
    metrics.operation(era, request.method, tool, outcome, durationMs / 1000, code);
    observer?.({ request, era, outcome, durationMs });
    return true;
  }

  /** Stops a request, which gets no answer (basic/utilities/cancellation); false when nobody waits for it. */
  cancel(id: RequestId, reason?: unknown): boolean {
    this.open.get(id)?.abort(reason);
    return this.settle(id, 'cancelled');
  }

  private readonly stop = (open: OpenRequest, why: string): void => {
    const { request } = open;
    if (this.open.get(request.id) !== open) return;
    const { logger, requestId, answer } = this.options;
    const tool = request.method === 'tools/call' ? request.params?.name : undefined;
    logger.warn({ requestId, method: request.method, tool }, 'a request took too long: it was stopped');
    open.abort(new DeadlineError(why));
    answer(failureAnswer(request.id, { code: RPC.internalError, message: why })).catch((error: unknown) =>
      logger.warn({ requestId, err: error }, 'an answer could not be sent'),
    );
  };
}

/** A connection serves both eras: there, a request of the modern one says its version itself, and has no session. */
function factsOf({ params }: RpcRequest, { facts }: Traced): RequestFacts {
  const { transport, protocolVersion, record } = facts;
  const said = isObject(params?._meta) ? params._meta[META.protocolVersion] : undefined;
  if (typeof said === 'string') return { transport, protocolVersion: said };
  return { transport, protocolVersion, sessionId: record?.id };
}
