import type { OpenRequest } from '../protocol/open-requests.js';
import type { Facts, Sink } from '../protocol/served.js';
import { changeSession } from '../protocol/session-changes.js';
import { within } from '../net/time-limit.js';
import { RPC } from '../rpc/errors.js';
import type { RpcNotification, RpcResponse } from '../rpc/messages.js';
import { isResponse } from '../rpc/messages.js';
import { isSupported } from '../rpc/versions.js';
import type { QuestionTable } from './asked.js';
import type { SessionVoice, Voice } from './live-server.js';
import { failure } from './live-server.js';
import type { Cancel } from './peer.js';
import { ForwardingPeer } from './peer.js';
import type { LiveSessions } from './sessions.js';

/** A client whose session has a server of its own, which gets all that the client says as it is. */
export class SessionPeer extends ForwardingPeer {
  constructor(
    private readonly sessions: LiveSessions,
    private readonly startMs: number,
    facts: Facts,
    sink: Sink,
    questions: QuestionTable,
  ) {
    super(facts, sink, questions);
  }

  override deliver(message: RpcNotification | RpcResponse): void {
    if (isResponse(message) || message.method === 'notifications/progress') return super.deliver(message);
    const { record } = this.facts;
    if (record) this.sessions.notify(record.id, message).catch((error: unknown) => this.unsent(error));
  }

  /** With its connection, a session ends. */
  override close(): void {
    const { record } = this.facts;
    if (this.sink.exchangeId === undefined && record) void this.sessions.end(record.id);
  }

  protected async forward(open: OpenRequest, voice: Voice): Promise<Cancel | undefined> {
    const sessionId = this.facts.record?.id ?? this.facts.opens ?? '';
    if (open.request.method !== 'initialize') return this.sessions.call(sessionId, open.request, voice);
    await this.initialize(sessionId, open, voice);
    return undefined;
  }

  /** Starts the server, whose own answer decides of the version. A session whose server does not answer, or refuses, is none. */
  private async initialize(sessionId: string, { request }: OpenRequest, voice: Voice): Promise<void> {
    const server = this.sessions.begin(sessionId, this.sessionVoice());
    const answered = new Promise<RpcResponse>((resolve) => server.call(request, { ...voice, answer: resolve }));
    const seconds = this.startMs / 1_000;
    const late = () => failure(request.id, `The server did not answer initialize within ${seconds} s${server.said}`);
    let response = await within(answered, this.startMs, late);
    const version = response.result?.protocolVersion;
    if (response.result && !(typeof version === 'string' && isSupported(version)))
      response = failure(
        request.id,
        `The server speaks a version that is not known here: ${String(version).slice(0, 40)}`,
      );
    if (response.error) {
      // One that never began is not found: the status would say that it was there.
      const { code, message } = response.error;
      voice.answer(failure(request.id, message, code === RPC.sessionNotFound ? RPC.internalError : code));
      this.sessions.endWithSession(sessionId);
      return;
    }
    await this.agree(sessionId, String(version));
    voice.answer(response);
  }

  private async agree(sessionId: string, protocolVersion: string): Promise<void> {
    const { facts } = this;
    if (protocolVersion === facts.protocolVersion) return;
    facts.protocolVersion = protocolVersion;
    if (facts.record) await changeSession(facts, { protocolVersion });
    else await facts.storage?.sessions.update(sessionId, { protocolVersion });
  }

  /** What is about no request: over HTTP for the session's own stream, which outlives this exchange. */
  private sessionVoice(): SessionVoice {
    const { sink, facts } = this;
    const { tellSession } = facts;
    return {
      notify: async (message) =>
        void (await (tellSession ? tellSession(JSON.stringify(message)) : sink.notify(message))),
      ask: async (question) => void (await (tellSession ? tellSession(JSON.stringify(question)) : sink.ask(question))),
      heard: () => undefined,
    };
  }
}
