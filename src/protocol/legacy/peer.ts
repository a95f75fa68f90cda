import type { CallContext } from '../../catalog/context.js';
import type { RpcNotification, RpcResponse } from '../../rpc/messages.js';
import { isResponse } from '../../rpc/messages.js';
import type { Answer } from '../answer.js';
import { failureAnswer, resultAnswer } from '../answer.js';
import type { Surroundings } from '../call-context.js';
import type { CompiledCatalog } from '../compile.js';
import { dispatch, methodNotFound } from '../dispatch.js';
import { asRpcError } from '../errors.js';
import { LOG_LEVELS } from '../log-levels.js';
import { subscribableUri } from '../handlers/resources.js';
import type { OpenRequest } from '../open-requests.js';
import { uriIn, wordIn } from '../params.js';
import type { Params } from '../params.js';
import type { Facts, MessageToken, Peer, Sink } from '../served.js';
import { changeSession } from '../session-changes.js';
import { LegacyContext } from './call-context.js';
import { Questions } from './questions.js';
import { Subscribed } from './subscribed.js';

/** The legacy era (up to 2025-11-25): handshake, sessions, questions that are asked while a call waits. */
export class LegacyPeer implements Peer {
  /** Made with the first question: most calls ask none. */
  private asked: Questions | undefined;
  /** Of a connection; an exchange is gone before anything changes. */
  private subscribed: Subscribed | undefined;

  constructor(
    private readonly compiled: CompiledCatalog,
    private readonly introduction: object,
    private readonly around: Surroundings,
    private readonly facts: Facts,
    private readonly sink: Sink,
  ) {}

  /** Over a connection that has been served before, with what its session has subscribed to. */
  static open(
    compiled: CompiledCatalog,
    introduction: object,
    around: Surroundings,
    facts: Facts,
    sink: Sink,
  ): LegacyPeer | Promise<LegacyPeer> {
    const peer = new LegacyPeer(compiled, introduction, around, facts, sink);
    return facts.record?.subscribed && sink.exchangeId === undefined ? peer.resubscribe() : peer;
  }

  serve(open: OpenRequest, token?: MessageToken): Promise<void> {
    return this.answer(open, token).catch((error: unknown) => {
      this.facts.logger.warn({ requestId: this.facts.requestId, err: error }, 'an answer could not be sent');
    });
  }

  deliver(message: RpcNotification | RpcResponse): void {
    if (isResponse(message)) this.asked?.deliver(message);
  }

  close(): void {
    this.asked?.close();
    this.subscribed?.close();
  }

  private readonly questions = (): Questions => (this.asked ??= new Questions(this.sink));

  private async answer(open: OpenRequest, token: MessageToken | undefined): Promise<void> {
    const { id, method, params = {} } = open.request;
    const context = new LegacyContext(open, this.facts, this.sink, this.questions, this.around, token);
    let answer: Answer;
    try {
      answer = resultAnswer(id, await this.run(method, params, context));
    } catch (error) {
      // What the handler of a cancelled request throws is how it stopped, and no fault.
      if (open.isAborted) return;
      answer = failureAnswer(id, asRpcError(error, this.facts, open.request));
    }
    // A cancelled request gets no answer; its id may stand for another by now.
    if (!open.isAborted) await this.sink.answer(answer);
  }

  /** What only this era has, and what a catalog answers in every era. */
  private run(method: string, params: Params, context: CallContext): unknown {
    switch (method) {
      case 'initialize':
        return { protocolVersion: this.facts.protocolVersion, ...this.introduction };
      case 'ping':
        return {};
      case 'logging/setLevel':
        return this.changed({ logLevel: wordIn(params, 'level', LOG_LEVELS) });
      case 'resources/subscribe':
        this.requireResources();
        return this.subscribe(subscribableUri(this.compiled, params, context));
      case 'resources/unsubscribe':
        this.requireResources();
        this.subscribed?.remove(uriIn(params));
        return this.changed({ unsubscribe: uriIn(params) });
      default:
        return dispatch(this.compiled, method, params, context);
    }
  }

  /** The empty result of a request that changes its session, once the change is stored. */
  private async changed(patch: Parameters<typeof changeSession>[1]): Promise<object> {
    await changeSession(this.facts, patch);
    return {};
  }

  /** Over HTTP, the node that holds the session's stream follows for it. */
  private async subscribe(uri: string): Promise<object> {
    const answer = await this.changed({ subscribe: uri });
    await this.follow(uri);
    return answer;
  }

  private async resubscribe(): Promise<this> {
    const { record, storage } = this.facts;
    const uris = record && storage ? await storage.sessions.subscriptions(record.id) : [];
    for (const uri of uris) await this.follow(uri);
    return this;
  }

  private async follow(uri: string): Promise<void> {
    const { facts, sink, around } = this;
    if (sink.exchangeId !== undefined || !around.changes || !facts.record) return;
    this.subscribed ??= new Subscribed({
      changes: around.changes,
      sessionId: facts.record.id,
      tell: (notification) => sink.notify(notification as RpcNotification),
      onError: (error) => facts.logger.debug({ err: error }, 'a client was not told of a change'),
    });
    await this.subscribed.add(uri);
  }

  private requireResources(): void {
    if (!('resources' in this.compiled.capabilities)) throw methodNotFound();
  }
}
