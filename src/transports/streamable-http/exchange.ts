import type { Answer } from '../../protocol/answer.js';
import { failureAnswer } from '../../protocol/answer.js';
import { UnaskableClientError } from '../../protocol/errors.js';
import type { OpenRequests } from '../../protocol/open-requests.js';
import type { Peer, Sink } from '../../protocol/served.js';
import type { Era } from '../../rpc/era.js';
import type { RpcError } from '../../rpc/errors.js';
import type { RequestId, RpcNotification, RpcRequest, RpcResponse } from '../../rpc/messages.js';
import type { Turns } from '../turns.js';
import type { Reply } from './reply.js';

export interface ExchangeOptions {
  readonly reply: Reply;
  readonly open: OpenRequests;
  readonly turns: Pick<Turns, 'take' | 'next'>;
  /** Sends what belongs to none of the requests: to the session's standalone stream. Absent when stateless. */
  readonly toSession?: (message: string) => Promise<unknown>;
  readonly onDone: (exchange: Exchange) => void;
  /** Told of the work on each request, which may go on after its answer. */
  readonly waitFor?: (work: Promise<void>) => void;
}

/**
 * One POST: requests go in, answers and what comes before them go out through the reply. The server's own requests get an id that
 * names this exchange, because the client's answer may arrive at any node.
 */
export class Exchange implements Sink {
  private peer: Peer | undefined;
  private done = false;

  constructor(
    /** Also the id of its stream. */
    readonly exchangeId: string,
    private readonly options: ExchangeOptions,
  ) {}

  /** Owes the requests of the POST an answer: all of them before the first is served, or its answer would seem to be the last. */
  admit(requests: readonly RpcRequest[], era: Era): void {
    for (const request of requests) this.options.open.add(request, era);
  }

  /** Has those served that are still owed, the first at once, the others in turn. Resolves as soon as all are being served. */
  async serve(peer: Peer): Promise<void> {
    if (this.done) return peer.close();
    this.peer = peer;
    for (const [index, open] of this.options.open.all().entries()) {
      if (index > 0) await this.options.turns.next();
      if (open.isAborted) continue;
      const work = open.run(() => peer.serve(open));
      if (work) this.options.waitFor?.(work);
    }
  }

  /** Takes what the client sent in another POST: an answer to one of the server's requests, or progress on it. */
  deliver(message: RpcNotification | RpcResponse): void {
    this.peer?.deliver(message);
  }

  owes(id: RequestId): boolean {
    return this.options.open.has(id);
  }

  /** Stops one request: the handler's signal is aborted, and no answer is sent (basic/utilities/cancellation). */
  async cancel(id: RequestId, reason?: unknown): Promise<void> {
    const { open, reply } = this.options;
    if (!open.cancel(id, reason)) return;
    if (open.size > 0) return;
    await reply.finish();
    this.finish();
  }

  async notify(notification: RpcNotification, about?: RequestId): Promise<void> {
    if (this.done) return;
    const text = JSON.stringify(notification);
    if (about === undefined) await this.options.toSession?.(text);
    else await this.options.reply.push(text, 'notification');
  }

  async ask(request: RpcRequest, about?: RequestId): Promise<void> {
    const { toSession, reply } = this.options;
    if (!toSession) throw new UnaskableClientError('A stateless server cannot ask its client');
    if (about === undefined) await toSession(JSON.stringify(request));
    else await reply.push(JSON.stringify(request), 'question');
  }

  async answer(answer: Answer): Promise<void> {
    const { open, reply } = this.options;
    if (!open.settle(answer.id, answer.outcome, answer.error?.code)) return;
    const last = open.size === 0;
    const sent = reply.answer(answer, last);
    if (sent) await sent;
    if (last) this.finish();
  }

  /** Ends what would go on until somebody ends it: a subscription. */
  drain(): void {
    this.peer?.drain?.();
  }

  closeStream(): void {
    this.options.reply.closeEarly();
  }

  /**
   * Ends the exchange: handlers that still run are aborted, and their requests are answered with the error; with nothing
   * where nobody is left to read it.
   */
  async close(error?: RpcError): Promise<void> {
    if (this.done) return;
    const { open, reply } = this.options;
    const owed = open.ids();
    for (const id of owed) open.cancel(id);
    this.finish();
    if (!error) return reply.finish();
    for (const [index, id] of owed.entries()) await reply.answer(failureAnswer(id, error), index === owed.length - 1);
  }

  private finish(): void {
    if (this.done) return;
    this.done = true;
    this.peer?.close();
    this.options.onDone(this);
  }
}
