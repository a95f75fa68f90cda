import { setTimeout as delay } from 'node:timers/promises';
import type { Metrics } from '../metrics.js';
import { within } from '../net/time-limit.js';
import type { Answer } from '../protocol/answer.js';
import { failureAnswer } from '../protocol/answer.js';
import { asRpcError, UnaskableClientError } from '../protocol/errors.js';
import { readInitialize } from '../protocol/initialize.js';
import type { CallLimit } from '../protocol/call-limit.js';
import type { Observer } from '../protocol/open-requests.js';
import { unservedVersion } from '../protocol/modern/envelope.js';
import { OpenRequests } from '../protocol/open-requests.js';
import type { Facts, MessageToken, Peer, Served, Sink } from '../protocol/served.js';
import { changeSession } from '../protocol/session-changes.js';
import { errorAnswer, RPC, RpcError } from '../rpc/errors.js';
import type { RequestId, RpcMessage, RpcNotification, RpcRequest } from '../rpc/messages.js';
import { idOf, isId, isNotification, isRequest, isResponse, readMessages } from '../rpc/messages.js';
import type { Era } from '../rpc/era.js';
import { eraOf } from '../rpc/era.js';
import { allowsBatches, modernVersions, supportedVersions } from '../rpc/versions.js';
import type { SessionRecord } from '../sessions/contract.js';
import type { Telemetry } from '../telemetry/contract.js';
import { Batches } from './batches.js';
import type { Turns } from './turns.js';

const CANCELLED = 'notifications/cancelled';
/**
 * How often this process pauses, and for how long, ms, between the last progress of a call and its answer. The SDK's clients
 * drop progress that they read in one piece with the answer, and nothing tells when a reader has read. Several pauses hold
 * where one of the same length does not: on a busy machine, each lasts as long as the reader too waits for its turn.
 */
const READERS_TURNS = 15;
const TURN_MS = 2;
/** How long a connection that is closed waits for a session that is just being loaded, ms. */
const RECEIVING_MS = 1_000;

export interface ConnectionOptions {
  readonly served: Served;
  readonly facts: Facts;
  readonly metrics: Metrics;
  /** Absent where nobody asked for traces. */
  readonly telemetry?: Telemetry;
  readonly strict: boolean;
  readonly limit: CallLimit;
  /** Whether the peer may speak the modern era as well, message by message. */
  readonly modern?: boolean;
  readonly turns: Pick<Turns, 'take' | 'next'>;
  /** Loads the session's record before messages are handled. */
  readonly load: () => Promise<SessionRecord | undefined>;
  /** Writes one serialized message, or an array of them; resolves when the peer can take the next. */
  readonly write: (text: string) => Promise<void>;
  /** Resolves when all that was written has left this process. */
  readonly flushed: () => Promise<void>;
  readonly observer?: Observer;
}

/**
 * What stdio and the legacy SSE are by nature: one peer lives as long as the connection does. The session is a record in a
 * store all the same, so that handlers find what they find everywhere.
 */
export class Connection implements Sink {
  private readonly open: OpenRequests;
  private readonly batches = new Batches();
  private readonly peer: Promise<Peer>;
  private whenIdle: (() => void)[] = [];
  /** The peers of the subscriptions that are open. */
  private readonly listening = new Map<RequestId, Peer>();
  private closed = false;
  /** What requests are answered with from now on. */
  private refusal: RpcError | undefined;
  /** Requests whose reader was told of progress. */
  private readonly progressed = new Set<RequestId>();
  /** Bodies whose requests are not yet among the open ones: their session is being loaded. */
  private receiving = 0;

  constructor(private readonly options: ConnectionOptions) {
    const { metrics, telemetry, limit, observer, facts } = options;
    const { logger, requestId } = facts;
    const traced = telemetry && { telemetry, facts };
    const answer = (late: Answer) => this.answer(late);
    this.open = new OpenRequests({ metrics, traced, limit, observer, logger, requestId, answer });
    this.peer = Promise.resolve(options.served.open(options.facts, this));
    this.peer.catch(() => undefined);
  }

  /** Resolves when requests are served; rejects where an author's server can't be made. */
  async ready(): Promise<void> {
    await this.peer;
  }

  /**
   * Handles one parsed line or body; what can't be handled is answered with an error. Resolves when the peer has it.
   * `token` is the one that came with it.
   */
  async receive(body: unknown, token?: MessageToken): Promise<void> {
    this.receiving += 1;
    try {
      await this.take(readMessages(body), token);
    } catch (error) {
      await this.refuse(asRpcError(error, this.options.facts), idOf(body));
    } finally {
      this.receiving -= 1;
      this.tellIdle();
    }
  }

  /** Answers something that could not be handled. */
  async refuse(error: RpcError, id: RequestId | null): Promise<void> {
    await this.write(JSON.stringify(errorAnswer(id, error)));
  }

  async notify(notification: RpcNotification, about?: RequestId): Promise<void> {
    const { method } = notification;
    // Nothing is said about a request after its answer (basic/utilities/progress), but that a question of its is withdrawn.
    if (about !== undefined && !this.open.has(about) && method !== CANCELLED) return;
    const isProgress = method === 'notifications/progress';
    if (isProgress && about !== undefined) this.progressed.add(about);
    await this.write(JSON.stringify(notification));
  }

  async ask(request: RpcRequest): Promise<void> {
    if (this.closed) throw new UnaskableClientError('The client is gone, so it cannot be asked anything');
    await this.write(JSON.stringify(request));
  }

  async answer(answer: Answer): Promise<void> {
    if (this.progressed.delete(answer.id)) {
      await this.options.flushed();
      for (let turn = 0; turn < READERS_TURNS; turn += 1) await delay(TURN_MS);
    }
    if (!this.open.settle(answer.id, answer.outcome, answer.error?.code)) return;
    const whole = this.batches.add(answer);
    if (whole !== undefined) await this.write(whole);
    if (this.listening.delete(answer.id) && answer.outcome === 'ok') {
      await this.notify({ jsonrpc: '2.0', method: CANCELLED, params: { requestId: answer.id } });
    }
    this.tellIdle();
  }

  closeStream(): void {
    // There is nothing that a client could come back to.
  }

  /** Ends the subscriptions, each with its result; on a pipe their requests are also cancelled (basic/patterns/cancellation). */
  drain(): void {
    for (const peer of this.listening.values()) peer.drain?.();
  }

  /** Takes no more requests: each is answered with this error. */
  refuseRequests(error: RpcError): void {
    this.refusal = error;
  }

  /** Resolves when no request waits for its answer. */
  idle(): Promise<void> {
    if (this.isIdle) return Promise.resolve();
    return new Promise((resolve) => this.whenIdle.push(resolve));
  }

  /** Ends the connection: handlers that still run are aborted, and their requests answered with the error, where there is one. */
  async close(error?: RpcError): Promise<void> {
    if (this.closed) return;
    if (error) await this.fail(error);
    this.closed = true;
    for (const id of this.open.ids()) this.open.cancel(id);
    this.tellIdle();
    // One that could not be made has said so to whoever opened the connection.
    (await this.peer.catch(() => undefined))?.close();
  }

  /** Answers with the error whatever is owed, also to what is just being received. */
  private async fail(error: RpcError): Promise<void> {
    this.refuseRequests(error);
    for (const id of this.open.ids()) {
      this.open.cancel(id);
      const whole = this.batches.add(failureAnswer(id, error));
      if (whole !== undefined) await this.write(whole);
    }
    await within(this.idle(), RECEIVING_MS, () => undefined);
  }

  private async take(
    { messages, batch }: { messages: readonly RpcMessage[]; batch: boolean },
    token?: MessageToken,
  ): Promise<void> {
    if (messages.some((message) => eraOf(message) === 'modern')) return this.takeModern(messages, batch);
    if (!this.options.served.eras.includes('legacy')) throw unservedVersion(versionAsked(messages), modernVersions);
    if (batch) this.requireBatches(messages);
    const [peer, unloaded] = await Promise.all([this.peer, this.load(), this.options.turns.take()]);
    const failure = this.refusal ?? unloaded;
    const requests = messages.filter(isRequest);
    for (const request of requests) this.requireFreeId(request);
    if (batch && !failure) this.batches.open(requests.map(({ id }) => id));
    for (const [index, message] of messages.entries()) {
      if (index > 0) await this.options.turns.next();
      if (isRequest(message)) await (failure ? this.refuse(failure, message.id) : this.serve(peer, message, token));
      else if (isResponse(message) || message.method !== CANCELLED) peer.deliver(message);
      else await this.cancel(message);
    }
  }

  /** A message of the modern era says itself all that is known of its client: neither the session nor the greeting matters. */
  private async takeModern([message]: readonly RpcMessage[], batch: boolean): Promise<void> {
    const { served, facts, modern } = this.options;
    if (batch || !message) throw new RpcError(RPC.invalidRequest, 'Invalid Request: this era has no batches');
    if (!isRequest(message))
      return isNotification(message) && message.method === CANCELLED ? this.cancel(message) : undefined;
    if (!modern)
      throw unservedVersion(String(modernVersions[0]), supportedVersions, ': this transport is of older ones only');
    this.requireFreeId(message);
    const envelope = served.admit(message);
    const { protocolVersion } = envelope;
    await this.options.turns.take();
    const peer = await served.open({ ...facts, record: undefined, envelope, protocolVersion }, this);
    if (message.method === 'subscriptions/listen') this.listening.set(message.id, peer);
    this.begin(peer, message, 'modern');
  }

  /** Loads the session anew; the error, where the store does not answer. What asks for no answer needs no session. */
  private async load(): Promise<RpcError | undefined> {
    const { load, facts } = this.options;
    try {
      const record = await load();
      if (record) facts.record = record;
      return undefined;
    } catch (error) {
      return asRpcError(error, facts);
    }
  }

  private requireFreeId({ id }: RpcRequest): void {
    if (this.open.has(id)) throw new RpcError(RPC.invalidRequest, `Invalid Request: the id ${id} is in use`);
  }

  private async serve(peer: Peer, request: RpcRequest, token?: MessageToken): Promise<void> {
    // Not waited for: the next message may be its cancellation.
    if (request.method !== 'initialize') return this.begin(peer, request, 'legacy', token);
    // The session is there before its client says who it is.
    const { facts, strict } = this.options;
    const { introduction, request: complete } = readInitialize(request, strict);
    facts.protocolVersion = introduction.protocolVersion;
    await changeSession(facts, introduction);
    this.begin(peer, complete, 'legacy', token);
  }

  private begin(peer: Peer, request: RpcRequest, era: Era, token?: MessageToken): void {
    const open = this.open.add(request, era);
    void open.run(() => peer.serve(open, token));
  }

  private async cancel({ params }: RpcNotification): Promise<void> {
    const { requestId, reason } = params ?? {};
    if (!isId(requestId) || !this.open.cancel(requestId, reason)) return;
    this.listening.delete(requestId);
    this.progressed.delete(requestId);
    const whole = this.batches.abandon(requestId);
    if (whole !== undefined) await this.write(whole);
    this.tellIdle();
  }

  private async write(text: string): Promise<void> {
    if (!this.closed) await this.options.write(text);
  }

  private requireBatches(messages: readonly RpcMessage[]): void {
    const { protocolVersion } = this.options.facts;
    if (!allowsBatches(protocolVersion)) {
      throw new RpcError(RPC.invalidRequest, `Invalid Request: protocol version ${protocolVersion} has no batches`);
    }
    if (messages.some((message) => isRequest(message) && message.method === 'initialize')) {
      throw new RpcError(RPC.invalidRequest, 'Invalid Request: initialize must come alone');
    }
  }

  private get isIdle(): boolean {
    return this.closed || (this.open.size === 0 && this.receiving === 0);
  }

  private tellIdle(): void {
    if (!this.isIdle) return;
    for (const resolve of this.whenIdle.splice(0)) resolve();
  }
}

/** The version that legacy traffic asks for, as far as it says so. */
function versionAsked([first]: readonly RpcMessage[]): string {
  const version = first && 'params' in first ? first.params?.protocolVersion : undefined;
  return typeof version === 'string' ? version : 'none';
}
