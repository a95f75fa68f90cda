import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, MessageExtraInfo } from '@modelcontextprotocol/sdk/types.js';
import type { Metrics } from '../metrics.js';
import type { Binding } from '../protocol/binding.js';
import { completeInitialize } from '../protocol/handshake.js';
import type { RequestId, RpcMessage, RpcRequest, RpcResponse } from '../rpc/messages.js';
import { idOf, isNotification, isRequest, isResponse, readMessages } from '../rpc/messages.js';
import type { Observer } from '../protocol/pending-requests.js';
import { PendingRequests } from '../protocol/pending-requests.js';
import { errorAnswer, RPC, RpcError } from '../rpc/errors.js';
import type { Scope } from '../protocol/scope.js';
import { allowsBatches, negotiate } from '../rpc/versions.js';
import type { SessionRecord } from '../sessions/contract.js';
import { Batches } from './batches.js';

export interface ConnectionOptions {
  readonly binding: Binding;
  readonly scope: Scope;
  readonly metrics: Metrics;
  readonly strict: boolean;
  /** Loads the session's record before messages are handled. */
  readonly load: () => Promise<SessionRecord | undefined>;
  /** Writes one serialized message, or an array of them; resolves when the peer can take the next. */
  readonly write: (text: string) => Promise<void>;
  readonly observer?: Observer;
}

/**
 * A transport that is a connection by nature, stdio and the legacy SSE: one server lives as long as it does. The session
 * is a record in a store all the same, so that handlers find what they find everywhere.
 */
export class Connection implements Transport {
  onmessage?: <T extends JSONRPCMessage>(message: T, extra?: MessageExtraInfo) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  private readonly pending: PendingRequests;
  private readonly batches = new Batches();
  private whenIdle: (() => void)[] = [];
  private closed = false;
  private toldThisTurn = false;
  /** Bodies whose requests are not yet among the pending ones: their session is being loaded. */
  private receiving = 0;

  constructor(private readonly options: ConnectionOptions) {
    this.pending = new PendingRequests(options.scope, options.metrics, options.observer);
  }

  /** Makes the server and connects it. */
  open(): Promise<void> {
    return this.options.binding.connect(this, this.options.scope);
  }

  async start(): Promise<void> {}

  /** Handles one parsed line or body; what can't be handled is answered with an error. Resolves when the server has it. */
  async receive(body: unknown, extra?: MessageExtraInfo): Promise<void> {
    this.receiving += 1;
    try {
      await this.take(readMessages(body), extra);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      await this.refuse(error, idOf(body));
    } finally {
      this.receiving -= 1;
      this.tellIdle();
    }
  }

  /** Answers something that could not be handled. */
  async refuse(error: RpcError, id: RequestId | null): Promise<void> {
    await this.write(errorAnswer(id, error));
  }

  private async take({ messages, batch }: { messages: readonly RpcMessage[]; batch: boolean }, extra?: MessageExtraInfo): Promise<void> {
    const { scope, load, strict } = this.options;
    const complete = messages.map((message) =>
      isRequest(message) && message.method === 'initialize' ? completeInitialize(message, strict) : message,
    );
    if (batch) this.requireBatches(complete);
    const record = await load();
    if (record) scope.record = record;
    if (batch) this.batches.open(complete.filter(isRequest).map(({ id }) => id));
    for (const message of complete) await this.accept(message, extra);
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const outgoing = message as RpcMessage;
    if (!isResponse(outgoing)) {
      this.toldThisTurn = true;
      return this.write(outgoing);
    }
    // The SDK's client drops a notification of progress that it reads together with the answer.
    if (this.toldThisTurn) await nextTurn();
    this.toldThisTurn = false;
    const answer = await this.pending.settle(outgoing);
    if (answer) await this.answer(answer);
    this.tellIdle();
  }

  /** Resolves when no request waits for its answer. */
  idle(): Promise<void> {
    if (this.isIdle) return Promise.resolve();
    return new Promise((resolve) => this.whenIdle.push(resolve));
  }

  /** Ends the connection: handlers that still run are aborted. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    for (const id of this.pending.ids()) this.pending.cancel(id);
    this.onclose?.();
    this.tellIdle();
  }

  private async accept(message: RpcMessage, extra?: MessageExtraInfo): Promise<void> {
    if (isRequest(message)) {
      if (this.pending.has(message.id)) throw new RpcError(RPC.invalidRequest, `Invalid Request: the id ${message.id} is in use`);
      if (message.method === 'initialize') this.options.scope.protocolVersion = negotiate(message.params?.protocolVersion);
      this.pending.add(message);
    } else if (isNotification(message) && message.method === 'notifications/cancelled') {
      await this.cancelled(message.params?.requestId as RequestId);
    }
    this.onmessage?.(message as JSONRPCMessage, extra);
  }

  private async cancelled(id: RequestId): Promise<void> {
    if (!this.pending.cancel(id)) return;
    const whole = this.batches.abandon(id);
    if (whole && whole.length > 0) await this.write(whole);
    this.tellIdle();
  }

  private async answer(answer: RpcResponse): Promise<void> {
    const whole = this.batches.add(answer);
    if (whole !== 'collecting') await this.write(whole);
  }

  private async write(message: object): Promise<void> {
    if (!this.closed) await this.options.write(JSON.stringify(message));
  }

  private requireBatches(messages: readonly RpcMessage[]): void {
    const { protocolVersion } = this.options.scope;
    if (!allowsBatches(protocolVersion)) {
      throw new RpcError(RPC.invalidRequest, `Invalid Request: protocol version ${protocolVersion} has no batches`);
    }
    if (messages.some((message): message is RpcRequest => isRequest(message) && message.method === 'initialize')) {
      throw new RpcError(RPC.invalidRequest, 'Invalid Request: initialize must come alone');
    }
  }

  private get isIdle(): boolean {
    return this.closed || (this.pending.size === 0 && this.receiving === 0);
  }

  private tellIdle(): void {
    if (!this.isIdle) return;
    for (const resolve of this.whenIdle.splice(0)) resolve();
  }
}
