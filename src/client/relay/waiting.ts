import type { JSONRPCRequest } from '@modelcontextprotocol/client';
import { eraOf } from '../../rpc/era.js';
import type { Era } from '../../rpc/era.js';
import type { RequestId, RpcMessage } from '../../rpc/messages.js';
import type { OpenTransport } from '../transports.js';
import { isKept } from './kept.js';

/** A request of the client that has no answer yet. */
export interface Waiting {
  readonly era: Era;
  readonly method: string;
  readonly cancelling: AbortController;
  /** The request itself, where what it asks for outlives it. */
  readonly kept?: JSONRPCRequest;
  /** Where it was sent last. */
  on?: OpenTransport;
  /** Whether a stream is to bring its answer. */
  hasStream?: boolean;
}

/** The requests of the client that wait for their answers. */
export class WaitingRequests {
  private readonly all = new Map<RequestId, Waiting>();
  private whenIdle: (() => void) | undefined;

  get size(): number {
    return this.all.size;
  }

  get ids(): readonly RequestId[] {
    return [...this.all.keys()];
  }

  get(id: unknown): Waiting | undefined {
    return this.all.get(id as RequestId);
  }

  add(request: JSONRPCRequest): Waiting {
    const { id, method } = request;
    const era = eraOf(request as RpcMessage);
    const kept = era === 'legacy' && isKept(request) ? request : undefined;
    const waiting: Waiting = { era, method, cancelling: new AbortController(), kept };
    this.all.set(id, waiting);
    return waiting;
  }

  /** Takes a request off; undefined where its answer has been given. */
  settle(id: RequestId): Waiting | undefined {
    const waited = this.all.get(id);
    this.all.delete(id);
    if (this.isIdle) this.whenIdle?.();
    return waited;
  }

  streamOpened(id: RequestId): void {
    const waiting = this.all.get(id);
    if (waiting) waiting.hasStream = true;
  }

  /** The ids of those that may still be answered there. */
  on(opened: OpenTransport): readonly RequestId[] {
    return this.ids.filter((id) => this.all.get(id)?.on === opened);
  }

  /** Resolves when every request has its answer; what listens is not waited for. */
  idle(): Promise<void> {
    return this.isIdle ? Promise.resolve() : new Promise((resolve) => (this.whenIdle = resolve));
  }

  private get isIdle(): boolean {
    return [...this.all.values()].every(({ method }) => method === 'subscriptions/listen');
  }
}
