import type { RequestId, RpcNotification, RpcRequest } from '../../rpc/messages.js';
import type { Answer } from '../answer.js';
import { toClientId } from '../hosted/client-ids.js';
import type { OpenRequest } from '../open-requests.js';
import type { Peer, Served, Sink } from '../served.js';

/**
 * The part of a connection that one of those who serve it after another has: from when it takes requests until the last of them is
 * answered. Its questions have its number, so that the client's answers find back to whoever asked.
 */
export class Part implements Sink {
  peer: Peer | undefined;
  private readonly open = new Map<RequestId, OpenRequest>();
  private isOver = false;

  constructor(
    readonly number: number,
    readonly served: Served,
    private readonly sink: Sink,
    private readonly onEnd: () => void,
  ) {}

  /** A request is served by this part, which lasts until it is answered or cancelled. To listen is nothing that a part is needed for. */
  take(open: OpenRequest): void {
    const { request, signal } = open;
    if (request.method === 'subscriptions/listen') return;
    this.open.set(request.id, open);
    signal.addEventListener('abort', () => this.open.get(request.id) === open && this.leave(request.id), {
      once: true,
    });
  }

  /** Takes no more requests. */
  finish(): void {
    this.isOver = true;
    this.endIfDone();
  }

  notify(notification: RpcNotification, about?: RequestId): Promise<void> {
    const isWithdrawn = notification.method === 'notifications/cancelled';
    return this.sink.notify(isWithdrawn ? this.named(notification) : notification, about);
  }

  ask(request: RpcRequest, about?: RequestId): Promise<void> {
    return this.sink.ask(this.named(request), about);
  }

  async answer(answer: Answer): Promise<void> {
    try {
      await this.sink.answer(answer);
    } finally {
      this.leave(answer.id);
    }
  }

  closeStream(): void {
    this.sink.closeStream();
  }

  private named<T extends RpcNotification | RpcRequest>(message: T): T {
    return toClientId(message, String(this.number)) as T;
  }

  private leave(id: RequestId): void {
    this.open.delete(id);
    this.endIfDone();
  }

  private endIfDone(): void {
    if (!this.isOver || this.open.size > 0) return;
    const { peer } = this;
    this.peer = undefined;
    peer?.close();
    this.onEnd();
  }
}
