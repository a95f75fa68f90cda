import type { Metrics, Outcome } from '../metrics.js';
import type { RequestId, RpcRequest } from '../rpc/messages.js';

/** A request that waits for its answer. */
export class OpenRequest {
  readonly started = performance.now();
  private controller: AbortController | undefined;
  private aborted: { readonly reason: unknown } | undefined;

  constructor(readonly request: RpcRequest) {}

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
}

/** A request that has ended. */
export interface EndedRequest {
  readonly request: RpcRequest;
  readonly outcome: Outcome;
  readonly durationMs: number;
}

export type Observer = (ended: EndedRequest) => void;

/** The requests that an exchange or a connection owes an answer to: the one count of what is owed. */
export class OpenRequests {
  private readonly open = new Map<RequestId, OpenRequest>();

  constructor(
    private readonly metrics: Metrics,
    private readonly observer?: Observer,
  ) {}

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

  add(request: RpcRequest): OpenRequest {
    const open = new OpenRequest(request);
    this.open.set(request.id, open);
    return open;
  }

  /** Takes out a request that is answered now; false when nobody waits for it. */
  settle(id: RequestId, outcome: Outcome): boolean {
    const open = this.open.get(id);
    if (!open) return false;
    this.open.delete(id);
    const { request } = open;
    // A name that the server refused may be anything: it must not become a label.
    const name = request.method === 'tools/call' && outcome !== 'error' ? request.params?.name : undefined;
    const tool = typeof name === 'string' ? name : undefined;
    const durationMs = performance.now() - open.started;
    this.metrics.operation(request.method, tool, outcome, durationMs / 1000);
    this.observer?.({ request, outcome, durationMs });
    return true;
  }

  /** Stops a request, which gets no answer (basic/utilities/cancellation); false when nobody waits for it. */
  cancel(id: RequestId, reason?: unknown): boolean {
    this.open.get(id)?.abort(reason);
    return this.settle(id, 'cancelled');
  }
}
