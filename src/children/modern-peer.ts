import type { Answer } from '../protocol/answer.js';
import { resultAnswer } from '../protocol/answer.js';
import type { Audience } from '../protocol/modern/listening.js';
import type { OpenRequest } from '../protocol/open-requests.js';
import type { Facts, Sink } from '../protocol/served.js';
import { META } from '../rpc/era.js';
import type { RpcResponse } from '../rpc/messages.js';
import type { QuestionTable } from './asked.js';
import type { LiveServer, Voice } from './live-server.js';
import type { Cancel } from './peer.js';
import { ForwardingPeer } from './peer.js';
import type { SharedServer } from './shared-server.js';

/** A client of the modern era before a server of the modern era: all passes through, with its envelope. */
export class ModernPeer extends ForwardingPeer {
  private end: (() => void) | undefined;

  constructor(
    private readonly pick: () => SharedServer,
    private readonly audience: Audience,
    facts: Facts,
    sink: Sink,
    questions: QuestionTable,
  ) {
    super(facts, sink, questions);
  }

  /** Ends a subscription, with its result. */
  drain(): void {
    this.end?.();
  }

  protected async forward(open: OpenRequest, voice: Voice): Promise<Cancel> {
    const { request } = open;
    const { server } = await this.pick().ready();
    if (request.method === 'subscriptions/listen') return this.listen(open, server, voice);
    const id = server.call(request, voice);
    return (reason) => server.cancel(id, reason);
  }

  protected override answerOf(response: RpcResponse, open: OpenRequest): Answer {
    const { id, result } = response;
    if (result?.resultType === 'input_required') return { ...resultAnswer(id, result), outcome: 'input_required' };
    if (result?.resultType === 'task') return { ...resultAnswer(id, result), outcome: 'task' };
    return super.answerOf(response, open);
  }

  private listen(open: OpenRequest, server: LiveServer, voice: Voice): Cancel {
    const { owner, transport } = this.facts;
    const leave = this.audience.listens.enter(owner ?? (transport === 'stdio' ? transport : undefined));
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
