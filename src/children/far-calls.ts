import { inBackground } from '../net/background.js';
import { RPC } from '../rpc/errors.js';
import type { RpcNotification, RpcRequest, RpcResponse } from '../rpc/messages.js';
import type { MessageBus, NodeMessage } from '../sessions/contract.js';
import type { Voice } from './live-server.js';
import { failure } from './live-server.js';

/** How often it is looked whether the nodes live that have calls of this one, ms. */
const LOOK_MS = 2_000;
/** What was said about one call, and is written, is acknowledged after so many notifications. */
export const READ_AFTER = 16;

const LOST = 'The node that held this server died before it could answer: initialize anew';
const GONE = 'The server of this session has ended: initialize anew';

/** A call that runs on the node which holds its server. */
interface FarCall {
  readonly node: string;
  readonly sessionId: string;
  readonly request: RpcRequest;
  readonly voice: Voice;
  written: number;
}

/** The calls of this node to servers that other nodes hold. */
export class FarCalls {
  private readonly calls = new Map<string, FarCall>();
  private readonly stop: () => void;
  private looking: ReturnType<typeof setInterval> | undefined;
  private count = 0;

  constructor(
    private readonly bus: MessageBus,
    private readonly onError: (error: unknown) => void,
    /** The node of a session is no more. */
    private readonly onGone: (sessionId: string) => void,
  ) {
    this.stop = bus.onMessage((message) => this.hear(message));
  }

  /** Sends a request there, whose outcome the voice is told. Resolves to what cancels it; rejects with a StoreUnavailableError. */
  async call(node: string, sessionId: string, request: RpcRequest, voice: Voice): Promise<(reason: unknown) => void> {
    const { nodeId } = this.bus;
    const call = `${nodeId}:${(this.count += 1)}`;
    this.calls.set(call, { node, sessionId, request, voice, written: 0 });
    this.looking ??= inBackground(setInterval(() => void this.look().catch(this.onError), LOOK_MS));
    let isThere: boolean;
    try {
      isThere = await this.bus.send(node, { kind: 'child-call', sessionId, call, from: nodeId, request });
    } catch (error) {
      this.calls.delete(call);
      throw error;
    }
    if (!isThere) {
      this.settle(call, failure(request.id, GONE, RPC.sessionNotFound));
      this.onGone(sessionId);
    }
    return (reason) => {
      if (this.calls.delete(call)) this.send(node, { kind: 'child-cancel', sessionId, call, reason });
    };
  }

  close(): void {
    this.stop();
    clearInterval(this.looking);
  }

  private hear(message: NodeMessage): void {
    if (message.kind !== 'child-said') return;
    const id = String(message.call);
    const call = this.calls.get(id);
    if (!call || call.sessionId !== message.sessionId) return;
    const said = message.message;
    if (message.say === 'notify') this.notify(id, call, said as RpcNotification).catch(this.onError);
    else if (message.say === 'ask') this.ask(call, said as RpcRequest);
    else if (message.say === 'heard') call.voice.heard();
    else if (message.say === 'answer') this.settle(id, said as RpcResponse);
  }

  private async notify(id: string, call: FarCall, notification: RpcNotification): Promise<void> {
    await call.voice.notify(notification).catch(this.onError);
    call.written += 1;
    if (call.written % READ_AFTER === 0)
      this.send(call.node, { kind: 'child-read', sessionId: call.sessionId, call: id, count: READ_AFTER });
  }

  /** Where the client can't be asked, its refusal is the answer. */
  private ask({ node, sessionId, voice }: FarCall, question: RpcRequest): void {
    voice.ask(question).catch((error: unknown) => {
      const message = failure(question.id, error instanceof Error ? error.message : 'The client can not be asked');
      this.send(node, { kind: 'deliver', sessionId, exchange: String(question.id).split(':')[0], message });
    });
  }

  private settle(id: string, response: RpcResponse): void {
    const call = this.calls.get(id);
    this.calls.delete(id);
    call?.voice.answer(response);
  }

  private send(node: string, message: NodeMessage): void {
    this.bus.send(node, message).catch(this.onError);
  }

  /** Ends what waits for a node that is no more. */
  private async look(): Promise<void> {
    for (const node of new Set([...this.calls.values()].map((call) => call.node))) {
      if (await this.bus.isAlive(node)) continue;
      for (const [id, call] of this.calls)
        if (call.node === node) {
          this.settle(id, failure(call.request.id, LOST));
          this.onGone(call.sessionId);
        }
    }
  }
}
