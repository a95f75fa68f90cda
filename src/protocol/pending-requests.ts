import type { Metrics, Outcome } from '../metrics.js';
import { answerable } from './answerable.js';
import { applyEffect, effectOf } from './effects.js';
import { inWords } from './faults.js';
import type { RequestId, RpcRequest, RpcResponse } from '../rpc/messages.js';
import { errorAnswer } from '../rpc/errors.js';
import type { Scope } from './scope.js';

/** A request that has ended; `tool` is empty for other methods, and for a tool that does not exist. */
export interface EndedRequest {
  readonly request: RpcRequest;
  readonly tool: string;
  readonly outcome: Outcome;
  readonly durationMs: number;
}

export type Observer = (ended: EndedRequest) => void;

/** The requests that one server owes an answer to. */
export class PendingRequests {
  private readonly open = new Map<RequestId, { request: RpcRequest; started: number }>();

  constructor(
    private readonly scope: Scope,
    private readonly metrics: Metrics,
    private readonly observer?: Observer,
  ) {}

  get size(): number {
    return this.open.size;
  }

  ids(): RequestId[] {
    return [...this.open.keys()];
  }

  has(id: RequestId): boolean {
    return this.open.has(id);
  }

  add(request: RpcRequest): void {
    this.open.set(request.id, { request, started: performance.now() });
  }

  /**
   * The answer as it may leave: what the request changes in its session is stored first, and where that fails the
   * answer becomes an error. Undefined when nobody waits for it.
   */
  async settle(response: RpcResponse): Promise<RpcResponse | undefined> {
    const entry = this.open.get(response.id);
    if (!entry) return undefined;
    let answer = inWords(response);
    const effect = response.error ? undefined : effectOf(entry.request);
    if (effect) {
      try {
        await applyEffect(this.scope, effect);
      } catch (error) {
        answer = errorAnswer(response.id, answerable(error, this.scope));
      }
    }
    this.end(response.id, answer.error ? 'error' : answer.result?.isError === true ? 'tool_error' : 'ok');
    return answer;
  }

  /** Forgets a request that gets no answer (basic/utilities/cancellation); false when it was not waited for. */
  cancel(id: RequestId): boolean {
    return this.end(id, 'cancelled');
  }

  private end(id: RequestId, outcome: Outcome): boolean {
    const entry = this.open.get(id);
    if (!entry) return false;
    this.open.delete(id);
    const { method, params } = entry.request;
    // A name that the server refused may be anything: it must not become a label.
    const tool = method === 'tools/call' && outcome !== 'error' ? String(params?.name) : '';
    const durationMs = performance.now() - entry.started;
    this.metrics.operation(method, tool || undefined, outcome, durationMs / 1000);
    this.observer?.({ request: entry.request, tool, outcome, durationMs });
    return true;
  }
}
