import type { Answer } from '../protocol/answer.js';
import { resultAnswer } from '../protocol/answer.js';
import { honouredBy } from '../protocol/hosted/changes.js';
import type { Capabilities } from '../protocol/hosted/sdk-server.js';
import { asRpcError } from '../protocol/errors.js';
import { readFilter } from '../protocol/modern/listen.js';
import type { Audience } from '../protocol/modern/listening.js';
import { Listening } from '../protocol/modern/listening.js';
import type { OpenRequest } from '../protocol/open-requests.js';
import type { Facts, Sink } from '../protocol/served.js';
import { META } from '../rpc/era.js';
import { RPC } from '../rpc/errors.js';
import type { RpcRequest, RpcResponse } from '../rpc/messages.js';
import type { QuestionTable } from './asked.js';
import type { Result } from './greet.js';
import type { ListedTools } from './listed-tools.js';
import type { LiveServer, Voice } from './live-server.js';
import { failure, failureOf } from './live-server.js';
import type { Cancel } from './peer.js';
import { ForwardingPeer } from './peer.js';
import type { Pins } from './pins.js';
import { GONE, isPinnable, placeOf } from './pins.js';
import type { LiveSessions } from './sessions.js';
import type { SharedServer } from './shared-server.js';

/** The servers of the modern era that share the requests. */
export interface ModernPool {
  readonly pick: () => SharedServer;
  readonly tools: ListedTools;
  readonly audience: Audience;
  readonly nodeId: string;
  /** Finds a process by its name, on any node. */
  readonly sessions: Pick<LiveSessions, 'call'>;
  readonly pins: Pins;
  /** Whether a change may be made by another process than the one that is listened to: then all are listened to for all. */
  readonly isSpread: boolean;
  /** Has the servers tell of a resource. */
  watch(uri: string): void;
}

/**
 * A client of the modern era before a server of the modern era: all passes through, with its envelope. Where there are several processes,
 * or callers that have signed in, its states and tasks are named anew.
 */
export class ModernPeer extends ForwardingPeer {
  private end: (() => void) | undefined;
  private listening: Listening | undefined;

  constructor(
    private readonly pool: ModernPool,
    facts: Facts,
    sink: Sink,
    questions: QuestionTable,
  ) {
    super(facts, sink, questions);
  }

  /** Ends a subscription, with its result. */
  drain(): void {
    this.end?.();
    this.listening?.end();
  }

  protected async forward(open: OpenRequest, voice: Voice): Promise<Cancel | undefined> {
    const { request } = open;
    const { pick, tools, isSpread } = this.pool;
    const isPinned = isSpread || this.facts.owner !== undefined;
    const { server, greeting } = await pick().ready();
    if (request.method === 'subscriptions/listen') {
      if (!isPinned) return this.listen(open, server, voice);
      this.listenToAll(open, greeting.result);
      return undefined;
    }
    const { received } = this.facts;
    if (received) await tools.require(received.headers, request, server);
    if (!isPinned) {
      const id = server.call(request, voice);
      return (reason) => server.cancel(id, reason);
    }
    return this.goOn(request, server, voice);
  }

  /** A call goes on in the process that began it, wherever that is, and for the caller who did. */
  private async goOn(request: RpcRequest, server: LiveServer, voice: Voice): Promise<Cancel> {
    const { nodeId, sessions, pins } = this.pool;
    const { owner } = this.facts;
    const sent = await pins.unpinned(request, owner);
    const place = sent.place ?? placeOf(nodeId, server.key);
    const answer = (response: RpcResponse) => {
      if (response.error?.code === RPC.sessionNotFound)
        return voice.answer(failure(request.id, GONE, RPC.invalidParams));
      if (!isPinnable(response)) return voice.answer(response);
      pins.pinned(response, place, owner).then(voice.answer, (error: unknown) => {
        voice.answer(failureOf(request.id, asRpcError(error, this.facts, request)));
      });
    };
    return sessions.call(place, sent.request, { ...voice, answer });
  }

  protected override answerOf(response: RpcResponse, open: OpenRequest): Answer {
    const { id, result } = response;
    if (result?.resultType === 'input_required') return { ...resultAnswer(id, result), outcome: 'input_required' };
    if (result?.resultType === 'task') return { ...resultAnswer(id, result), outcome: 'task' };
    return super.answerOf(response, open);
  }

  private listenToAll(open: OpenRequest, { capabilities }: Result): void {
    const filter = honouredBy(capabilities as Capabilities, readFilter(open.request.params ?? {}));
    for (const uri of filter.uris) this.pool.watch(uri);
    this.listening = new Listening(this.pool.audience, this.facts, this.sink, {});
    this.sendWhenDone(open, this.listening.run(open, filter));
  }

  private listen(open: OpenRequest, server: LiveServer, voice: Voice): Cancel {
    const { owner, transport } = this.facts;
    const leave = this.pool.audience.listens.enter(owner ?? (transport === 'stdio' ? transport : undefined));
    // To listen is no work: the time that a call may take stands still.
    const listened = open.asks();
    const over = () => {
      this.end = undefined;
      listened();
      leave();
    };
    const id = server.call(open.request, {
      ...voice,
      answer(response) {
        over();
        voice.answer(response);
      },
    });
    this.end = () => {
      over();
      server.cancel(id, 'The server stops');
      const { id: named } = open.request;
      const result = { resultType: 'complete', _meta: { [META.subscriptionId]: named } };
      voice.answer({ jsonrpc: '2.0', id: named, result });
    };
    return (reason) => {
      if (this.end) over();
      server.cancel(id, reason);
    };
  }
}
