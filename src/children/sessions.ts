import { randomUUID } from 'node:crypto';
import type { Logger } from '../log.js';
import { inBackground } from '../net/background.js';
import { RPC } from '../rpc/errors.js';
import { isObject } from '../rpc/messages.js';
import type { RpcNotification, RpcRequest, RpcResponse } from '../rpc/messages.js';
import type { MessageBus, NodeMessage } from '../sessions/contract.js';
import { shortSession } from '../text/secrets.js';
import type { QuestionTable } from './asked.js';
import { FarCalls } from './far-calls.js';
import { FarVoice } from './far-voice.js';
import type { Line } from './line.js';
import type { SessionVoice, Voice } from './live-server.js';
import { failure, LiveServer } from './live-server.js';

/** How often servers are looked at that nobody uses, ms. */
const SWEEP_MS = 1_000;

/** What takes requests of a client. */
export interface Callable {
  call(request: RpcRequest, voice: Voice): number;
  cancel(id: number, reason?: unknown): void;
}

export interface LiveSessionsOptions {
  readonly bus: MessageBus;
  readonly questions: QuestionTable;
  /** Makes the server of one session. Throws where there are too many. */
  readonly begin: () => Line;
  /** Throws where one more would be too many. */
  readonly requireRoom: () => void;
  readonly idleMs: number;
  /** What else is live on this node, and is named as a session is. */
  readonly find?: (place: string) => Callable | undefined;
  /** Ends the session of a server that is no more. */
  readonly endSession: (sessionId: string) => Promise<void>;
  readonly logger: Logger;
}

/** How long the last answers of a server that has ended have before its session ends too, ms. */
const LAST_ANSWERS_MS = 100;

/** Of a call that comes from another node. */
interface Visitor {
  readonly voice: FarVoice;
  cancel: (reason?: unknown) => void;
}

/**
 * A live server for each session, on the node that opened it, which the session's id names. Every other node reaches it by the bus; when
 * its node or the server itself is no more, neither is the session.
 */
export class LiveSessions {
  private readonly servers = new Map<string, LiveServer>();
  private readonly visitors = new Map<string, Visitor>();
  private readonly far: FarCalls;
  private readonly stop: () => void;
  private readonly sweeping: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly options: LiveSessionsOptions) {
    const { bus, idleMs } = options;
    this.far = new FarCalls(
      bus,
      (error) => this.failed(error),
      (sessionId) => void this.endSession(sessionId),
    );
    this.stop = bus.onMessage((message) => this.hear(message));
    if (idleMs > 0) this.sweeping = inBackground(setInterval(() => this.sweep(), Math.min(SWEEP_MS, idleMs)));
  }

  /** The id of a session that this node is to hold. Throws where there is no room for its server. */
  newId(): string {
    this.options.requireRoom();
    return `${this.options.bus.nodeId}.${randomUUID()}`;
  }

  /** Begins the server of a session, unless it has one. Throws where there is no room for it. */
  begin(sessionId: string, session: SessionVoice): LiveServer {
    const known = this.servers.get(sessionId);
    if (known) return known;
    const { begin, questions } = this.options;
    const server: LiveServer = new LiveServer({
      line: begin(),
      questions,
      sessionId,
      session,
      onEnd: () => {
        if (this.servers.has(sessionId)) this.endWithSession(sessionId);
      },
      onError: (error) => this.failed(error),
    });
    this.servers.set(sessionId, server);
    return server;
  }

  /** Whether the server of a session may still be there: this node knows, and of another's lease is read. */
  async has(sessionId: string): Promise<boolean> {
    const node = nodeOf(sessionId);
    if (node === this.options.bus.nodeId) return this.servers.has(sessionId);
    const isAlive = await this.options.bus.isAlive(node);
    if (!isAlive) void this.endSession(sessionId);
    return isAlive;
  }

  /** Sends a request to the server of a session, wherever that is. Resolves to what cancels it; rejects with a StoreUnavailableError. */
  async call(sessionId: string, request: RpcRequest, voice: Voice): Promise<(reason: unknown) => void> {
    const node = nodeOf(sessionId);
    if (node !== this.options.bus.nodeId) return this.far.call(node, sessionId, request, voice);
    const server = this.find(sessionId);
    if (!server) {
      voice.answer(gone(request));
      return () => undefined;
    }
    const id = server.call(request, voice);
    return (reason) => server.cancel(id, reason);
  }

  /** What the client says of none of its requests; false where there is no such server. */
  async notify(sessionId: string, notification: RpcNotification): Promise<boolean> {
    const node = nodeOf(sessionId);
    if (node !== this.options.bus.nodeId) {
      const isThere = await this.options.bus.send(node, { kind: 'child-tell', sessionId, message: notification });
      if (!isThere) void this.endSession(sessionId);
      return isThere;
    }
    this.servers.get(sessionId)?.notify(notification);
    return this.servers.has(sessionId);
  }

  /** Ends the server of a session that is no more. */
  async end(sessionId: string): Promise<void> {
    const server = this.servers.get(sessionId);
    this.servers.delete(sessionId);
    await server?.end();
  }

  /** The same, and the session with it. */
  endWithSession(sessionId: string): void {
    void this.end(sessionId);
    // Its last answers are on their way, and end with their connection where it is one.
    inBackground(setTimeout(() => void this.endSession(sessionId), LAST_ANSWERS_MS));
  }

  /** Ends all of this node, and their sessions with them. */
  async close(): Promise<void> {
    this.stop();
    this.far.close();
    clearInterval(this.sweeping);
    await Promise.all(
      [...this.servers.keys()].map(async (sessionId) => {
        await Promise.all([this.end(sessionId), this.endSession(sessionId)]);
      }),
    );
  }

  private hear(message: NodeMessage): void {
    const { kind, sessionId } = message;
    switch (kind) {
      case 'end':
        void this.end(sessionId);
        return;
      case 'deliver':
        if (message.exchange === this.options.questions.exchangeId && isObject(message.message))
          this.options.questions.deliver(sessionId, message.message as unknown as RpcNotification | RpcResponse);
        return;
      case 'child-tell':
        if (isObject(message.message))
          this.servers.get(sessionId)?.notify(message.message as unknown as RpcNotification);
        return;
      case 'child-call':
        return this.visit(message);
      case 'child-read':
        this.visitors.get(String(message.call))?.voice.read(Number(message.count));
        return;
      case 'child-cancel':
        this.visitors.get(String(message.call))?.cancel(message.reason);
        this.visitors.delete(String(message.call));
    }
  }

  /** Takes a call of another node's client. */
  private visit({ sessionId, call: named, from, request: sent }: NodeMessage): void {
    const call = String(named);
    const request = sent as RpcRequest;
    const server = this.find(sessionId);
    const leave = () => this.visitors.delete(call);
    const voice = new FarVoice(this.options.bus, { node: String(from), sessionId, call }, () => {
      this.visitors.get(call)?.cancel('Its client is gone');
      leave();
    });
    if (!server) return voice.answer(gone(request));
    const visitor: Visitor = { voice, cancel: () => undefined };
    this.visitors.set(call, visitor);
    const id = server.call(request, {
      notify: (notification) => voice.notify(notification),
      ask: (question) => voice.ask(question),
      heard: () => voice.heard(),
      answer(response) {
        leave();
        voice.answer(response);
      },
    });
    visitor.cancel = (reason) => server.cancel(id, reason);
  }

  private find(place: string): Callable | undefined {
    return this.servers.get(place) ?? this.options.find?.(place);
  }

  private sweep(): void {
    const since = performance.now() - this.options.idleMs;
    for (const [sessionId, server] of this.servers) {
      if (server.isBusy || server.lastUsed > since) continue;
      this.options.logger.info(
        { session: shortSession(sessionId) },
        'a server that nobody uses is ended, with its session',
      );
      this.endWithSession(sessionId);
    }
  }

  private endSession(sessionId: string): Promise<void> {
    return this.options.endSession(sessionId).catch((error: unknown) => this.failed(error));
  }

  private failed(error: unknown): void {
    this.options.logger.warn({ err: error }, 'something could not be passed on between a client and its server');
  }
}

/** The node that holds the server of a session. */
function nodeOf(sessionId: string): string {
  return sessionId.split('.', 1)[0] ?? '';
}

function gone({ id }: RpcRequest): RpcResponse {
  return failure(id, 'Session not found: its server has ended. Initialize anew', RPC.sessionNotFound);
}
