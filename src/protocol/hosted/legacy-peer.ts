import type { Transport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, MessageExtraInfo } from '@modelcontextprotocol/sdk/types.js';
import type { RpcError } from '../../rpc/errors.js';
import type { RequestId, RpcMessage, RpcNotification, RpcRequest, RpcResponse } from '../../rpc/messages.js';
import { isRequest, isResponse } from '../../rpc/messages.js';
import type { ChangeFeed, SessionRecord } from '../../sessions/contract.js';
import { failureAnswer } from '../answer.js';
import { asRpcError } from '../errors.js';
import type { OpenRequest } from '../open-requests.js';
import type { Params } from '../params.js';
import { requireShortUri } from '../params.js';
import type { Facts, MessageToken, Peer, Sink } from '../served.js';
import { changeOf, changeSession } from '../session-changes.js';
import { answerOf } from './answer.js';
import { changeTold } from './changes.js';
import { fromClientId, toClientId } from './client-ids.js';
import type { ConnectableServer } from './sdk-server.js';
import { attend, contextOf } from './sdk-server.js';

export interface HostedOptions {
  /** Tells of changes over all nodes; absent where nobody could listen. */
  readonly changes?: ChangeFeed;
  /** Whether the server is of the SDK's second generation, whose handlers see the request as `fetch` has it. */
  readonly isOfBoth: boolean;
  /** Nobody is left to hear or to answer. */
  readonly onEnd: () => void;
}

/** The transport of an author's SDK server in the legacy era: messages in, messages out. */
export class HostedPeer implements Peer, Transport {
  onmessage?: <T extends JSONRPCMessage>(message: T, extra?: MessageExtraInfo) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  /** Requests that were replayed and are not yet answered: nobody waits for those answers. */
  private readonly replayed = new Set<RequestId>();
  /** Requests that the server works on. */
  private readonly serving = new Map<RequestId, OpenRequest>();
  /** By the ids of the questions that the server waits for: lets the time of the requests that ask go on. */
  private readonly waiting = new Map<string, () => void>();
  /** Whether the server has asked its client something. */
  private asked = false;

  constructor(
    private readonly facts: Facts,
    private readonly sink: Sink,
    private readonly options: HostedOptions,
  ) {}

  get sessionId(): string | undefined {
    return this.facts.record?.id;
  }

  async connect(server: ConnectableServer): Promise<void> {
    const { record } = this.facts;
    attend(server, this.facts);
    await server.connect(this);
    if (record) this.replay(record, await this.subscriptions(record));
  }

  async start(): Promise<void> {}

  serve(open: OpenRequest, token?: MessageToken): void {
    const { request, signal } = open;
    const fault = this.faultOf(request);
    if (fault) return void this.answer({ jsonrpc: '2.0', id: request.id, error: fault });
    this.serving.set(request.id, open);
    const cancelled = () => {
      this.serving.delete(request.id);
      this.receive({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: request.id } });
    };
    signal.addEventListener('abort', cancelled, { once: true });
    this.receive(request, { ...this.received(token), closeSSEStream: () => this.sink.closeStream() });
  }

  deliver(message: RpcNotification | RpcResponse): void {
    const delivered = this.sink.exchangeId === undefined ? message : fromClientId(message);
    if (isResponse(delivered)) this.waitsNoLonger(delivered.id);
    this.receive(delivered);
  }

  /** After an exchange, the server is told only where it still waits for its client: else it changes nothing, and costs a tenth of a small call. */
  async close(): Promise<void> {
    this.options.onEnd();
    for (const question of this.waiting.keys()) this.waitsNoLonger(question);
    if (!this.asked && this.sink.exchangeId !== undefined) return;
    try {
      this.onclose?.();
    } catch (error) {
      this.facts.logger.warn({ requestId: this.facts.requestId, err: error }, 'a server could not be closed cleanly');
    }
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    const outgoing = message as RpcMessage;
    if (isResponse(outgoing)) return this.answer(outgoing);
    const { exchangeId } = this.sink;
    const named = exchangeId === undefined ? outgoing : toClientId(outgoing, exchangeId);
    if (!isRequest(named)) {
      if (outgoing.method === 'notifications/cancelled') this.waitsNoLonger(outgoing.params?.requestId);
      const change = changeTold(named as RpcNotification);
      if (change) this.options.changes?.publish(change);
      return this.sink.notify(named as RpcNotification, options?.relatedRequestId);
    }
    this.asked = true;
    this.waits((outgoing as RpcRequest).id, options?.relatedRequestId);
    await this.sink.ask(named, options?.relatedRequestId);
  }

  /** An author need not say which request it is that asks. The SDK's time limit ends the waiting, if nothing else does. */
  private waits(question: RequestId, about?: RequestId): void {
    const asking = about === undefined ? undefined : this.serving.get(about);
    const ends = (asking ? [asking] : [...this.serving.values()]).map((open) => open.asks());
    this.waiting.set(String(question), () => ends.forEach((end) => end()));
  }

  private waitsNoLonger(question: unknown): void {
    this.waiting.get(String(question))?.();
    this.waiting.delete(String(question));
  }

  private async answer(response: RpcResponse): Promise<void> {
    const { id } = response;
    if (this.replayed.delete(id)) return;
    const served = this.serving.get(id);
    this.serving.delete(id);
    try {
      // Nobody waits where it is no longer served, and the sink drops it.
      const answer = answerOf(response, served?.request);
      const change = served && changeOf(served.request);
      if (change && !response.error) await changeSession(this.facts, change);
      await this.sink.answer(answer);
    } catch (cause) {
      await this.sink.answer(failureAnswer(id, asRpcError(cause, this.facts, served?.request)));
    }
  }

  /**
   * Brings a fresh server to where the session's last one was: its handshake, log level and subscriptions. The server handles
   * messages in the order in which it gets them, so nothing has to be awaited.
   */
  private replay({ initialize, logLevel }: SessionRecord, subscriptions: readonly string[]): void {
    this.ask('initialize', JSON.parse(initialize) as Params);
    this.receive({ jsonrpc: '2.0', method: 'notifications/initialized' });
    if (logLevel !== undefined) this.ask('logging/setLevel', { level: logLevel });
    for (const uri of subscriptions) this.ask('resources/subscribe', { uri });
  }

  private faultOf({ params = {} }: RpcRequest): RpcError | undefined {
    try {
      requireShortUri(params);
      return undefined;
    } catch (error) {
      return asRpcError(error, this.facts);
    }
  }

  private async subscriptions({ id, subscribed }: SessionRecord): Promise<readonly string[]> {
    const { storage } = this.facts;
    return subscribed && storage ? storage.sessions.subscriptions(id) : [];
  }

  private ask(method: string, params: Params): void {
    // Random, so that no client's own id is one.
    const id = crypto.randomUUID();
    this.replayed.add(id);
    this.receive({ jsonrpc: '2.0', id, method, params });
  }

  private receive(message: RpcMessage, extra?: MessageExtraInfo): void {
    this.onmessage?.(message as JSONRPCMessage, extra);
  }

  /** Over SSE, this very message's token may allow and say other things than the one that opened the connection. */
  private received(token: MessageToken | undefined): MessageExtraInfo {
    const { received } = this.facts;
    if (!received) return {};
    const { headers, auth } = received;
    return {
      ...(this.options.isOfBoth
        ? { request: contextOf(this.facts, 'legacy').requestInfo }
        : { requestInfo: { headers } }),
      authInfo: auth && (withToken(auth, token) as MessageExtraInfo['authInfo']),
    };
  }
}

function withToken(auth: object, token: MessageToken | undefined): object {
  if (!token) return auth;
  const { scopes, claims } = token;
  return { ...auth, scopes, ...(claims && { extra: { ...('extra' in auth && (auth.extra as object)), claims } }) };
}
