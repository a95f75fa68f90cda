import type { Transport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, MessageExtraInfo } from '@modelcontextprotocol/sdk/types.js';
import type { RequestId, RpcMessage, RpcNotification, RpcRequest } from '../../rpc/messages.js';
import { isRequest, isResponse } from '../../rpc/messages.js';
import type { PendingRequests } from '../../protocol/pending-requests.js';
import type { RpcError } from '../../rpc/errors.js';
import { errorAnswer } from '../../rpc/errors.js';
import type { Reply } from './reply.js';
import { fromClientId, toClientId } from './server-request-id.js';

export interface ExchangeOptions {
  readonly reply: Reply;
  readonly pending: PendingRequests;
  /** The session; absent when stateless. */
  readonly sessionId?: string;
  /** Sends what belongs to none of the requests: to the session's standalone stream. Absent when stateless. */
  readonly toSession?: (message: string) => Promise<unknown>;
  readonly onDone: (exchange: Exchange) => void;
}

/**
 * One POST: the transport of a server that lives just as long. Requests go in, answers and what comes before them go
 * out through the reply. The server's own requests get an id that names this exchange, because the client's answer may
 * arrive at any node.
 */
export class Exchange implements Transport {
  onmessage?: <T extends JSONRPCMessage>(message: T, extra?: MessageExtraInfo) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  private done = false;
  /** Whether the server has asked its client something. */
  private asked = false;

  constructor(
    /** Also the id of its stream. */
    readonly id: string,
    private readonly options: ExchangeOptions,
  ) {}

  get sessionId(): string | undefined {
    return this.options.sessionId;
  }

  async start(): Promise<void> {}

  /** Feeds the requests of the POST to the server. */
  receive(requests: readonly RpcRequest[], extra: MessageExtraInfo): void {
    for (const request of requests) this.options.pending.add(request);
    const closeSSEStream = () => this.options.reply.closeEarly();
    for (const request of requests) this.onmessage?.(request as JSONRPCMessage, { ...extra, closeSSEStream });
  }

  /** Feeds what a client sent in another POST: an answer to one of the server's requests, or progress on it. */
  deliver(message: RpcMessage): void {
    this.onmessage?.(fromClientId(message) as JSONRPCMessage);
  }

  owes(id: RequestId): boolean {
    return this.options.pending.has(id);
  }

  /** Stops one request: the handler's signal is aborted, and no answer is sent (basic/utilities/cancellation). */
  async cancel(notification: RpcNotification): Promise<void> {
    const id = notification.params?.requestId as RequestId;
    if (!this.options.pending.cancel(id)) return;
    this.onmessage?.(notification as JSONRPCMessage);
    await this.options.reply.abandon();
    this.finishWhenAnswered();
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if (this.done) return;
    const { pending, reply, toSession } = this.options;
    const outgoing = message as RpcMessage;
    if (isResponse(outgoing)) {
      const answer = await pending.settle(outgoing);
      if (!answer) return; // the answer to a replayed request
      await reply.answer(answer);
      this.finishWhenAnswered();
      return;
    }
    const named = toClientId(outgoing, this.id);
    if (isRequest(named)) {
      if (!toSession) throw new Error('A stateless server cannot ask its client');
      this.asked = true;
    }
    if (options?.relatedRequestId === undefined) await toSession?.(JSON.stringify(named));
    else await reply.push(named);
  }

  /**
   * Ends the exchange: handlers that still run are aborted, and their requests are answered with the error; with nothing
   * where nobody is left to read it.
   */
  async close(error?: RpcError): Promise<void> {
    if (this.done) return;
    const { pending, reply } = this.options;
    const owed = pending.ids();
    this.finish();
    this.onclose?.();
    for (const id of owed) {
      pending.cancel(id);
      if (error) await reply.answer(errorAnswer(id, error));
      else await reply.abandon();
    }
  }

  /**
   * The server is let go of, and told so only where it still waits for its client: to close it otherwise changes nothing,
   * and costs a tenth of a small call.
   */
  private finishWhenAnswered(): void {
    if (this.options.pending.size > 0) return;
    this.finish();
    if (this.asked) this.onclose?.();
  }

  private finish(): void {
    if (this.done) return;
    this.done = true;
    this.options.onDone(this);
  }
}
